"""Recorded crimes to simulate with: files of data.police.uk, or a table of the force's own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from core.base import CsvTable, NotCsv, encoding_of
from core.force import Force

from .events import first_day
from .files import MONTH, DataFile, FileProblem, Months, find_files, read_rows
from .names import category_id
from .simulate import Recorded

REQUIRED = ("district", "crime_type", "reported_on")
OPTIONAL = ("flags", "count")
UK_DAY = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})", re.ASCII)
NOTHING = date(1, 1, 1)
LONGEST_NAME = 60


# --- files of data.police.uk ------------------------------------------------------------------


class PoliceUkWords:
    """Names of small areas and of categories, as :mod:`.conversion` understands them.

    *crime_types*: category id -> the force's crime type that stands for it.
    """

    def __init__(self, force: Force, crime_types: Mapping[str, str]) -> None:
        self.force, self.crime_types = force, crime_types

    def district(self, place: str) -> str | None:
        return self.force.district_of_lsoa(place)

    def crime_type(self, what: str) -> str | None:
        category = category_id(what)
        return self.crime_types.get(category) if category else None


def street_files(folder: Path, force_id: str, months: Months) -> list[DataFile]:
    """The force's street files; outcomes are no crimes. Raises :class:`FileProblem`."""
    found = find_files(folder, force_id, months)
    street = [file for file in found if file.kind == "street"]
    if not street:
        raise FileProblem(
            f"{folder}: only outcomes files of {force_id} for {months}; the street files, such as"
            f" {found[0].month}-{force_id}-street.csv, hold the crimes"
        )
    return street


def rows_of_files(files: Sequence[DataFile]) -> Iterator[Recorded]:
    """Month by month, as :class:`.simulate.Simulation` wants them."""
    for file in files:
        days = {file.month: first_day(file.month)}
        for row in read_rows(file):
            where = f"{file.name} line {row.line}" if row.fault else file.name
            if row.month not in days:
                days[row.month] = first_day(row.month) if row.month else NOTHING
            yield Recorded(where, row.month, days[row.month], row.place, plain(row.what),
                           row.crime_id, fault=row.fault)


def plain(text: str) -> str:
    """A file's word as it may stand in a terminal: cut short, without signs that steer it."""
    cut = text[:LONGEST_NAME].strip()
    return cut if cut.isprintable() else "".join(sign for sign in cut if sign.isprintable())


# --- a table ----------------------------------------------------------------------------------


class OwnWords:
    """Ids or names of the force's own districts and crime types, as a force's table has them."""

    def __init__(self, force: Force) -> None:
        self.force = force
        self._types = {str(one.name).casefold(): one.id for one in force.crime_types}

    def district(self, place: str) -> str | None:
        if not place:
            return None
        found = self.force.district(place) or self.force.district_named(place)
        return found.id if found else ""

    def crime_type(self, what: str) -> str | None:
        if not what:
            return None
        known = self.force.crime_type(what)
        return known.id if known else self._types.get(what.casefold(), "")


def rows_of_table(path: Path) -> Iterator[Recorded]:
    """The rows of a CSV with the columns of ``REQUIRED``, and of ``OPTIONAL`` where it has them.

    Parted by commas, or by what a spreadsheet writes instead. Raises :class:`FileProblem` where the
    whole file cannot be read.
    """
    try:
        with path.open("rb") as raw:
            encoding = encoding_of(raw.read(4))
        with path.open(encoding=encoding, newline="") as file:
            table = CsvTable(file, REQUIRED)
            columns = _columns(path, table)
            for line, cells in table:
                yield _row(f"{path.name} line {line}", cells, columns)
    except UnicodeError:
        raise FileProblem(f"{path}: not UTF-8 text; save it as “CSV UTF-8”") from None
    except NotCsv as error:
        raise FileProblem(f"{path}: line {error.line}: not a CSV row: {error}") from None
    except OSError as error:
        raise FileProblem(f"{path}: cannot be read: {error.strerror or error}") from None


def _columns(path: Path, table: CsvTable) -> dict[str, int]:
    names = [name.strip().casefold().replace(" ", "_") for name in table.headings]
    twice = sorted({name for name in (*REQUIRED, *OPTIONAL) if names.count(name) > 1})
    if twice:
        raise FileProblem(f"{path}: two columns {', '.join(twice)}: take one out")
    missing = [name for name in REQUIRED if name not in names]
    if missing:
        raise FileProblem(
            f"{path}: no column {', '.join(missing)} in the first line; it needs"
            f" {', '.join(REQUIRED)} and may have {', '.join(OPTIONAL)};"
            f" {table.how_read}"
        )
    return {name: names.index(name) for name in (*REQUIRED, *OPTIONAL) if name in names}


def _row(where: str, fields: Sequence[str], columns: Mapping[str, int]) -> Recorded:
    if len(fields) <= max(columns.values()):
        return _unreadable(where, f"{len(fields)} fields only, fewer than the first line")
    given = {name: fields[at].strip() for name, at in columns.items()}
    day, by_month = _day(given["reported_on"])
    if day is None:
        return _unreadable(where, "reported_on is no day or month like 2021-03-14 or 2021-03")
    count = given.get("count") or "1"
    if not re.fullmatch(r"\d{1,9}", count, re.ASCII):
        return _unreadable(where, "count is not a whole number")
    return Recorded(
        where, f"{day:%Y-%m}", day, plain(given["district"]), plain(given["crime_type"]),
        flags=_flags(given.get("flags", "")), crimes=int(count), by_month=by_month,
    )


def _day(text: str) -> tuple[date | None, bool]:
    """The day, and whether only its month was given. Spreadsheets in the UK write 14/03/2021."""
    try:
        if MONTH.fullmatch(text):
            return first_day(text), True
        if found := UK_DAY.fullmatch(text):
            return date(_year(found[4]), int(found[3]), int(found[1])), False
        day = date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None, False
    return (day, False) if day and day.year >= 1000 else (None, False)


def _year(digits: str) -> int:
    """Of two digits the year that POSIX reads: 21 is 2021, 99 is 1999."""
    return int(digits) if len(digits) == 4 else int(digits) + (2000 if digits < "69" else 1900)


def _flags(text: str) -> tuple[str, ...]:
    return tuple(re.split(r"[;\s]+", text.strip("; \t"))) if text.strip("; \t") else ()


def _unreadable(where: str, fault: str) -> Recorded:
    return Recorded(where, "", NOTHING, "", "", fault=fault)
