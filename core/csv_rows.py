"""Tables for spreadsheets."""

from __future__ import annotations

from collections.abc import Iterable

# Excel, LibreOffice and Sheets read a cell that begins so as a formula; the wide ones in some languages.
BEGINS_A_FORMULA = frozenset("=+-@\t\r\n\0＝＋－＠")


def csv_row(cells: Iterable[object]) -> list[object]:
    """*cells* for a row of ``csv.writer``; no text among them starts a formula where the file is opened.

    A text that would is given an apostrophe in front. Numbers stay numbers.
    """
    return [f"'{cell}" if _starts_a_formula(cell) else cell for cell in cells]


def _starts_a_formula(cell: object) -> bool:
    return isinstance(cell, str) and cell[:1] in BEGINS_A_FORMULA
