"""Builders of record events, as the authors of plugins have them."""

from core.testing.builders import allocated, event, officer, person, recorded

__all__ = ["allocated", "event", "officer", "person", "recorded"]
