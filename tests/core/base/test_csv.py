"""Tables that staff open in a spreadsheet, and tables that a spreadsheet saved."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.base.csv import CsvTable, NotCsv, csv_text, encoding_of

NAMES = ("Nguyễn", "Siân Llŷr", "O’Neill", "Zoë “Zo” Müller", "Łukasz", "陳大文", "a;b", "a,b\nc", "")
WANTED = ("district", "crime_type", "reported_on")


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_staff_open_in_excel_reads_as_it_is_written(name: str) -> None:
    content = csv_text(("person", "role"), [(name, "victim")]).encode()
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\xef\xbb\xbf") == 1
    rows = [*csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))]
    assert rows == [["person", "role"], [name, "victim"]]


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2, max_size=2)))
def test_whatever_is_in_the_cells_comes_back_but_for_the_guard(rows: list[list[str]]) -> None:
    content = csv_text(("a", "b"), rows).encode()
    read = [*csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))][1:]
    assert [[cell.removeprefix("'") for cell in row] for row in read] == [
        [cell.removeprefix("'") for cell in row] for row in rows]
    assert all(cell[:1] not in "=+-@\t\r\n\0" for row in read for cell in row if cell)


# --- what a spreadsheet saved ---------------------------------------------------------------------


def saved(separator: str, *, before: str = "", end: str = "\r\n") -> str:
    rows = (WANTED, ("north", "bicycle-theft", "2021-03-14"), ("a, b; c", 'say "x"', "1|2\t3"))
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=separator, lineterminator=end).writerows(rows)
    return before + file.getvalue()


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(("separator", "before"), [
    (",", ""), (";", ""), ("\t", ""), ("|", ""), (";", "sep=;\r\n"), (",", "sep=,\r\n"),
    (";", '"sep=;"\r\n'), ("\t", "sep=\t\r\n"), (";", "SEP=;\n"),
])
def test_a_table_is_read_whatever_parts_its_columns(separator: str, before: str, end: str) -> None:
    table = CsvTable(iter(saved(separator, before=before, end=end).splitlines(keepends=True)), WANTED)
    assert table.separator == separator
    assert tuple(table.headings) == WANTED
    first = 3 if before else 2
    assert [*table] == [(first, ["north", "bicycle-theft", "2021-03-14"]),
                        (first + 1, ["a, b; c", 'say "x"', "1|2\t3"])]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_table_is_read_in_every_coding_that_excel_saves(encoding: str) -> None:
    content = "district\tcrime_type\r\nBrycheiniog – Llŷn\tx\r\n".encode(encoding)
    read = content.decode(encoding_of(content[:4]))
    assert read == "district\tcrime_type\r\nBrycheiniog – Llŷn\tx\r\n"


@pytest.mark.parametrize(("headings", "said"), [
    ("district;kind;day", "parted by semicolons it has “district”, “kind”, “day”"),
    ("gebiet;art;tag", "parted by semicolons it has “gebiet”, “art”, “tag”"),
    ("a,b", "parted by commas it has “a”, “b”"),
    ("alone", "parted by commas it has “alone”"),
    ("", "parted by commas it has nothing"),
])
def test_a_first_line_without_the_columns_is_said_as_it_was_read(headings: str, said: str) -> None:
    assert CsvTable(iter([headings]), WANTED).how_read == said


def test_blank_rows_are_no_rows_and_a_broken_one_is_named_by_its_line() -> None:
    lines = ["district;kind\n", ";\n", "\n", "north;a\n", '"open;b\n']
    table = CsvTable(iter(lines), ("district",))
    rows = iter(table)
    assert next(rows) == (4, ["north", "a"])
    with pytest.raises(NotCsv) as wrong:
        next(rows)
    assert wrong.value.line == 5
