"""A force tries its phases on recorded crimes: every row is answered or left out, none twice."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.force.eligibility import eligibility
from core.force.file.reading import build_force
from core.force.model import Force
from plugins.police_uk.files import FileProblem, Months
from plugins.police_uk.simulate import Cell, Left, Recorded, Simulation, run
from plugins.police_uk.simulate_figures import LEFT_OUT, REASONS, Result
from plugins.police_uk.simulate_sources import (
    OwnWords,
    PoliceUkWords,
    rows_of_files,
    rows_of_table,
    street_files,
)
from tests.plugins.police_uk.conftest import WESTSHIRE
from tests.plugins.police_uk.police_uk_builders import CRIME_TYPES, street, write

PHASES = WESTSHIRE.index("[[phases]]")


def phase(opens: str, *, closes: str = "", districts: str = '"north", "ports"',
          crime_types: str = '"burglary-residential", "bicycle-theft"', name: str = "") -> str:
    return "\n".join([
        "[[phases]]", f'name = "{name}"' if name else "", f"opens = {opens}",
        f"closes = {closes}" if closes else "", f"districts = [{districts}]",
        f"crime_types = [{crime_types}]", "",
    ])


def force_with(*phases: str) -> Force:
    return build_force(WESTSHIRE[:PHASES] + "\n".join(phases))


def asked(force: Force, folder: Path, first: str | None = None, last: str | None = None,
          ) -> Simulation:
    months = Months(first, last)
    simulation = Simulation(force, PoliceUkWords(force, CRIME_TYPES), months)
    run(rows_of_files(street_files(folder, force.id, months)), simulation)
    assert simulation.tally.adds_up
    return simulation


def asked_table(force: Force, text: str, folder: Path, **options: str) -> Simulation:
    path = folder / "crimes.csv"
    path.write_text(text)
    simulation = Simulation(force, OwnWords(force), Months(**options))
    run(rows_of_table(path), simulation)
    assert simulation.tally.adds_up
    return simulation


# --- files of data.police.uk ------------------------------------------------------------------


def test_a_crime_of_the_pilot_is_offered_and_its_neighbour_is_not(tmp_path: Path) -> None:
    force = force_with(
        phase("2021-01-01", closes="2021-01-31", districts='"north"'), phase("2021-02-01"))
    port = "Ports, Quays and Poole 002A"
    write(tmp_path, "2021-01", "street", street("a", "2021-01"),
          street("b", "2021-01", place=port))
    write(tmp_path, "2021-02", "street", street("c", "2021-02", place=port))
    assert asked(force, tmp_path).tally.cells == {
        Cell("2021-01", "north", "burglary-residential", "offered"): 1,
        Cell("2021-01", "ports", "burglary-residential", "not_open_yet"): 1,
        Cell("2021-02", "ports", "burglary-residential", "offered"): 1,
    }


def test_each_row_that_cannot_be_asked_about_says_why(tmp_path: Path) -> None:
    write(
        tmp_path, "2021-01", "street",
        street("a", "2021-01"), street("a", "2021-01"),
        street("", "2021-01", "Anti-social behaviour"), street("d", "2021-01", "Drugs"),
        street("e", "2021-01", place="Elsewhere 001A"), street("f", "2021-01", place=""),
        street("g", "2020-12"), "too,short",
    )
    simulation = asked(force_with(phase("2021-01-01")), tmp_path, first="2021-01")
    assert simulation.tally.read == 8
    assert simulation.tally.offered == 1
    assert simulation.tally.left == {
        Left("2021-01", "duplicate_row"): 1,
        Left("2021-01", "no_crime_id", "Anti-social behaviour"): 1,
        Left("2021-01", "no_crime_type", "Drugs"): 1,
        Left("2021-01", "no_district"): 2,
        Left("2020-12", "outside_range"): 1,
        Left("", "unreadable"): 1,
    }


def test_a_crime_whose_first_row_has_no_place_is_asked_about_by_its_second(tmp_path: Path) -> None:
    write(tmp_path, "2021-01", "street", street("a", "2021-01", place=""), street("a", "2021-01"))
    tally = asked(force_with(phase("2021-01-01")), tmp_path).tally
    assert (tally.offered, tally.left) == (1, {Left("2021-01", "no_district"): 1})


def test_outcomes_are_no_crimes(tmp_path: Path) -> None:
    write(tmp_path, "2021-01", "outcomes")
    with pytest.raises(FileProblem, match="only outcomes files"):
        asked(force_with(phase("2021-01-01")), tmp_path)


def test_a_phase_that_opens_within_a_month_is_told_of_where_only_months_are_known(
    tmp_path: Path,
) -> None:
    write(tmp_path, "2021-01", "street", street("a", "2021-01"))
    (note,) = asked(force_with(phase("2021-01-15", name="Pilot")), tmp_path).notes()
    assert "“Pilot” opens on 2021-01-15" in note
    assert not list(asked(force_with(phase("2021-01-01")), tmp_path).notes())
    days = "district,crime_type,reported_on\nnorth,bicycle-theft,2021-01-15\n"
    assert not list(asked_table(force_with(phase("2021-01-15")), days, tmp_path).notes())


# --- a table of the force's own ---------------------------------------------------------------


def test_a_table_is_read_by_day_flags_and_count(tmp_path: Path) -> None:
    text = (
        "\ufeffCrime type,District,Reported on,Flags,Count,Officer\n"
        "bicycle-theft,north,2021-01-14,,3,x\n"  # the day before
        "Bicycle-Theft,Old Vale,15/01/2021,,2,x\n"
        "bicycle-theft,NORTH VALE,2021-01-15,domestic-abuse; repeat-victim,1,x\n"
        "bicycle-theft,ports,2021-02,hate,1,x\n"
        "\n"
    )
    force = force_with(phase("2021-01-15"))
    tally = asked_table(force, text.replace("Bicycle-Theft", "bicycle-theft"), tmp_path).tally
    found = Counter({cell.reason: n for cell, n in tally.cells.items() if cell.month == "2021-01"})
    assert tally.read == 7
    assert found == {"not_open_yet": 3, "offered": 2, "sensitive_flag": 1}


def test_names_that_the_force_does_not_have_are_told_and_count(tmp_path: Path) -> None:
    text = "district,crime_type,reported_on\nNorht,bicycle-theft,2021-01-02\nnorth,arson,2021-01\n"
    simulation = asked_table(force_with(phase("2021-01-01")), text, tmp_path)
    assert set(simulation.tally.cells) == {
        Cell("2021-01", "", "bicycle-theft", "unknown_district"),
        Cell("2021-01", "north", "", "unknown_crime_type"),
    }
    notes = list(simulation.notes())
    assert "district “Norht” is not in the force's file: 1 row" in notes
    assert "crime type “arson” is not in the force's file: 1 row" in notes


@pytest.mark.parametrize("row", [
    "north,bicycle-theft,2021-13", "north,bicycle-theft,yesterday", "north,bicycle-theft",
    "north,bicycle-theft,31/02/2021", "north,bicycle-theft,2021-01-02,-1",
    "north,bicycle-theft,2021-01-02,many",
])
def test_a_row_of_a_table_that_cannot_be_read_is_left_out_with_its_line(
    row: str, tmp_path: Path,
) -> None:
    path = tmp_path / "t.csv"
    path.write_text(f"district,crime_type,reported_on,count\nnorth,bicycle-theft,2021-01,1\n{row}\n")
    simulation = Simulation(force_with(phase("2021-01-01")), OwnWords(force_with()), Months())
    _, (fault,) = run(rows_of_table(path), simulation)
    assert fault.startswith("t.csv line 3: ")
    assert (simulation.tally.read, simulation.tally.left) == (2, {Left("", "unreadable"): 1})


@pytest.mark.parametrize(("raw", "said"), [
    (b"", "no column district, crime_type, reported_on"),
    (b"district,reported_on\n", "no column crime_type"),
    (b"district,district,crime_type,reported_on\n", "two columns district"),
    (b"district,crime_type,reported_on\n\xff,b,2021-01\n", "not UTF-8"),
    (b'district,crime_type,reported_on\n"a"b,c,2021-01\n', "not a CSV row"),
])
def test_a_table_that_is_none_says_so_in_one_line(raw: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(raw)
    with pytest.raises(FileProblem, match=said) as caught:
        list(rows_of_table(path))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_table_reads_the_same_however_a_spreadsheet_saved_it(
    separator: str, encoding: str, tmp_path: Path,
) -> None:
    path = tmp_path / "t.csv"
    rows = (("District", "Crime type", "Reported on", "Count"), ("north", "bicycle-theft", "14/03/2021", "2"))
    path.write_bytes("".join(f"{separator.join(row)}\r\n" for row in rows).encode(encoding))
    (row,) = rows_of_table(path)
    assert (row.fault, row.month, row.place, row.what, row.crimes) == (
        None, "2021-03", "north", "bicycle-theft", 2)


@pytest.mark.parametrize(("written", "day"), [
    ("14/03/2021", date(2021, 3, 14)), ("14.03.2021", date(2021, 3, 14)), ("14-3-2021", date(2021, 3, 14)),
    ("2021-03-14", date(2021, 3, 14)), ("14/03/21", date(2021, 3, 14)), ("4.3.21", date(2021, 3, 4)),
])
def test_a_day_of_a_table_is_read_as_spreadsheets_write_it(
    written: str, day: date, tmp_path: Path,
) -> None:
    path = tmp_path / "t.csv"
    path.write_text(f"district,crime_type,reported_on\nnorth,bicycle-theft,{written}\n")
    (row,) = rows_of_table(path)
    assert (row.fault, row.day) == (None, day)


# --- everything adds up -----------------------------------------------------------------------

DAYS = st.dates(date(2021, 1, 1), date(2021, 6, 30))
ROWS = st.builds(
    lambda place, what, day, crime_id, flags, crimes, fault: Recorded(
        "t", f"{day:%Y-%m}", day, place, what, crime_id, flags, crimes, False, fault),
    st.sampled_from(["north", "ports", "Old Vale", "", "nowhere"]),
    st.sampled_from(["burglary-residential", "bicycle-theft", "other-theft", "", "piracy"]),
    DAYS, st.sampled_from([None, "", "a", "b", "c"]),
    st.sampled_from([(), ("hate",), ("domestic-abuse", "x")]), st.integers(0, 9),
    st.sampled_from([None, None, None, "cannot be read"]),
)


@st.composite
def some_phases(draw: st.DrawFn) -> Force:
    """One phase at most for a district and crime type: others would overlap."""
    made = []
    for district in ("north", "ports"):
        for crime_type in ("burglary-residential", "bicycle-theft", "other-theft"):
            if draw(st.booleans()):
                opens = draw(DAYS)
                closes = draw(st.one_of(st.none(), st.integers(0, 90)))
                end = "" if closes is None else f"{opens + timedelta(closes)}"
                made.append(phase(f"{opens}", closes=end, districts=f'"{district}"',
                                  crime_types=f'"{crime_type}"'))
    return force_with(*made)


@settings(max_examples=60, deadline=None)
@given(st.lists(ROWS, max_size=40), some_phases(), some_phases())
def test_whatever_the_rows_and_phases_all_of_it_adds_up(
    rows: list[Recorded], force: Force, changed: Force,
) -> None:
    rows.sort(key=lambda row: row.month)
    months = Months("2021-02", "2021-05")
    first = Simulation(force, OwnWords(force), months)
    second = Simulation(changed, OwnWords(changed), months)
    comparison, faults = run(rows, first, second)
    result = Result(first, second, comparison, "a test", 1, False, faults, "other")
    read = sum(row.crimes for row in rows)
    for one in (first.tally, second.tally):
        assert sum(one.cells.values()) + sum(one.left.values()) == one.read == read
        assert {cell.reason for cell in one.cells} <= set(REASONS)
        assert {left.reason for left in one.left} <= set(LEFT_OUT)
    assert sum(g.asked + g.left for g in result.by_month()) == read
    for names in (["district"], ["crime_type"], ["district", "crime_type", "month"]):
        assert sum(g.asked for g in result.by(*names)) == first.tally.asked
        assert sum(g.offered for g in result.by(*names)) == first.tally.offered
        assert sum(c.after for c in result.changes(*names)) == second.tally.offered
    assert result.total_change().after == second.tally.offered


@settings(max_examples=30, deadline=None)
@given(st.lists(ROWS, max_size=40), some_phases())
def test_a_file_compared_with_itself_changes_nothing(rows: list[Recorded], force: Force) -> None:
    first = Simulation(force, OwnWords(force), Months())
    second = Simulation(force, OwnWords(force), Months())
    comparison, _ = run(rows, first, second)
    assert not comparison.gained
    assert not comparison.lost


@settings(max_examples=60, deadline=None)
@given(ROWS, some_phases())
def test_the_answer_is_that_of_the_one_eligibility_function(row: Recorded, force: Force) -> None:
    answer = Simulation(force, OwnWords(force), Months()).ask(row)
    if isinstance(answer, Cell):
        given_by_core = eligibility(force, answer.district, answer.crime_type, row.flags, row.day)
        assert answer.reason == given_by_core.reason
