"""Tables for spreadsheets, written and read: CSV as Excel, LibreOffice and Sheets take and make it."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Collection, Iterable, Iterator

# Excel, LibreOffice and Sheets read a cell that begins so as a formula; the wide ones in some languages.
BEGINS_A_FORMULA = frozenset("=+-@\t\r\n\0＝＋－＠")
MARK = "\ufeff"  # in UTF-8 EF BB BF: without it Excel shows Siân as SiÃ¢n
# Signs that part the fields of a table, and what they are called.
SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "upright strokes"}


# --- writing --------------------------------------------------------------------------------------


def csv_text(columns: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A whole table, its headings first, for a file in UTF-8 that staff open in a spreadsheet.

    No text in it starts a formula: one that would is given an apostrophe in front. Numbers stay numbers.
    """
    file = io.StringIO(newline="")
    file.write(MARK)
    writer = csv.writer(file)
    for row in (columns, *rows):
        writer.writerow(_without_formulas(row))
    return file.getvalue()


def csv_line(row: Iterable[object]) -> str:
    """One row with its end, as :func:`csv_text` writes it: for tables that are too long to be held."""
    file = io.StringIO(newline="")
    csv.writer(file).writerow(_without_formulas(row))
    return file.getvalue()


def _without_formulas(row: Iterable[object]) -> list[object]:
    return [f"'{cell}" if _starts_a_formula(cell) else cell for cell in row]


def _starts_a_formula(cell: object) -> bool:
    return isinstance(cell, str) and cell[:1] in BEGINS_A_FORMULA


# --- reading --------------------------------------------------------------------------------------


class NotCsv(ValueError):
    """A row that is none of CSV; the text says what is wrong, ``line`` where, from 1."""

    def __init__(self, wrong: str, line: int) -> None:
        super().__init__(wrong)
        self.line = line


class CsvTable:
    """The rows of a CSV, whatever a spreadsheet parted its columns with.

    Excel writes commas, or semicolons where a comma stands in numbers, and tabs as “Unicode text”.
    What parts them is what gives most of the *wanted* columns; a line ``sep=;`` above says it itself.
    """

    def __init__(self, lines: Iterator[str], wanted: Collection[str]) -> None:
        first, self._before = next(lines, ""), 1
        told = _declared_separator(first)
        if told:
            first, self._before = next(lines, ""), 2
        self.separator = told or _separator_of(first, wanted)
        self.headings = _cells(first.rstrip("\r\n"), self.separator)
        self._reader = csv.reader(lines, delimiter=self.separator, strict=True)

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        """Line, from 1, and cells of each row that is not blank. Raises :class:`NotCsv`."""
        try:
            for cells in self._reader:
                if any(cell.strip() for cell in cells):
                    yield self._before + self._reader.line_num, cells
        except csv.Error as error:
            raise NotCsv(str(error), self._before + self._reader.line_num) from None

    @property
    def how_read(self) -> str:
        """For a fault: how the headings were read."""
        named = [f"“{cell.strip()[:40]}”" for cell in self.headings[:12] if cell.strip()]
        return f"parted by {SEPARATORS[self.separator]} it has {', '.join(named) or 'nothing'}"


def encoding_of(start: bytes) -> str:
    """How the text that begins with these bytes (at least four, if there are) is written.

    UTF-8, with or without its mark; or UTF-16, which Excel calls “Unicode text”.
    """
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\0" in start[:4]:
        return "utf-16-be" if start[:1] == b"\0" else "utf-16-le"
    return "utf-8-sig"


def _declared_separator(line: str) -> str | None:
    said = line.strip("\r\n").strip('"')
    return said[4:] if said[:4].casefold() == "sep=" and said[4:] in SEPARATORS else None


def _separator_of(headings: str, wanted: Collection[str]) -> str:
    def plain(name: str) -> str:
        return name.strip().casefold().replace(" ", "_")

    def found(sign: str) -> int:
        return len({*map(plain, _cells(headings, sign))} & {*map(plain, wanted)})

    return max(SEPARATORS, key=lambda sign: (found(sign), headings.count(sign)))


def _cells(line: str, separator: str) -> list[str]:
    """The cells of one line; of one that is no row of CSV the line itself."""
    try:
        return next(csv.reader([line], delimiter=separator, strict=True), [])
    except csv.Error:
        return [line]
