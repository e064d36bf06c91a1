"""The units of a force, as the record system writes them: teams, stations."""

from __future__ import annotations


def comparable_unit(unit: str | None) -> str:
    """Units are one when their names are, but for case and white space at the ends; "" is none."""
    return (unit or "").strip().lower()
