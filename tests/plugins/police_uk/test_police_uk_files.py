"""An operator points at a folder; the right files are read, and faults are told in one line."""

from __future__ import annotations

import gzip
import tracemalloc
from pathlib import Path

import pytest

from plugins.police_uk.files import (
    COLUMNS,
    FileProblem,
    Months,
    check_file,
    find_files,
    read_rows,
)
from tests.plugins.police_uk.police_uk_builders import crime_id, outcome, street, write

FORCE = "westshire"


def only_file(folder: Path, months: Months | None = None):
    (file,) = find_files(folder, FORCE, months or Months())
    return file


def read_all(folder: Path) -> None:
    for file in find_files(folder, FORCE, Months()):
        check_file(file)
        list(read_rows(file))


def problem_of(folder: Path) -> str:
    with pytest.raises(FileProblem) as problem:
        read_all(folder)
    text = str(problem.value)
    assert "\n" not in text
    assert str(folder) in text
    return text


def test_files_below_the_folder_are_found_by_month_then_name(tmp_path: Path) -> None:
    write(tmp_path / "2021-02", "2021-02", "street")
    write(tmp_path / "deep" / "er", "2021-01", "street", zipped=True)
    write(tmp_path, "2021-01", "outcomes")
    (tmp_path / "2021-01-westshire-stop-and-search.csv").touch()
    (tmp_path / "notes.csv").touch()
    found = find_files(tmp_path, FORCE, Months())
    assert [file.name for file in found] == [
        "2021-01-westshire-outcomes.csv",
        "2021-01-westshire-street.csv.gz",
        "2021-02-westshire-street.csv",
    ]


def test_files_outside_the_months_asked_for_are_not_read(tmp_path: Path) -> None:
    for month in ("2020-12", "2021-01", "2021-02", "2021-03"):
        write(tmp_path, month, "street")
    found = find_files(tmp_path, FORCE, Months("2021-01", "2021-02"))
    assert [file.month for file in found] == ["2021-01", "2021-02"]


def test_of_several_forces_only_the_own_files_are_read(tmp_path: Path) -> None:
    write(tmp_path, "2021-01", "street", force="westshire")
    write(tmp_path, "2021-01", "street", force="north-westshire")
    assert only_file(tmp_path).force_id == FORCE


def test_a_folder_of_another_force_is_named_as_such(tmp_path: Path) -> None:
    write(tmp_path, "2021-01", "street", force="eastshire")
    assert "only of eastshire" in problem_of(tmp_path)


def test_an_empty_folder_says_what_was_expected(tmp_path: Path) -> None:
    assert "2021-01-westshire-street.csv" in problem_of(tmp_path)


def test_months_without_files_say_what_there_is(tmp_path: Path) -> None:
    write(tmp_path, "2021-01", "street")
    with pytest.raises(FileProblem, match="its files cover 2021-01 to 2021-01"):
        find_files(tmp_path, FORCE, Months("2022-01", None))


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("zipped", [False, True])
@pytest.mark.parametrize("bom", [False, True])
def test_every_way_of_saving_the_file_reads_the_same(
    tmp_path: Path, end: str, zipped: bool, bom: bool
) -> None:
    write(
        tmp_path,
        "2021-01",
        "street",
        street("a", "2021-01", place="Ports, Quays and Poole 010E"),
        end=end,
        zipped=zipped,
        bom=bom,
    )
    file = only_file(tmp_path)
    assert check_file(file) == 1
    (row,) = read_rows(file)
    assert row == (2, crime_id("a"), "2021-01", "Ports, Quays and Poole 010E", "Burglary", None)


def test_columns_in_another_order_are_read_by_their_names(tmp_path: Path) -> None:
    header = ",".join(reversed(COLUMNS["outcomes"]))
    line = ",".join(reversed(outcome("a", "2021-02", "Suspect charged").split(",")))
    write(tmp_path, "2021-02", "outcomes", line, header=header)
    (row,) = read_rows(only_file(tmp_path))
    assert (row.crime_id, row.month, row.what) == (crime_id("a"), "2021-02", "Suspect charged")


@pytest.mark.parametrize("missing", ["Crime ID", "Month", "LSOA name", "Crime type", "Context"])
def test_a_missing_column_is_named(tmp_path: Path, missing: str) -> None:
    header = ",".join(name for name in COLUMNS["street"] if name != missing)
    path = write(tmp_path, "2021-01", "street", header=header)
    text = problem_of(tmp_path)
    assert f"“{missing}”" in text and str(path) in text and "download" in text


