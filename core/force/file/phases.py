"""What the phases of a ``force.toml`` open, and when two of them open the same.

They read the plain data, as ``force_checks`` does; a phase that is faulty in itself is passed over.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations
from typing import Any

from core.force.file.report import Report
from core.force.file.toml_lines import Place

Table = Mapping[str, Any]
Tables = Sequence[tuple[Place, Table]]
MOST_NAMED = 4


@dataclass(frozen=True)
class _Opening:
    place: Place
    called: str
    first: date
    last: date
    districts: frozenset[str]
    crime_types: frozenset[str]

    def holds(self, other: _Opening) -> bool:
        return (self.first <= other.first and other.last <= self.last
                and other.districts <= self.districts and other.crime_types <= self.crime_types)

    def meets(self, other: _Opening) -> bool:
        return bool(max(self.first, other.first) <= min(self.last, other.last)
                    and self.districts & other.districts and self.crime_types & other.crime_types)


def check_openings(phases: Tables, districts: Tables, report: Report) -> None:
    """A phase that opens nothing, two that overlap, a district that is not there in those days."""
    openings = [found for place, phase in phases if (found := _opening(place, phase))]
    idle: set[Place] = set()
    for one, other in combinations(openings, 2):
        if one.holds(other) or other.holds(one):
            empty, full = (other, one) if one.holds(other) else (one, other)
            idle.add(empty.place)
            report.add(
                empty.place,
                f"this phase opens nothing: {full.called} opens all of it in the same days",
                "other days, districts or crime types, or take this phase out",
            )
    for one, other in combinations((o for o in openings if o.place not in idle), 2):
        if one.meets(other):
            report.add((*other.place, "opens"), _overlap(one, other), _apart(one, other), also=True)
    _standing(openings, phases, districts, report)


def _opening(place: Place, phase: Table) -> _Opening | None:
    first, last = as_day(phase.get("opens")), as_day(phase.get("closes", date.max))
    lists = [phase.get(key) for key in ("districts", "crime_types")]
    if first is None or last is None or last < first:
        return None
    if not all(isinstance(names, list) and names for names in lists):
        return None
    own = [frozenset(name for name in names or () if isinstance(name, str)) for names in lists]
    name = phase.get("name")
    called = f"phase {int(place[-1]) + 1}" + (f" “{name}”" if isinstance(name, str) else "")
    return _Opening(place, called, first, last, *own)


def _overlap(one: _Opening, other: _Opening) -> str:
    first, last = max(one.first, other.first), min(one.last, other.last)
    days = f"from {first} on" if last == date.max else f"from {first} to {last}"
    return (f"{other.called} overlaps {one.called} {days}, in "
            f"{_named(one.districts & other.districts)} for "
            f"{_named(one.crime_types & other.crime_types)}")


def _named(names: Iterable[str]) -> str:
    listed = sorted(names)
    more = len(listed) - MOST_NAMED
    return ", ".join(listed[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _apart(one: _Opening, other: _Opening) -> str:
    earlier, later = sorted((one, other), key=lambda opening: opening.first)
    if earlier.first == later.first:
        return "each crime type of a district in one of the two phases only"
    return (f"closes = {later.first - timedelta(days=1)} in {earlier.called}, or each crime type "
            "of a district in one of the two only")


def _standing(
    openings: Iterable[_Opening], phases: Tables, districts: Tables, report: Report
) -> None:
    written = dict(phases)
    days = {table["id"]: (as_day(table.get("from")), as_day(table.get("to")))
            for _, table in districts if isinstance(table.get("id"), str)}
    for opening in openings:
        for number, name in enumerate(written[opening.place]["districts"]):
            begin, end = days.get(name, (None, None)) if isinstance(name, str) else (None, None)
            place = (*opening.place, "districts", number)
            if end and end < opening.first:
                report.add(place, f"“{name}” ended on {end}, before this phase opens",
                           "the district that took over from it")
            elif begin and begin > opening.last:
                report.add(place, f"“{name}” begins on {begin}, after this phase closes",
                           "the district that was there before it")


def as_day(value: Any) -> date | None:
    """The day that was written, as a date or as text; None if it is no day."""
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return None
    return value if type(value) is date else None
