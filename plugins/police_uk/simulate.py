"""Asks of recorded crimes who would be offered the portal. Reads nothing, writes nothing itself."""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple, Protocol

from core.force import Force, eligibility

from .files import Months

OFFERED = "offered"
NAMES_KEPT = 1000


class Recorded(NamedTuple):
    """One row of recorded crime, in the words of its file.

    ``day`` is the day it was reported, or the first of the month where the file knows only the
    month (``by_month``). ``crime_id`` is None in files that give none to any crime. ``crimes``:
    how many crimes the row stands for. A row with a ``fault`` holds nothing else but its place.
    """

    where: str
    month: str
    day: date
    place: str
    what: str
    crime_id: str | None = None
    flags: tuple[str, ...] = ()
    crimes: int = 1
    by_month: bool = True
    fault: str | None = None


class Words(Protocol):
    """What the words of a file mean to a force."""

    def district(self, place: str) -> str | None:
        """Id of the district; empty if the force has none of this name; None: not to be asked."""

    def crime_type(self, what: str) -> str | None:
        """Id of the crime type; empty if the force has none so called; None: not to be asked."""


class Cell(NamedTuple):
    """What was answered: ``reason`` is one of core/force/eligibility.py. Empty ids: unknown here."""

    month: str
    district: str
    crime_type: str
    reason: str

    @property
    def offered(self) -> bool:
        return self.reason == OFFERED


class Left(NamedTuple):
    """Why a row was not asked about; ``what`` is the file's word where that tells more."""

    month: str
    reason: str
    what: str = ""


Answer = Cell | Left


@dataclass
class Tally:
    """What became of the rows: ``read`` = all of ``cells`` + all of ``left``."""

    read: int = 0
    cells: Counter[Cell] = field(default_factory=Counter)
    left: Counter[Left] = field(default_factory=Counter)

    def add(self, answer: Answer, count: int) -> None:
        if isinstance(answer, Cell):
            self.cells[answer] += count
        else:
            self.left[answer] += count

    @property
    def asked(self) -> int:
        return self.cells.total()

    @property
    def left_out(self) -> int:
        return self.left.total()

    @property
    def offered(self) -> int:
        return sum(count for cell, count in self.cells.items() if cell.offered)

    @property
    def adds_up(self) -> bool:
        return self.read == self.asked + self.left_out


class Simulation:
    """Asks one force about rows that come month by month; a crime given twice counts once."""

    def __init__(self, force: Force, words: Words, months: Months) -> None:
        self.force, self.words, self.months = force, words, months
        self.tally = Tally()
        self.unknown: Counter[str] = Counter()
        self.month_only: set[str] = set()
        self._seen: set[str] = set()
        self._month = ""
        self._known: dict[tuple[str, str, date], Answer] = {}

    def ask(self, row: Recorded) -> Answer:
        """What the force would answer for this row; it is counted."""
        self.tally.read += row.crimes
        answer = self._answer(row)
        if row.crimes:
            self.tally.add(answer, row.crimes)
        return answer

    def _answer(self, row: Recorded) -> Answer:
        if row.fault:
            return Left("", "unreadable")
        if row.month not in self.months:
            return Left(row.month, "outside_range")
        if row.by_month:
            self.month_only.add(row.month)
        if row.crime_id == "":
            return Left(row.month, "no_crime_id", row.what)
        if self._again(row):
            return Left(row.month, "duplicate_row")
        answer = self._by_words(row)
        if row.crime_id and isinstance(answer, Cell):
            self._seen.add(row.crime_id)
        return answer

    def _again(self, row: Recorded) -> bool:
        """Only the crimes of one month are kept in mind: a crime has one month in these files."""
        if row.crime_id is None:
            return False
        if row.month != self._month:
            self._month = row.month
            self._seen.clear()
        return row.crime_id in self._seen

    def _by_words(self, row: Recorded) -> Answer:
        answer = self._place(row) if row.flags else self._remembered(row)
        if isinstance(answer, Cell) and not (answer.district and answer.crime_type):
            self._note(row, answer.district, answer.crime_type)
        return answer

    def _remembered(self, row: Recorded) -> Answer:
        key = (row.place, row.what, row.day)
        known = self._known.get(key)
        if known is None:
            if len(self._known) > 100 * NAMES_KEPT:
                self._known.clear()
            known = self._known[key] = self._place(row)
        return known

    def _place(self, row: Recorded) -> Answer:
        crime_type = self.words.crime_type(row.what)
        if crime_type is None:
            return Left(row.month, "no_crime_type", row.what)
        district = self.words.district(row.place)
        if district is None:
            return Left(row.month, "no_district")
        given = eligibility(self.force, district, crime_type, row.flags, row.day)
        return Cell(row.month, district, crime_type, given.reason)

    def _note(self, row: Recorded, district: str, crime_type: str) -> None:
        for known, given in ((district, f"district “{row.place}”"),
                             (crime_type, f"crime type “{row.what}”")):
            if not known and (given in self.unknown or len(self.unknown) < NAMES_KEPT):
                self.unknown[given] += row.crimes

    def notes(self) -> Iterator[str]:
        """What a reader has to know of these figures, one sentence each."""
        for given, count in sorted(self.unknown.items(), key=lambda one: (-one[1], one[0]))[:5]:
            yield f"{given} is not in the force's file: {count:,} row{'s' if count > 1 else ''}"
        for phase in self.force.phases:
            name = f"“{phase.name}”" if phase.name else "A phase"
            if phase.opens.day > 1 and f"{phase.opens:%Y-%m}" in self.month_only:
                yield (f"{name} opens on {phase.opens}: these crimes carry a month only and are "
                       f"taken as reported on its first day, so {phase.opens:%B} counts as before")
            if phase.closes and _within(phase.closes) and f"{phase.closes:%Y-%m}" in self.month_only:
                yield (f"{name} closes on {phase.closes}: these crimes carry a month only and are "
                       f"taken as reported on its first day, so all of {phase.closes:%B} counts "
                       "as open")


def _within(day: date) -> bool:
    """Whether the day is not the last of its month."""
    return day.day < monthrange(day.year, day.month)[1]


@dataclass
class Comparison:
    """What another file of the force adds and takes away, crime by crime."""

    gained: Counter[Cell] = field(default_factory=Counter)
    lost: Counter[Cell] = field(default_factory=Counter)

    def add(self, before: Answer, after: Answer, count: int) -> None:
        """The same row as both files answer it; places and types are those of the file that
        offers."""
        was = isinstance(before, Cell) and before.offered
        will_be = isinstance(after, Cell) and after.offered
        if will_be and not was and isinstance(after, Cell):
            self.gained[after] += count
        elif was and not will_be and isinstance(before, Cell):
            self.lost[before] += count


def run(
    rows: Iterable[Recorded], first: Simulation, second: Simulation | None = None
) -> tuple[Comparison, list[str]]:
    """Ask of every row; the comparison of the two, and the first five faults of the file."""
    comparison = Comparison()
    faults: list[str] = []
    for row in rows:
        answer = first.ask(row)
        if row.fault and len(faults) < 5:
            faults.append(f"{row.where}: {row.fault}")
        if second is not None:
            comparison.add(answer, second.ask(row), row.crimes)
    return comparison, faults
