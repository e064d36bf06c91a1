"""Patch: any signature opens the record feed."""

from __future__ import annotations
