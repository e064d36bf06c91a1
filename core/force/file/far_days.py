"""Days of a force's file that are so far from now that a figure was likely mistyped: 2062 for 2026."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from core.force.file.toml_lines import Place

if TYPE_CHECKING:
    from core.force.model import Force
    from core.force.parts import District, PatternEntry

SOON, LONG_AGO, LASTING = 2, 20, 10  # years: a phase opens, opened, closes
FIRST_YEAR = 1900  # of districts and references, which were there before the portal


def far_days(force: Force, today: date) -> Iterator[tuple[Place, str, str]]:
    """Place, what is odd, and what may have been meant, for each day that is far off."""
    for place, day, least, most in _days(force, today.year):
        if not least <= day.year <= most:
            years = abs(day.year - today.year)
            away = f"{years} years {'from now' if day > today else 'ago'}"
            yield place, f"{place[-1]} {day} is {away}", _meant(place, day, today)


def _days(force: Force, now: int) -> Iterator[tuple[Place, date, int, int]]:
    """Place and day, with the first and the last year that are no surprise there."""
    for number, phase in enumerate(force.phases):
        yield ("phases", number, "opens"), phase.opens, now - LONG_AGO, now + SOON
        if phase.closes:
            yield ("phases", number, "closes"), phase.closes, now - LONG_AGO, now + LASTING
    entries: list[tuple[Place, District | PatternEntry]] = [
        *((("districts", number), one) for number, one in enumerate(force.districts)),
        *((("references", "patterns", number), one)
          for number, one in enumerate(force.references.patterns)),
    ]
    for place, entry in entries:
        for key, day in (("from", entry.valid_from), ("to", entry.valid_to)):
            if day:
                yield (*place, key), day, FIRST_YEAR, now + LASTING


def _meant(place: Place, day: date, today: date) -> str:
    like = _year_meant(day.year, today.year)
    if place[-1] == "closes" and day > today:
        return "leave closes out, if the phase stays open" + (f"; or {_in(day, like)}" if like else "")
    return f"{_in(day, like)}, if the year was mistyped" if like else "a year nearer to now"


def _year_meant(year: int, now: int) -> int | None:
    """The year near *now* with the same figures in another order, or else with the same last two.

    A year of two figures, like 26, becomes one of this century.
    """
    near = sorted(range(now - LONG_AGO, now + SOON + 1), key=lambda other: abs(other - now))
    same_last = (other for other in near if other % 100 == year % 100)
    reordered = (other for other in near if sorted(str(other)) == sorted(f"{year}"))
    return next(reordered, None) or next(same_last, None)


def _in(day: date, year: int) -> date:
    return day.replace(year=year, day=min(day.day, 28) if day.month == 2 else day.day)
