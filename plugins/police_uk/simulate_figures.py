"""The figures of a simulation as they are told: grouped, ordered, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, NamedTuple

from core.force import Force

from .simulate import Cell, Comparison, Simulation, Tally

# The reasons of core/force/eligibility.py, for staff; in the order in which they are told.
REASONS = {
    "offered": "offered the portal",
    "not_open_yet": "reported before a planned phase opens",
    "crime_type_not_covered": "no phase opens this crime type there",
    "district_not_covered": "no phase opens this district",
    "closed": "reported after the last phase closed",
    "sensitive_crime_type": "sensitive crime type, kept silent",
    "sensitive_flag": "sensitive flag, kept silent",
    "unknown_crime_type": "crime type is not in the force's file",
    "unknown_district": "district is not in the force's file",
}
LEFT_OUT = {
    "no_crime_id": "no Crime ID, so it cannot be followed",
    "no_crime_type": "category stands for no crime type",
    "no_district": "no place, or outside the force",
    "duplicate_row": "the same crime again",
    "outside_range": "month outside --from and --to",
    "unreadable": "cannot be read",
}
UNKNOWN = "(not known)"


def say(reason: str) -> str:
    """A reason in words; one that this table does not have, by its id."""
    return REASONS.get(reason) or LEFT_OUT.get(reason) or reason.replace("_", " ")


def percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}%" if whole else "-"


class Group(NamedTuple):
    """The figures of one month, district or crime type. ``left`` is told by month only."""

    key: tuple[str, ...]
    asked: int
    offered: int
    left: int = 0

    def as_json(self, names: Sequence[str]) -> dict[str, Any]:
        return {**dict(zip(names, self.key, strict=True)), "asked": self.asked,
                "offered": self.offered, "not_offered": self.asked - self.offered}


class Change(NamedTuple):
    """What changes for one place, type or month: crimes offered before, gained and lost."""

    key: tuple[str, ...]
    before: int
    gained: int
    lost: int

    @property
    def after(self) -> int:
        return self.before + self.gained - self.lost

    def as_json(self, names: Sequence[str]) -> dict[str, Any]:
        return {**dict(zip(names, self.key, strict=True)), "offered": self.before,
                "gained": self.gained, "lost": self.lost, "offered_with_other": self.after}


@dataclass(frozen=True)
class Result:
    """A finished simulation: what is told, drawn and written."""

    first: Simulation
    second: Simulation | None
    comparison: Comparison
    source: str
    files: int
    open_data: bool
    faults: Sequence[str] = ()
    other: str = ""

    @property
    def tally(self) -> Tally:
        return self.first.tally

    @property
    def force(self) -> Force:
        return self.first.force

    @property
    def other_name(self) -> str:
        """Short enough for a line: the file's name without its folders."""
        return PurePath(self.other).name

    def months(self) -> list[str]:
        """The months of the rows, in order; those without any crime asked about too."""
        keys: set[str] = {left.month for left in self.tally.left if left.reason != "outside_range"}
        return sorted(({cell.month for cell in self.tally.cells} | keys) - {""})

    def by_month(self) -> list[Group]:
        """With what was left out; what has no month, or one outside the range, is at the end."""
        asked = {group.key[0]: group for group in self.by("month")}
        left: Counter[str] = Counter()
        for one, count in self.tally.left.items():
            left["" if one.reason == "outside_range" else one.month] += count
        keys = [*self.months(), *([""] if left[""] else [])]
        return [
            asked.get(key, Group((key,), 0, 0))._replace(left=left[key]) for key in keys
        ]

    def by(self, *names: str) -> list[Group]:
        """Grouped by fields of a cell, in the order of the force's file, months by calendar."""
        asked: Counter[tuple[str, ...]] = Counter()
        offered: Counter[tuple[str, ...]] = Counter()
        for cell, count in self.tally.cells.items():
            key = _key(cell, names)
            asked[key] += count
            offered[key] += count if cell.offered else 0
        return [Group(key, asked[key], offered[key]) for key in self._in_order(asked, names)]

    def changes(self, *names: str) -> list[Change]:
        """Where both files differ or the first offers any, grouped as :meth:`by`."""
        before: Counter[tuple[str, ...]] = Counter()
        gained, lost = before.copy(), before.copy()
        for cells, counts in (
            (self.tally.cells, before), (self.comparison.gained, gained),
            (self.comparison.lost, lost),
        ):
            for cell, count in cells.items():
                if cell.offered:
                    counts[_key(cell, names)] += count
        keys = self._in_order({*before, *gained, *lost}, names)
        return [Change(key, before[key], gained[key], lost[key]) for key in keys]

    def total_change(self) -> Change:
        lost = self.comparison.lost.total()
        return Change((), self.tally.offered, self.comparison.gained.total(), lost)

    def reasons(self) -> list[tuple[str, int]]:
        """Every answer with its crimes, ``offered`` first."""
        found: Counter[str] = Counter()
        for cell, count in self.tally.cells.items():
            found[cell.reason] += count
        return [*((r, found[r]) for r in REASONS if found[r]),
                *sorted((r, n) for r, n in found.items() if r not in REASONS)]

    def left_out(self) -> list[tuple[str, str, int]]:
        """Why, which category, how many; the largest of each reason first."""
        found: Counter[tuple[str, str]] = Counter()
        for one, count in self.tally.left.items():
            found[one.reason, one.what] += count
        order = list(LEFT_OUT)
        rows = sorted(found.items(), key=lambda one: (order.index(one[0][0]), -one[1], one[0][1]))
        return [(reason, what, count) for (reason, what), count in rows]

    def notes(self) -> list[str]:
        """Of both files, each sentence once."""
        said = dict.fromkeys(self.first.notes())
        if self.second is not None:
            said.update(dict.fromkeys(f"with {self.other_name}: {note}" for note in self.second.notes()
                                      if note not in said))
        return list(said)

    # --- names --------------------------------------------------------------------------------

    def district_name(self, district: str) -> str:
        for force in self._forces():
            if found := force.district(district):
                return found.name
        return UNKNOWN

    def crime_type_name(self, crime_type: str) -> str:
        for force in self._forces():
            if found := force.crime_type(crime_type):
                return str(found.name)
        return UNKNOWN

    def _forces(self) -> Iterator[Force]:
        yield self.force
        if self.second is not None:
            yield self.second.force

    def _in_order(
        self, keys: Iterable[tuple[str, ...]], names: Sequence[str]
    ) -> list[tuple[str, ...]]:
        """By the order of the file; crime types of the shared list keep the force's order too."""
        districts = _ranks(d.id for force in self._forces() for d in force.districts)
        types = _ranks(t.id for force in self._forces() for t in force.crime_types)
        ranks = {"district": districts, "crime_type": types}

        def rank(key: tuple[str, ...]) -> list[tuple[int, str]]:
            return [(ranks.get(name, {}).get(part, 0 if name == "month" else len(types) + 999), part)
                    for name, part in zip(names, key, strict=True)]

        return sorted(keys, key=rank)


def _key(cell: Cell, names: Sequence[str]) -> tuple[str, ...]:
    return tuple(str(getattr(cell, name)) for name in names)


def _ranks(ids: Iterable[str]) -> dict[str, int]:
    return {one: number for number, one in enumerate(dict.fromkeys(ids))}
