"""The console script ``trackmycrime``, and what a plugin needs that starts processes of the portal."""

from __future__ import annotations

from core.cli import services

__all__ = ["services"]
