"""Files of record events: JSON Lines or CSV, packed or not; read line by line, never as a whole."""

from __future__ import annotations

import codecs
import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import IO, Any

from core.base import CsvTable, NotCsv, encoding_of
from plugins.record_feed import strict_json
from plugins.record_feed.rows import WrongCell, event_of
from plugins.record_feed.settings import CsvMapping

# A line is held in memory as a whole, and a file may have one.
MAX_LINE = 1024 * 1024


class FileProblem(Exception):
    """The file cannot be read; the text says which, where, and what to do."""


@dataclass(frozen=True)
class Line:
    """One event of a file, or why there is none. ``done``: bytes of the file read so far."""

    number: int
    text: str
    event: Any = None
    fault: str | None = None
    done: int = 0


@dataclass(frozen=True)
class EventFile:
    """A file to be read; with a ``mapping`` it is CSV."""

    path: Path
    mapping: CsvMapping | None = None

    @property
    def size(self) -> int:
        return self.path.stat().st_size

    def check(self) -> None:
        """Read all of it once. Raises :class:`FileProblem` before anything is taken in."""
        rows = self._rows() if self.mapping else self._texts()
        for _ in rows:
            pass

    def lines(self) -> Iterator[Line]:
        """Its events in order. Raises :class:`FileProblem`."""
        return self._from_csv(self.mapping) if self.mapping else self._from_json()

    # --- JSON Lines -------------------------------------------------------------------------

    def _from_json(self) -> Iterator[Line]:
        for number, text, done in self._texts():
            if not text.strip():
                continue
            try:
                if len(text) >= MAX_LINE:
                    raise strict_json.NotJson(f"the line is longer than {MAX_LINE} characters")
                yield Line(number, text, strict_json.parse(text.encode()), done=done)
            except strict_json.NotJson as problem:
                where = f" ({problem.pointer})" if problem.pointer else ""
                yield Line(number, text, fault=f"{problem.reason}{where}", done=done)

    def _texts(self) -> Iterator[tuple[int, str, int]]:
        """(line number, text, bytes of the file read); a line that is too long comes cut."""
        number = 0
        try:
            with self.path.open("rb") as raw, _unpacked(raw, self.path) as file:
                while line := file.readline(MAX_LINE):
                    number += 1
                    yield number, self._text(_whole(line, file), number), raw.tell()
        except (EOFError, zlib.error, gzip.BadGzipFile):
            raise FileProblem(
                f"{self.path}: line {number + 1}: the gzip file is damaged or cut short; pack it again"
            ) from None
        except OSError as error:
            raise FileProblem(f"{self.path}: cannot be read: {error.strerror or error}") from None

    def _text(self, line: bytes, number: int) -> str:
        if number == 1 and encoding_of(line[:4]).startswith("utf-16"):
            raise FileProblem(f"{self.path}: is UTF-16, which Excel calls Unicode text; "
                              "save the file as UTF-8 (in Excel: CSV UTF-8)")
        try:
            return (line.removeprefix(codecs.BOM_UTF8) if number == 1 else line).decode("utf-8")
        except UnicodeDecodeError as error:
            # It was cut, in the middle of a sign of up to four bytes.
            if len(line) >= MAX_LINE and error.start > len(line) - 4:
                return line.decode("utf-8", "ignore").ljust(MAX_LINE)
            raise FileProblem(
                f"{self.path}: line {number} is not UTF-8 (byte {error.start + 1}); "
                "save the file as UTF-8"
            ) from None

    # --- CSV --------------------------------------------------------------------------------

    def _from_csv(self, mapping: CsvMapping) -> Iterator[Line]:
        for number, row, done in self._rows():
            text = ",".join(f"{key}={value}" for key, value in row.items() if key is not None)
            try:
                if None in row or None in row.values():
                    raise WrongCell("the row has not as many cells as the first line")
                event = event_of(row, mapping)
                strict_json.check(event)
                yield Line(number, text, event, done=done)
            except (WrongCell, strict_json.NotJson) as problem:
                yield Line(number, text, fault=str(problem), done=done)

    def _rows(self) -> Iterator[tuple[int, dict[Any, Any], int]]:
        assert self.mapping
        done = 0

        def texts() -> Iterator[str]:
            nonlocal done
            for _, text, so_far in self._texts():
                done = so_far
                yield text

        table = CsvTable(texts(), self.mapping.columns)
        missing = [name for name in self.mapping.columns if name not in table.headings]
        if missing:
            raise FileProblem(
                f"{self.path}: line 1: no column “{'”, “'.join(missing)}”; they are named "
                f"in [plugins.record_feed.csv.….columns] of force.toml; {table.how_read}"
            )
        try:
            for line, cells in table:
                yield line, _named(table.headings, cells), done
        except NotCsv as error:
            raise FileProblem(
                f"{self.path}: line {error.line}: cannot be read as CSV: {error}"
            ) from None


def _named(headings: list[str], cells: list[str]) -> dict[Any, Any]:
    """Heading -> cell; with a None among them where a row is longer or shorter than the first line."""
    return dict(zip_longest(headings, cells))


def packed(path: Path) -> bool:
    return path.suffix.lower() == ".gz"


def _unpacked(raw: IO[bytes], path: Path) -> Any:
    return gzip.GzipFile(fileobj=raw) if packed(path) else _Left(raw)


class _Left:
    """The file as it is, with the shape of a packed one."""

    def __init__(self, raw: IO[bytes]) -> None:
        self.raw = raw

    def __enter__(self) -> IO[bytes]:
        return self.raw

    def __exit__(self, *trace: object) -> None:
        """The one who opened it closes it."""


def _whole(line: bytes, file: IO[bytes]) -> bytes:
    """Read past the rest of a line that is too long; only its beginning is kept."""
    part = line
    while len(part) == MAX_LINE and not part.endswith(b"\n"):
        part = file.readline(MAX_LINE)
    return line
