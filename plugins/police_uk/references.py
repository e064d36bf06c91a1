"""Crime ID -> crime reference, kept in the database, allocated with the events of its batch."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from uuid6 import uuid7

from core.cases import Case
from core.force import Force
from core.storage import insert_many, lock, owned, read, unseal, update_many

from .events import Crime
from .files import Months
from .models import PoliceUkCrime

PAGE = 500


def _any_of(name: str) -> sa.ColumnElement[Any]:
    return sa.any_(sa.bindparam(name, type_=sa.ARRAY(sa.Text)))


CRIMES = sa.select(
    PoliceUkCrime.id, PoliceUkCrime.crime_id, PoliceUkCrime.month, PoliceUkCrime.category,
    PoliceUkCrime.district, PoliceUkCrime.reference, PoliceUkCrime.outcomes,
).where(owned(PoliceUkCrime))
KNOWN = CRIMES.where(PoliceUkCrime.crime_id == _any_of("ids"))
BUSIEST = CRIMES.where(
    PoliceUkCrime.month >= sa.bindparam("first"), PoliceUkCrime.month <= sa.bindparam("last")
).order_by(
    sa.func.cardinality(PoliceUkCrime.outcomes).desc(), PoliceUkCrime.year, PoliceUkCrime.number
).limit(PAGE).offset(sa.bindparam("skip"))
LAST_NUMBER = sa.select(sa.func.max(PoliceUkCrime.number)).where(
    owned(PoliceUkCrime), PoliceUkCrime.year == sa.bindparam("year")
)
LAST_NUMBERS = sa.select(PoliceUkCrime.year, sa.func.max(PoliceUkCrime.number).label("last")).where(
    owned(PoliceUkCrime)
).group_by(PoliceUkCrime.year)
TAKEN = sa.select(Case.id, Case.reference_key, Case.incident_reference_sealed).where(
    owned(Case), Case.reference_key == _any_of("keys")
)


class StoredRegister:
    """The register in the database of the force in scope; the caller commits."""

    def __init__(self, force: Force) -> None:
        self.force = force
        self._rows: dict[str, Any] = {}

    def known(self, crime_ids: Collection[str]) -> dict[str, Crime]:
        """Begins the work on a batch: holds off another replay until the batch is committed."""
        lock("police_uk")
        return self.look_up(crime_ids)

    def look_up(self, crime_ids: Collection[str]) -> dict[str, Crime]:
        rows = read(KNOWN, ids=list(crime_ids)).all()
        self._rows = {row.crime_id: row.id for row in rows}
        return {row.crime_id: _crime(row) for row in rows}

    def enter(self, crimes: Sequence[Crime]) -> None:
        if not crimes:
            return
        numbers = self._numbers(crimes)
        insert_many(PoliceUkCrime, [
            {
                "id": uuid7(), "crime_id": crime.crime_id, "reference": crime.reference,
                "year": _year(crime), "number": number, "month": crime.month,
                "category": crime.category, "district": crime.district, "outcomes": crime.outcomes,
            }
            for crime, number in zip(crimes, numbers, strict=True)
        ])

    def note(self, crimes: Iterable[Crime]) -> None:
        update_many(PoliceUkCrime, [
            {"id": self._rows[crime.crime_id], "outcomes": crime.outcomes} for crime in crimes
        ])

    def busiest(self, months: Months) -> Iterator[Crime]:
        skip, first, last = 0, months.first or "", months.last or "9999-12"
        while rows := read(BUSIEST, first=first, last=last, skip=skip).all():
            yield from map(_crime, rows)
            skip += PAGE

    def last_numbers(self) -> dict[int, int]:
        """The last number given in each year."""
        return {row.year: row.last for row in read(LAST_NUMBERS)}

    def _numbers(self, crimes: Sequence[Crime]) -> list[int]:
        """The next number of its year for each; past numbers that another crime has already."""
        years = {_year(crime) for crime in crimes}
        last = {year: read(LAST_NUMBER, year=year).scalar() or 0 for year in years}
        taken = self._taken(crimes, last)
        numbers = []
        for crime in crimes:
            year = _year(crime)
            last[year] += 1
            while taken.get(self._key(last[year], year), crime.crime_id) != crime.crime_id:
                last[year] += 1
            crime.reference = self.force.make_reference(last[year], year)
            numbers.append(last[year])
        return numbers

    def _taken(self, crimes: Sequence[Crime], last: dict[int, int]) -> dict[str, str | None]:
        """The references that may be given next and are in use already, and for which crime."""
        taken: dict[str, str | None] = {}
        for year in last:
            start, need = last[year], sum(1 for crime in crimes if _year(crime) == year)
            while need:
                keys = [self._key(start + step, year) for step in range(1, need + 1)]
                rows = read(TAKEN, keys=keys).all()
                taken.update((row.reference_key, _incident(row)) for row in rows)
                start, need = start + need, len(rows)
        return taken

    def _key(self, number: int, year: int) -> str:
        return self.force.normalise_reference(self.force.make_reference(number, year))


def _incident(row: Any) -> str | None:
    return unseal(Case, "incident_reference", row.id, row.incident_reference_sealed)


def _crime(row: Any) -> Crime:
    return Crime(
        row.crime_id, row.month, row.category, row.district, row.reference, list(row.outcomes)
    )


def _year(crime: Crime) -> int:
    return int(crime.month[:4])
