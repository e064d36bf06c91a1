"""An operator takes in CSV files, with a mapping of their columns."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from core.plugin_host.host import host
from plugins.record_feed import SETTINGS
from plugins.record_feed.files import EventFile
from plugins.record_feed.rows import event_of
from plugins.record_feed.settings import CsvMapping
from tests.conftest import HERTS
from tests.plugins.record_feed.feed_builders import state
from tests.plugins.record_feed.feed_runs import Run, one_line, result_json, take, written

MAPPING = CsvMapping(
    columns={
        "Crime No": "subject",
        "Recorded": "time",
        "Offence": "data.crime_type",
        "District": "data.district",
        "Reported": "data.reported_at",
        "Surname": "data.people.0.name.family",
        "Person": "data.people.0.id",
        "Born": "data.people.0.date_of_birth",
        "Flag 1": "data.flags.0",
        "Flag 2": "data.flags.1",
    },
    values={"type": "uk.police.crime.recorded.v1", "data.people.0.role": "victim"},
    moments={"time": "%d/%m/%Y %H:%M", "data.reported_at": "%d/%m/%Y %H:%M"},
    dates={"data.people.0.date_of_birth": "%d/%m/%Y"},
)
HEADING = "Crime No,Recorded,Offence,District,Reported,Surname,Person,Born,Flag 1,Flag 2,Not used"


@pytest.fixture
def csv_of_backfill(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The force has a mapping for older crimes in CSV."""
    forces = host(app).installed
    given = {**forces[HERTS].settings, "record_feed": SETTINGS(csv={"backfill": MAPPING})}
    monkeypatch.setitem(forces, HERTS, replace(forces[HERTS], settings=given))


@pytest.mark.usefixtures("csv_of_backfill")
@pytest.mark.parametrize("name", ["old.csv", "old.csv.gz", "OLD.CSV"])
def test_rows_of_a_csv_file_become_events_by_the_mapping(
    app: Flask, run: Run, tmp_path: Path, name: str
) -> None:
    path = written(
        tmp_path / name,
        "\ufeff" + HEADING,
        "41/1/24,01/07/2024 10:00,bicycle-theft,watford,01/07/2024 09:30,"
        '"O\'Neill, ""Jo""",P1,17/05/1980,,vulnerable,x',
        "41/2/24,01/01/2024 10:00,bicycle-theft,watford,01/01/2024 09:30,Khan,P2,,,,",
        "41/3/24,yesterday,bicycle-theft,watford,01/01/2024 09:30,Khan,P3,,,,",
        "41/4/24,01/01/2024 10:00,bicycle-theft",
    )
    answer = take(run, path, "--json")
    assert answer.exit_code == 1, answer.output
    found = result_json(answer)
    assert (found["accepted"], found["left_out"]) == (2, {"unreadable": 2})
    assert (
        "line 4: unreadable: Recorded: “yesterday” is not written like %d/%m/%Y %H:%M"
        in answer.stderr
    )
    text = "\n".join(state(app))
    assert '"reported_at": "2024-07-01T08:30:00+00:00"' in text
    assert '"flags": ["vulnerable"]' in text
    assert '"date_of_birth": "1980-05-17"' in text
    again = result_json(take(run, path, "--json"))
    assert (again["accepted"], again["repeated"]) == (0, 2)


@pytest.mark.usefixtures("csv_of_backfill")
@pytest.mark.parametrize("sign", [";", "\t"])
def test_a_csv_file_with_another_separator_brings_the_same_events(
    app: Flask, run: Run, tmp_path: Path, sign: str
) -> None:
    row = "41/2/24,01/01/2024 10:00,bicycle-theft,watford,01/01/2024 09:30,Khan,P2,,,,"
    path = written(tmp_path / "a.csv", HEADING.replace(",", sign), row.replace(",", sign), sign * 10)
    assert result_json(take(run, path, "--json"))["accepted"] == 1
    again = result_json(take(run, written(tmp_path / "b.csv", HEADING, row), "--json"))
    assert (again["accepted"], again["repeated"]) == (0, 1)


