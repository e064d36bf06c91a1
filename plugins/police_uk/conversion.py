"""Decides what each row becomes: events, or left out with a reason. Needs no database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from .events import Crime, EventMaker, comes_back
from .files import Months, Row
from .names import category_id, outcome_id


class Register(Protocol):
    """Which reference each crime has, and which outcomes were seen; kept between runs."""

    def known(self, crime_ids: Collection[str]) -> dict[str, Crime]:
        """The crimes of these that have a reference, by Crime ID."""

    def enter(self, crimes: Sequence[Crime]) -> None:
        """Give each of these new crimes the next reference of its year and remember them."""

    def note(self, crimes: Iterable[Crime]) -> None:
        """Remember the outcomes of these crimes, which have grown."""

    def busiest(self, months: Months) -> Iterable[Crime]:
        """The crimes of these months, most states first; equals in order of reference."""


class Made(NamedTuple):
    """An event; whether it stands for a row, and the category of the case that it opens."""

    event: dict[str, Any]
    for_row: bool = True
    category: str | None = None


@dataclass
class Tally:
    """What became of the rows: ``read`` = ``used`` + everything that was left out."""

    read: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    used: int = 0

    def leave_out(self, reason: str) -> None:
        self.left_out[reason] += 1


@dataclass
class Bounds:
    """What the force takes: places, categories, months, and how many street rows.

    ``district_of`` answers the id of a small area's district by the area's name, None outside.
    """

    district_of: Callable[[str], str | None]
    categories: Collection[str]
    months: Months = field(default_factory=Months)
    limit: int | None = None


class Conversion:
    """All street rows are to be given first, then the outcome rows by month."""

    def __init__(self, maker: EventMaker, register: Register, bounds: Bounds) -> None:
        self.maker, self.register, self.bounds = maker, register, bounds
        self.tally = Tally()
        self.not_opened: dict[str, str] = {}
        self.opened: set[str] = set()
        self._month = ""
        self._seen: set[tuple[str, str]] = set()
        self._back: set[tuple[str, str]] = set()
        self._places: dict[str, str | None] = {}

    # --- rows that never get further ---------------------------------------------------------

    def admit(self, row: Row) -> bool:
        """Whether the row is one of a crime and of the months asked for."""
        reason = (
            "unreadable" if row.fault
            else "outside_range" if row.month not in self.bounds.months
            else "no_crime_id" if not row.crime_id
            else None
        )
        if reason:
            self.tally.leave_out(reason)
        return reason is None

    def admit_outcome(self, row: Row) -> bool:
        """As :meth:`admit`; the same outcome of a crime counts once in a month."""
        if not self.admit(row):
            return False
        if row.month != self._month:
            self._month = row.month
            self._seen.clear()
        key = (row.crime_id, row.what)
        if key in self._seen:
            self.tally.leave_out("duplicate_row")
            return False
        self._seen.add(key)
        return True

    # --- street rows -------------------------------------------------------------------------

    def open_crimes(self, rows: Sequence[Row]) -> list[Made]:
        """The events of a batch of admitted street rows."""
        known = self.register.known([row.crime_id for row in rows])
        crimes: list[Crime] = []
        new: list[Crime] = []
        for row in rows:
            crime, reason = self._crime_of(row, known.get(row.crime_id))
            if crime is None:
                self.tally.leave_out(reason)
                continue
            crimes.append(crime)
            if not crime.reference:
                new.append(crime)
            self.opened.add(crime.crime_id)
            self.not_opened.pop(crime.crime_id, None)
        self.register.enter(new)
        self.tally.used += len(crimes)
        return [Made(self.maker.recorded(crime), True, crime.category) for crime in crimes]

    def _crime_of(self, row: Row, known: Crime | None) -> tuple[Crime | None, str]:
        """The crime that the row opens, or why it opens none."""
        if row.crime_id in self.opened or (known and known.month != row.month):
            return None, "duplicate_row"
        category, district = category_id(row.what), self._district(row.place)
        if category is None or category not in self.bounds.categories:
            return self._left(row, known, "not_eligible")
        if district is None:
            return self._left(row, known, "no_district")
        if known and (known.category, known.district) != (category, district):
            return None, "duplicate_row"
        if self.bounds.limit is not None and len(self.opened) >= self.bounds.limit:
            return self._left(row, known, "over_limit")
        return known or Crime(row.crime_id, row.month, category, district), ""

    def _left(self, row: Row, known: Crime | None, reason: str) -> tuple[None, str]:
        """The crime's outcomes are left out with it, unless another row opened it before."""
        if known is None:
            self.not_opened[row.crime_id] = reason
        return None, reason

    def _district(self, place: str) -> str | None:
        if place not in self._places:
            self._places[place] = self.bounds.district_of(place)
        return self._places[place]

    # --- outcome rows ------------------------------------------------------------------------

    def outcomes(self, rows: Sequence[Row]) -> list[Made]:
        """The events of a batch of admitted outcome rows, all of crimes that were opened."""
        known = self.register.known([row.crime_id for row in rows])
        made: list[Made] = []
        grown: dict[str, Crime] = {}
        for row in rows:
            outcome, crime = outcome_id(row.what), known.get(row.crime_id)
            if row.crime_id in self.not_opened or crime is None or outcome is None:
                self.tally.leave_out(self.not_opened.get(row.crime_id, "case_unknown"))
                continue
            made += self._outcome(crime, row.month, outcome)
            entry = f"{row.month} {outcome}"
            if entry not in crime.outcomes:
                crime.outcomes.append(entry)
                grown[crime.crime_id] = crime
        self.register.note(grown.values())
        self.tally.used += sum(1 for each in made if each.for_row)
        return made

    def _outcome(self, crime: Crime, month: str, outcome: str) -> list[Made]:
        made = [Made(self.maker.outcome(crime, month, outcome))]
        back = (crime.crime_id, month)
        if back not in self._back and comes_back(crime.outcomes, month, outcome):
            self._back.add(back)
            made.insert(0, Made(self.maker.reopened(crime, month), for_row=False))
        return made


def with_known_outcome(row: Row) -> Row:
    """The row, or its fault when it names an outcome that data.police.uk does not list."""
    if row.fault or outcome_id(row.what):
        return row
    return row._replace(fault=f"“{row.what[:60]}” is no outcome of data.police.uk")