@pytest.mark.parametrize(("sign", "said"), [(";", "semicolons"), ("\t", "tabs")])
def test_a_file_that_a_spreadsheet_saved_with_another_separator_says_so(
    tmp_path: Path, sign: str, said: str
) -> None:
    write(tmp_path, "2021-01", "street", header=sign.join(COLUMNS["street"]))
    text = problem_of(tmp_path)
    assert f"parted by {said}" in text and "commas" in text and "missing" not in text


def test_an_outcomes_file_named_street_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "2021-01", "street", header=",".join(COLUMNS["outcomes"]))
    assert "“Crime type”" in problem_of(tmp_path)


def test_an_empty_file_lacks_its_columns(tmp_path: Path) -> None:
    (tmp_path / "2021-01-westshire-street.csv").touch()
    assert "“Crime ID”" in problem_of(tmp_path)


def test_a_file_that_is_not_utf_8_is_named_with_its_line(tmp_path: Path) -> None:
    path = write(tmp_path, "2021-01", "street", *[street(str(n), "2021-01") for n in range(300)])
    lines = path.read_bytes().splitlines(keepends=True)
    lines[200] = lines[200].replace(b"Mill Road", "Café Row".encode("latin-1"))
    path.write_bytes(b"".join(lines))
    text = problem_of(tmp_path)
    assert "line 201 is not UTF-8" in text


def test_a_utf_16_file_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "2021-01", "street")
    path.write_bytes(path.read_text().encode("utf-16"))
    assert "line 1 is not UTF-8" in problem_of(tmp_path)


def test_a_truncated_gzip_is_named(tmp_path: Path) -> None:
    path = write(
        tmp_path, "2021-01", "street", *[street(str(n), "2021-01") for n in range(500)], zipped=True
    )
    path.write_bytes(path.read_bytes()[:-2000])
    assert "ends too early" in problem_of(tmp_path)


@pytest.mark.parametrize("place", [12, 5000])
def test_a_corrupt_gzip_is_named(tmp_path: Path, place: int) -> None:
    path = write(
        tmp_path, "2021-01", "street", *[street(str(n), "2021-01") for n in range(500)], zipped=True
    )
    raw = bytearray(path.read_bytes())
    raw[place] ^= 0xFF
    path.write_bytes(raw)
    assert "gz" in problem_of(tmp_path)


def test_a_text_named_gz_is_not_a_gzip_file(tmp_path: Path) -> None:
    (tmp_path / "2021-01-westshire-street.csv.gz").write_text(",".join(COLUMNS["street"]))
    assert "not a sound gzip file" in problem_of(tmp_path)


def test_a_folder_in_place_of_a_file_is_passed_by(tmp_path: Path) -> None:
    (tmp_path / "2021-01-westshire-street.csv").mkdir()
    write(tmp_path, "2021-02", "street")
    assert only_file(tmp_path).month == "2021-02"


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("one,two", "2 fields where 12"),
        (street("a", "2021-01") + ",more", "13 fields where 12"),
        (street("a", "2021-01").replace("On or near", '"On or near'), "quotation mark"),
        (street("a", "January 2021"), "Month"),
        (street("a", "2021-13"), "Month"),
        (street("a", "2021-01").replace(crime_id("a"), "abc"), "Crime ID"),
        ("\0" * 20, "1 fields where 12"),
    ],
)
def test_a_line_that_cannot_be_read_spoils_no_other(tmp_path: Path, line: str, fault: str) -> None:
    write(tmp_path, "2021-01", "street", street("b", "2021-01"), line, street("c", "2021-01"))
    before, bad, after = read_rows(only_file(tmp_path))
    assert bad.line == 3 and fault in str(bad.fault)
    assert not before.fault and not after.fault


def test_empty_lines_are_no_rows(tmp_path: Path) -> None:
    write(tmp_path, "2021-01", "street", street("a", "2021-01"), "", street("b", "2021-01"), "", "")
    file = only_file(tmp_path)
    assert check_file(file) == 2
    assert [row.line for row in read_rows(file)] == [2, 4]


def test_a_line_without_end_is_refused_before_it_fills_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "2021-01-westshire-street.csv.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write((",".join(COLUMNS["street"]) + "\n").encode())
        for _ in range(50):
            file.write(b"a" * 1_000_000)
    tracemalloc.start()
    text = problem_of(tmp_path)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "line 2 is longer" in text
    assert most < 5_000_000