@pytest.mark.usefixtures("csv_of_backfill")
def test_a_csv_file_in_utf_16_says_how_to_save_it(app: Flask, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(HEADING.encode("utf-16"))
    assert "UTF-16" in (line := one_line(take(run, path))) and "CSV UTF-8" in line


@pytest.mark.usefixtures("csv_of_backfill")
def test_a_csv_file_that_lacks_a_column_or_is_none_is_one_line(
    app: Flask, run: Run, tmp_path: Path
) -> None:
    line = one_line(take(run, written(tmp_path / "a.csv", HEADING.replace("Surname,", ""))))
    assert "a.csv: line 1: no column “Surname”" in line
    assert "line 3: cannot be read as CSV" in one_line(
        take(run, written(tmp_path / "b.csv", HEADING, "41/1/24,", '"open'))
    )
    assert "no column" in one_line(take(run, written(tmp_path / "c.csv")))
    assert state(app) == []


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"columns": {"A": "subject"}}, "no column or value for type, time"),
        ({"columns": {"A": "data..x"}}, "no field of an event"),
        (
            {"columns": {"A": "subject", "B": "time", "C": "subject"}, "values": {"type": "x"}},
            "filled twice",
        ),
        (
            {
                "columns": {"A": "subject", "B": "time"},
                "values": {"type": "x"},
                "dates": {"data.x": "%d"},
            },
            "no column fills",
        ),
        ({"columns": {}, "more": 1}, "Extra inputs"),
    ],
)
def test_a_mapping_that_cannot_work_is_said_at_the_start(
    wrong: dict[str, Any], reason: str
) -> None:
    with pytest.raises(ValueError, match=reason):
        CsvMapping(**wrong)


@pytest.mark.parametrize("form", [
    "%d/%m/%Y", "%d.%m.%y", "%Y-%m-%d", "%d %B %Y", "%a %d %b %Y", "%Y%m%d", "%G-W%V-%u", "%d/%m/%Y (%%",
    "%x",
])
def test_a_way_to_write_a_whole_day_is_taken(portal: Flask, form: str) -> None:
    assert faults_of_formats(portal, dates={"data.day": form}) == []
    assert faults_of_formats(portal, moments={"data.day": f"{form} %H:%M"}) == []


@pytest.mark.parametrize("form", [
    "%d/%m", "%d", "%e %b", "%d %B", "%m-%d %%Y", "%j", "%Y", "%m/%Y", "%Y-%d", "%H:%M", "", "day", "%",
    "%d/%m/%",
    "%q", "%d/%m/%Y %Y", "%U %a", "%d/%m %I%p", "%G %d/%m",
])
def test_a_way_that_loses_part_of_the_day_is_refused_without_a_warning(portal: Flask, form: str) -> None:
    assert faults_of_formats(portal, dates={"data.day": form}) == [f"“{form}” does not read a day"]
    assert faults_of_formats(portal, moments={"data.day": f"{form} %H:%M"}) == [
        f"“{form} %H:%M” does not read a day and a time"]


def faults_of_formats(portal: Flask, **formats: dict[str, str]) -> list[str]:
    mapping = CsvMapping(
        columns={"A": "subject", "B": "time", "C": "data.day"}, values={"type": "x"}, **formats)
    given = SETTINGS(csv={"niche": mapping})
    return [what for _, what, _ in given.problems_with(host(portal).installed[HERTS].force)]


def test_a_row_is_known_again_by_its_content() -> None:
    row = dict.fromkeys(HEADING.split(","), "") | {
        "Crime No": "41/1/24",
        "Recorded": "01/07/2024 10:00",
    }
    first, again = event_of(row, MAPPING), event_of(dict(reversed(row.items())), MAPPING)
    other = event_of(row | {"Crime No": "41/2/24"}, MAPPING)
    assert first == again
    assert first["id"] != other["id"]
    assert EventFile(Path("x.csv"), MAPPING).path.name == "x.csv"
