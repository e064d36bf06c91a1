"""Finds and reads the files of data.police.uk: strictly, line by line, in little memory."""

from __future__ import annotations

import csv
import gzip
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import IO, Literal, NamedTuple, cast

from core.base import SEPARATORS, CsvTable

Kind = Literal["street", "outcomes"]

FILE_NAME = re.compile(r"(\d{4}-(?:0[1-9]|1[0-2]))-(.+)-(street|outcomes)\.csv(?:\.gz)?")
MONTH = re.compile(r"[12]\d{3}-(?:0[1-9]|1[0-2])")
CRIME_ID = re.compile(r"[0-9a-f]{64}")
LONGEST_LINE = 64 * 1024

COMMON = ("Crime ID", "Month", "Reported by", "Falls within", "Longitude", "Latitude", "Location",
          "LSOA code", "LSOA name")
COLUMNS: dict[Kind, tuple[str, ...]] = {
    "street": (*COMMON, "Crime type", "Last outcome category", "Context"),
    "outcomes": (*COMMON, "Outcome type"),
}
# Of these a row is made; the rest of the columns is only checked to be there.
USED: dict[Kind, tuple[str, str, str, str]] = {
    "street": ("Crime ID", "Month", "LSOA name", "Crime type"),
    "outcomes": ("Crime ID", "Month", "LSOA name", "Outcome type"),
}


class FileProblem(Exception):
    """A file cannot be read as it must be; the text says which, where, and what to do."""


@dataclass(frozen=True)
class Months:
    """The months asked for, as ``YYYY-MM``; None leaves that end open."""

    first: str | None = None
    last: str | None = None

    def __contains__(self, month: str) -> bool:
        return (self.first is None or self.first <= month) and (
            self.last is None or month <= self.last
        )

    def __str__(self) -> str:
        return f"{self.first or 'the first month'} to {self.last or 'the last month'}"


@dataclass(frozen=True, order=True)
class DataFile:
    """One monthly file of one force."""

    month: str
    name: str
    path: Path
    kind: Kind
    force_id: str


class Row(NamedTuple):
    """One line of a file. ``what`` is the crime type or the outcome, as the file names it.

    A row with a ``fault`` could not be read and holds nothing else but its line.
    """

    line: int
    crime_id: str
    month: str
    place: str
    what: str
    fault: str | None = None


def find_files(folder: Path, force_id: str, months: Months) -> list[DataFile]:
    """The force's files in *folder* or below, by month, then name.

    Raises :class:`FileProblem` when there is none.
    """
    found = sorted(_data_files(folder))
    own = [file for file in found if file.force_id == force_id]
    if not own:
        raise FileProblem(_none_of_this_force(folder, force_id, found))
    wanted = [file for file in own if file.month in months]
    if not wanted:
        raise FileProblem(
            f"{folder}: no file of {force_id} for {months}; its files cover"
            f" {own[0].month} to {own[-1].month}: choose --from and --to within"
        )
    return wanted


def _data_files(folder: Path) -> Iterator[DataFile]:
    try:
        for path in folder.rglob("*"):
            match = FILE_NAME.fullmatch(path.name)
            if match and path.is_file():
                kind = cast(Kind, match[3])
                yield DataFile(match[1], path.name, path, kind, match[2])
    except OSError as error:
        raise FileProblem(f"{error.filename or folder}: {error.strerror}") from None


def _none_of_this_force(folder: Path, force_id: str, found: list[DataFile]) -> str:
    others = sorted({file.force_id for file in found})
    if others:
        shown = ", ".join(others[:5]) + (" …" if len(others) > 5 else "")
        return f"{folder}: no file of {force_id} here, only of {shown}: name that force's folder"
    return (
        f"{folder}: no data.police.uk file here or below; expected names such as"
        f" 2021-01-{force_id}-street.csv or 2021-01-{force_id}-outcomes.csv.gz"
    )


def check_file(file: DataFile) -> int:
    """Read the whole file without keeping it: header, compression and encoding are right.

    The number of lines below the header. Raises :class:`FileProblem`.
    """
    with _opened(file) as text:
        _positions(file, text)
        return sum(1 for _ in _lines(file, text))


