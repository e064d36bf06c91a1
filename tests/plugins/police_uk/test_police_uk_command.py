"""An operator replays files into a real portal: what is in it afterwards, and what is said."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from core.base.installation import installation
from core.cases.models import Case, Entry, Person
from core.intake.take_in import take_in
from core.plugin_host.host import host
from core.storage.db import db, force_scope
from core.storage.keys.keyring import FORCE_KEYS
from tests.plugins.police_uk.police_uk_builders import crime_id
from tests.plugins.police_uk.police_uk_runs import Run, result_json, sample_files, state


def test_cases_with_people_and_timelines_are_there_afterwards(
    replay: Run, westshire: Flask, tmp_path: Path
) -> None:
    answer = result_json(replay(sample_files(tmp_path), "--json"))
    assert list(answer) == [
        "street_rows",
        "outcome_rows",
        "left_out",
        "rows_used",
        "events",
        "accepted",
        "repeated",
        "parked",
        "cases_by_category",
        "seconds",
    ]
    assert answer["left_out"] == {"case_unknown": 1, "no_crime_id": 1}
    assert answer["cases_by_category"] == {"bicycle-theft": 1, "burglary": 2}
    assert (answer["accepted"], answer["repeated"], answer["parked"]) == (9, 0, 0)
    with westshire.app_context(), force_scope("westshire"):
        cases = {c.crime_reference: c for c in db.session.scalars(sa.select(Case))}
        assert {ref: c.offered for ref, c in cases.items()} == {
            "W/1/21": True,
            "W/2/21": True,
            "W/3/21": False,
            "W/4/21": True,
        }
        assert cases["W/1/21"].incident_reference == crime_id("a")
        entries = sorted(db.session.scalars(
            sa.select(Entry).where(Entry.case_id == cases["W/1/21"].id)
        ).all(), key=lambda entry: str(entry.stamp))
        assert [e.kind for e in entries] == ["recorded", "outcome", "reopened", "outcome"]
        assert all(e.time_precision == "month" for e in entries)
        people = db.session.scalars(sa.select(Person)).all()
        assert len(people) == 4 and all(p.made_up for p in people)


def test_running_again_changes_nothing_and_says_so(
    replay: Run, westshire: Flask, tmp_path: Path
) -> None:
    first = result_json(replay(sample_files(tmp_path), "--json"))
    before = state(westshire)
    result = replay(tmp_path)
    assert result.exit_code == 0 and "Nothing new" in result.output
    again = result_json(replay(tmp_path, "--json"))
    assert again["accepted"] == 0 and again["repeated"] == first["accepted"]
    assert state(westshire) == before


def test_a_kill_and_cut_ranges_end_as_one_run(
    replay: Run, westshire: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample_files(tmp_path)
    result_json(replay(tmp_path, "--json"))
    whole = state(westshire)
    clear(westshire)
    for first, last in (("2021-01", "2021-01"), ("2021-02", "2021-02"), ("2021-03", "2021-03")):
        result_json(replay(tmp_path, "--from", first, "--to", last, "--json"))
    assert state(westshire) == whole
    clear(westshire)
    monkeypatch.setattr("plugins.police_uk.replay.BATCH", 1)
    monkeypatch.setattr("plugins.police_uk.cli.take_in", dying_after(5))
    with pytest.raises(Killed):
        replay(tmp_path)
    monkeypatch.setattr("plugins.police_uk.cli.take_in", take_in)
    assert result_json(replay(tmp_path, "--json"))["repeated"] == 4
    assert state(westshire) == whole


class Killed(BaseException):
    """Stands for the end of the process."""


def dying_after(calls: int) -> Callable[..., Any]:
    """take_in that ends the process after its work, before the commit."""
    left = [calls]

    def dying(*args: Any, **kwargs: Any) -> Any:
        done = take_in(*args, **kwargs)
        left[0] -= 1
        if not left[0]:
            raise Killed
        return done

    return dying


def clear(app: Flask) -> None:
    from tests.conftest import empty

    empty(installation(app).settings.owner_database_url)
    FORCE_KEYS.get(app).clear()


def test_a_reference_that_a_real_case_has_is_passed_by(
    replay: Run, westshire: Flask, tmp_path: Path
) -> None:
    event = {
        "specversion": "1.0",
        "id": "1",
        "source": "record-system",
        "type": "uk.police.crime.recorded.v1",
        "time": "2021-01-03T10:00:00+00:00",
        "subject": "W/2/21",
        "data": {
            "crime_type": "bicycle-theft",
            "district": "north",
            "people": [],
            "reported_at": "2021-01-03T10:00:00+00:00",
        },
    }
    with westshire.app_context(), force_scope("westshire"):
        (result,) = take_in(host().get("westshire").force, "other", [event])
        db.session.commit()
    assert result.status == "accepted"
    result_json(replay(sample_files(tmp_path), "--json"))
    references = {row[1] for row in state(westshire) if row[0] == "crime"}
    assert references == {"W/1/21", "W/3/21", "W/4/21", "W/5/21"}
    assert result_json(replay(tmp_path, "--json"))["accepted"] == 0


def test_people_to_sign_in_with_are_those_with_most_states(replay: Run, tmp_path: Path) -> None:
    sample_files(tmp_path / "files")
    people = tmp_path / "people.csv"
    assert replay(tmp_path / "files", "--people", people, "--sample", 2, "--quiet").output == ""
    first = people.read_bytes()
    assert first.startswith(b"\xef\xbb\xbf")  # else Excel shows Siân as SiÃ¢n
    rows = list(csv.DictReader(first.decode("utf-8-sig").splitlines()))
    assert list(rows[0]) == [
        "crime_reference",
        "surname",
        "date_of_birth",
        "postcode",
        "email",
        "states",
    ]
    assert [(row["crime_reference"], row["states"]) for row in rows] == [
        ("W/1/21", "3"),
        ("W/2/21", "2"),
    ]
    assert all("@example." in row["email"] for row in rows)
    people.unlink()
    replay(tmp_path / "files", "--people", people, "--sample", 2)
    assert people.read_bytes() == first
    assert list(tmp_path.glob("*.part")) == []


def test_nobody_whose_case_is_closed_to_people_is_among_them(replay: Run, tmp_path: Path) -> None:
    replay(sample_files(tmp_path / "files"), "--people", tmp_path / "people.csv")
    text = (tmp_path / "people.csv").read_text(encoding="utf-8")
    assert "W/4/21" in text and "W/3/21" not in text


def test_events_can_be_looked_at_without_taking_them_in(
    replay: Run, westshire: Flask, tmp_path: Path
) -> None:
    sample_files(tmp_path / "files")
    file = tmp_path / "events.jsonl"
    answer = result_json(replay(tmp_path / "files", "--write-events", file, "--json"))
    assert state(westshire) == []
    assert (answer["accepted"], answer["repeated"], answer["parked"]) == (0, 0, 0)
    events = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert len(events) == sum(answer["events"].values()) == 9
    with westshire.app_context(), force_scope("westshire"):
        results = take_in(host().get("westshire").force, "police_uk", events)
        assert {r.status for r in results} == {"accepted"}
        db.session.commit()
    assert result_json(replay(tmp_path / "files", "--json"))["left_out"] == answer["left_out"]
