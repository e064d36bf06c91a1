"""A day as somebody typed it into the boxes for day, month and year."""

from __future__ import annotations

import re
from datetime import date
from functools import cache

from babel.dates import get_month_names

FIRST_YEAR = 1800  # before it, figures are missing: 226 for 2026


class NotADay(ValueError):
    """What was typed is no day; ``part`` is the box at fault: day, month, year, or None for all."""

    def __init__(self, part: str | None = None) -> None:
        super().__init__(f"not a {part or 'day'}")
        self.part = part


def typed_day(day: str, month: str, year: str) -> date:
    """The day of three boxes; the month may be a word, and a year of two figures is of this century.

    Raises :class:`NotADay`.
    """
    if not (found := re.fullmatch(r"\s*(\d{1,2})\s*", day)):
        raise NotADay("day")
    number = _month(month.strip())
    if number is None:
        raise NotADay("month")
    digits = year.strip()
    full = int(digits) + (2000 if len(digits) == 2 else 0) if re.fullmatch(r"\d{2}|\d{4}", digits) else 0
    if full < FIRST_YEAR:
        raise NotADay("year")
    try:
        return date(full, number, int(found[1]))
    except ValueError:
        raise NotADay from None


def _month(typed: str) -> int | None:
    if re.fullmatch(r"\d{1,2}", typed):
        return int(typed)
    return months().get(typed.strip(".").casefold())


@cache
def months() -> dict[str, int]:
    """Names of months, whole and short, in the languages of the portal, in small letters."""
    return {
        name.strip(".").casefold(): number
        for language in ("en", "en_GB", "cy") for width in ("wide", "abbreviated")
        for number, name in get_month_names(width, locale=language).items()
    }