def read_rows(file: DataFile) -> Iterator[Row]:
    """The rows in the file's order. Raises :class:`FileProblem` at the point of the fault."""
    with _opened(file) as text:
        crime_id, month, place, what = _positions(file, text)
        width = len(COLUMNS[file.kind])
        for line, given in _lines(file, text):
            fields = _fields(given)
            if fields is None:
                yield _unreadable(line, "a quotation mark is not closed on its line")
            elif len(fields) != width:
                yield _unreadable(line, f"{len(fields)} fields where {width} are expected")
            else:
                yield _row(line, fields[crime_id], fields[month], fields[place], fields[what])


def _row(line: int, crime_id: str, month: str, place: str, what: str) -> Row:
    crime_id = crime_id.strip().lower()
    if crime_id and not CRIME_ID.fullmatch(crime_id):
        return _unreadable(line, "the Crime ID is not 64 hexadecimal digits")
    if not MONTH.fullmatch(month):
        return _unreadable(line, "the Month is not like 2021-01")
    return Row(line, crime_id, month, place, what)


def _unreadable(line: int, fault: str) -> Row:
    return Row(line, "", "", "", "", fault)


def _fields(line: str) -> list[str] | None:
    """A line is a row here: a field of these files never goes on over several lines."""
    if '"' not in line:
        return line.split(",")
    if line.count('"') % 2:
        return None
    return next(csv.reader((line,)))


def _positions(file: DataFile, text: IO[str]) -> tuple[int, int, int, int]:
    first_line = _line(file, text, 1)
    header = _fields(_end_off(first_line)) or []
    missing = [column for column in COLUMNS[file.kind] if column not in header]
    if missing:
        _refuse_other_separator(file, first_line)
        names = ", ".join(f"“{name}”" for name in missing)
        word = "column" if len(missing) == 1 else "columns"
        raise FileProblem(
            f"{file.path}: the {word} {names} must be in the first line and"
            f" {'is' if len(missing) == 1 else 'are'} missing; download the file again"
        )
    if len(header) != len(COLUMNS[file.kind]):
        raise FileProblem(
            f"{file.path}: the first line has {len(header)} columns where"
            f" {len(COLUMNS[file.kind])} are expected; download the file again"
        )
    first, second, third, fourth = (header.index(name) for name in USED[file.kind])
    return first, second, third, fourth


def _refuse_other_separator(file: DataFile, first_line: str) -> None:
    separator = CsvTable(iter((first_line,)), COLUMNS[file.kind]).separator
    if separator != ",":
        raise FileProblem(
            f"{file.path}: the first line is parted by {SEPARATORS[separator]}, as a spreadsheet saves it,"
            " where data.police.uk has commas; download the file again"
        )


def _lines(file: DataFile, text: IO[str]) -> Iterator[tuple[int, str]]:
    """Number and text of each line that is not empty, below the header."""
    number = 1
    while True:
        number += 1
        given = _line(file, text, number)
        if not given:
            return
        line = _end_off(given)
        if line:
            yield number, line


def _line(file: DataFile, text: IO[str], number: int) -> str:
    line = text.readline(LONGEST_LINE)
    if len(line) == LONGEST_LINE:
        raise FileProblem(
            f"{file.path}: line {number} is longer than {LONGEST_LINE} characters:"
            " this is no file of data.police.uk; download it again"
        )
    return line


def _end_off(line: str) -> str:
    return line.rstrip("\r\n")


@contextmanager
def _opened(file: DataFile) -> Iterator[IO[str]]:
    """The file as text; whatever is wrong with it while it is read becomes a FileProblem."""
    try:
        with _binary(file.path) as raw, TextIOWrapper(raw, "utf-8-sig", newline="") as text:
            yield text
    except UnicodeDecodeError:
        raise FileProblem(
            f"{file.path}: line {_first_bad_line(file.path)} is not UTF-8 text;"
            " download the file again, or save it as UTF-8"
        ) from None
    except EOFError:
        raise FileProblem(
            f"{file.path}: the compressed file ends too early; download it again"
        ) from None
    except (gzip.BadGzipFile, zlib.error):
        raise FileProblem(
            f"{file.path}: not a sound gzip file; download it again"
        ) from None
    except OSError as error:
        raise FileProblem(f"{file.path}: cannot be read: {error.strerror or error}") from None


def _binary(path: Path) -> IO[bytes]:
    return cast(IO[bytes], gzip.open(path) if path.name.endswith(".gz") else path.open("rb"))


def _first_bad_line(path: Path) -> int:
    number = 0
    with _binary(path) as raw:
        while line := raw.readline(LONGEST_LINE):
            number += 1
            try:
                line.decode("utf-8-sig")
            except UnicodeDecodeError:
                break
    return number
