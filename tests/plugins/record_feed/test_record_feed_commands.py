"""An operator takes in files and looks after keys: what is in the portal then, and what is said."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result
from feed_builders import Sender, at, state, taken
from flask import Flask
from flask.cli import ScriptInfo

from core import AuditEntry, Notice, RecordEvent, clock, db, host
from plugins.record_feed import SETTINGS, RecordFeedKey, feed, importing, keys
from plugins.record_feed.files import EventFile
from plugins.record_feed.rows import event_of
from plugins.record_feed.settings import CsvMapping
from tests.builders import allocated, event, person, recorded
from tests.conftest import HERTS
from tests.security.audited import audited

Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask) -> Run:
    """Runs ``trackmycrime <words>`` as an operator does; the force is given."""

    def call(group: str, *words: Any, force: str = HERTS) -> Result:
        given = [*map(str, words), "--force", force]
        chosen = {"feed": feed, "keys": keys}[group]
        return CliRunner().invoke(chosen, given, obj=ScriptInfo(create_app=lambda: app))

    return call


def lines_of(count: int) -> list[dict[str, Any]]:
    events = [recorded(f"41/{number}/24") for number in range(1, count + 1)]
    return events + [allocated(f"41/{number}/24") for number in range(1, count + 1)]


def written(path: Path, *lines: Any) -> Path:
    text = "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines)
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


def take(run: Run, path: Path, *more: str) -> Result:
    return run("feed", "import", path, "--source", "backfill", *more)


def told(result: Result) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(result.stdout.splitlines()[-1])
    assert answer["lines"] == (
        answer["accepted"]
        + answer["repeated"]
        + answer["parked"]
        + sum(answer["left_out"].values())
    )
    return answer


def one_line(result: Result, exit_code: int = 1) -> str:
    assert result.exit_code == exit_code, result.output
    (line,) = result.output.strip().splitlines()
    assert line.startswith(("trackmycrime: ", "Error: "))
    return line


# --- files ------------------------------------------------------------------------------------


@audited("event_stored")
@pytest.mark.parametrize("name", ["old.jsonl", "old.ndjson", "old.jsonl.gz"])
def test_events_of_a_file_are_taken_in_and_counted(
    app: Flask, run: Run, tmp_path: Path, name: str
) -> None:
    path = written(tmp_path / name, *lines_of(3), "", event("weather.changed"))
    answer = take(run, path, "--json")
    assert answer.exit_code == 0, answer.output
    found = told(answer)
    assert found.pop("seconds") >= 0
    assert found == {
        "lines": 7,
        "left_out": {},
        "accepted": 6,
        "repeated": 0,
        "parked": 1,
        "conflict": 0,
        "rejected": 0,
        "events": {
            "uk.police.crime.recorded.v1": 3,
            "uk.police.crime.allocated.v1": 3,
            "uk.police.weather.changed.v1": 1,
        },
    }
    assert sum(line.startswith('["case"') for line in state(app)) == 3
    assert list(tmp_path.iterdir()) == [path]


def test_a_second_run_does_nothing_twice(app: Flask, run: Run, tmp_path: Path) -> None:
    path = written(tmp_path / "old.jsonl", *lines_of(3))
    take(run, path)
    before = state(app)
    assert told(take(run, path, "--json"))["repeated"] == 6
    assert state(app) == before


def test_a_stopped_run_goes_on_where_it_was(
    app: Flask, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path / "old.jsonl", *lines_of(10))
    monkeypatch.setattr(importing, "BATCH", 4)
    commit, left = db.session.commit, [3]

    def until_stopped() -> None:
        left[0] -= 1
        if left[0] == 0:
            raise KeyboardInterrupt
        commit()

    with monkeypatch.context() as stopping:
        stopping.setattr(db.session, "commit", until_stopped)
        assert "start it again to go on" in one_line(take(run, path))
    with at(app):
        assert len(db.session.scalars(sa.select(RecordEvent)).all()) == 8
    found = told(take(run, path, "--json"))
    assert (found["repeated"], found["accepted"]) == (8, 12)
    undisturbed = state(app)
    assert sum(line.startswith('["entry"') for line in undisturbed) == 20


def test_nobody_is_told_unless_it_is_asked_for(app: Flask, run: Run, tmp_path: Path) -> None:
    for name, options, notices in (("a", (), 0), ("b", ("--announce",), 1)):
        path = written(
            tmp_path / f"{name}.jsonl", recorded(f"41/{notices}/24"), allocated(f"41/{notices}/24")
        )
        assert take(run, path, *options).exit_code == 0
        with at(app):
            assert len(db.session.scalars(sa.select(Notice)).all()) == notices


def test_what_could_not_be_taken_is_beside_the_file_with_line_and_reason(
    app: Flask, run: Run, tmp_path: Path
) -> None:
    bad = ["{half", json.dumps({"id": "x"}), '{"a": NaN}', "[1]", "x" * 2_000_000]
    path = written(
        tmp_path / "old.jsonl",
        recorded(id="e1"),
        *bad,
        allocated(),
        recorded(id="e1", summary="other"),
    )
    for _ in range(2):
        answer = take(run, path, "--json")
        assert answer.exit_code == 1
        found = told(answer)
        assert found["left_out"] == {"conflict": 1, "rejected": 2, "unreadable": 3}
        assert "line 2: unreadable: not JSON" in answer.stderr
        kept = tmp_path / "old.jsonl.rejected.jsonl"
        rows = [json.loads(line) for line in kept.read_text().splitlines()]
        assert [(row["line"], row["status"]) for row in rows] == [
            (2, "unreadable"),
            (3, "rejected"),
            (4, "unreadable"),
            (5, "rejected"),
            (6, "unreadable"),
            (8, "conflict"),
        ]
        assert rows[0]["event"] == "{half"
        assert rows[1]["pointer"] == "/specversion"
        assert all(row["reason"] for row in rows)
        assert kept.stat().st_mode & 0o077 == 0
    written(path, recorded(id="e1"), allocated(id="e2"))
    assert take(run, path).exit_code == 0
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_cannot_be_read_is_one_line_and_nothing_is_half_done(
    app: Flask, run: Run, tmp_path: Path
) -> None:
    good = written(tmp_path / "good.jsonl", recorded())
    latin = tmp_path / "latin.jsonl"
    latin.write_bytes(
        json.dumps(recorded()).encode() + b"\n" + '{"id": "café"}\n'.encode("latin-1")
    )
    assert "latin.jsonl: line 2 is not UTF-8" in one_line(
        run("feed", "import", good, latin, "--source", "niche")
    )
    packed = written(tmp_path / "old.jsonl.gz", *lines_of(200))
    packed.write_bytes(packed.read_bytes()[:-200])
    assert "gzip file is damaged or cut short" in one_line(
        run("feed", "import", good, packed, "--source", "niche")
    )
    packed.write_bytes(b"not packed at all")
    assert "line 1: the gzip" in one_line(take(run, packed))
    assert "no such file" in one_line(take(run, tmp_path / "none.jsonl"))
    old = written(tmp_path / "old.csv", "a,b")
    assert "has no [plugins.record_feed.csv.backfill.columns]" in one_line(take(run, old))
    assert state(app) == []


def test_a_wrong_call_is_answered_with_what_there_is(run: Run, tmp_path: Path) -> None:
    path = written(tmp_path / "old.jsonl", recorded())
    assert "athena, backfill, niche" in one_line(
        run("feed", "import", path, "--source", "nobody"), 2
    )
    assert "must end in" in one_line(take(run, written(tmp_path / "old.xlsx", "")), 2)
    assert run("feed", "import", "--source", "niche").exit_code == 2
    unknown = run("feed", "import", path, "--source", "niche", force="nowhere")
    assert "hertfordshire" in str(unknown.exception)


# --- CSV --------------------------------------------------------------------------------------

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
@pytest.mark.parametrize("name", ["old.csv", "old.csv.gz"])
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
    found = told(answer)
    assert (found["accepted"], found["left_out"]) == (2, {"unreadable": 2})
    assert (
        "line 4: unreadable: Recorded: “yesterday” is not written like %d/%m/%Y %H:%M"
        in answer.stderr
    )
    text = "\n".join(state(app))
    assert '"reported_at": "2024-07-01T08:30:00+00:00"' in text
    assert '"flags": ["vulnerable"]' in text
    assert '"date_of_birth": "1980-05-17"' in text
    again = told(take(run, path, "--json"))
    assert (again["accepted"], again["repeated"]) == (0, 2)


@pytest.mark.usefixtures("csv_of_backfill")
@pytest.mark.parametrize("sign", [";", "\t"])
def test_a_csv_file_with_another_separator_brings_the_same_events(
    app: Flask, run: Run, tmp_path: Path, sign: str
) -> None:
    row = "41/2/24,01/01/2024 10:00,bicycle-theft,watford,01/01/2024 09:30,Khan,P2,,,,"
    path = written(tmp_path / "a.csv", HEADING.replace(",", sign), row.replace(",", sign), sign * 10)
    assert told(take(run, path, "--json"))["accepted"] == 1
    again = told(take(run, written(tmp_path / "b.csv", HEADING, row), "--json"))
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
    assert told_wrong(portal, dates={"data.day": form}) == []
    assert told_wrong(portal, moments={"data.day": f"{form} %H:%M"}) == []


@pytest.mark.parametrize("form", [
    "%d/%m", "%d", "%e %b", "%d %B", "%m-%d %%Y", "%j", "%Y", "%m/%Y", "%Y-%d", "%H:%M", "", "day", "%",
    "%d/%m/%",
    "%q", "%d/%m/%Y %Y", "%U %a", "%d/%m %I%p", "%G %d/%m",
])
def test_a_way_that_loses_part_of_the_day_is_refused_without_a_warning(portal: Flask, form: str) -> None:
    assert told_wrong(portal, dates={"data.day": form}) == [f"“{form}” does not read a day"]
    assert told_wrong(portal, moments={"data.day": f"{form} %H:%M"}) == [
        f"“{form} %H:%M” does not read a day and a time"]


def told_wrong(portal: Flask, **formats: dict[str, str]) -> list[str]:
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


# --- parked, retry, digest --------------------------------------------------------------------


@audited("record_feed_listed")
def test_details_that_were_left_out_are_listed_with_what_was_sent(app: Flask, run: Run) -> None:
    assert run("feed", "left-out").stdout == ""
    who = person(email="amina at example", phone="01438 757000")
    taken(app, recorded(people=[who, person(2)], home_office_code=["105/1"]))
    lines = run("feed", "left-out").stdout.splitlines()
    assert len(lines) == 2
    assert "41/1/24: /data/people/0/email: has no @ (sent: “amina at example”)" in "".join(lines)
    listed = json.loads(run("feed", "left-out", "--json").stdout)
    assert {(row["status"], row["subject"]) for row in listed} == {("left out", "41/1/24")}
    assert "Khan" not in json.dumps(listed)


def test_what_waits_is_listed_with_its_reason_and_tried_again_on_request(
    app: Flask, run: Run
) -> None:
    taken(
        app,
        recorded(id="e1"),
        recorded(id="e1", summary="x"),
        recorded("41/2/24", district="atlantis"),
        event("crime.outcome", "41/2/24", outcome="18"),
    )
    listed = json.loads(run("feed", "parked", "--json").stdout)
    assert [(row["status"], row["subject"]) for row in listed] == [
        ("conflict", "41/1/24"),
        ("parked", "41/2/24"),
        ("parked", "41/2/24"),
    ]
    assert all(row["reason"] and row["received"] and row["source"] == "niche" for row in listed)
    plain = run("feed", "parked").stdout
    ends = (clock.now() + timedelta(days=365)).date().isoformat()
    assert f"(waits until {ends})" in plain and [row.get("until") for row in listed] == [None, ends, ends]
    assert "no such district" in plain and "(sent: “atlantis”)" in plain
    assert "Khan" not in plain
    assert json.loads(run("feed", "retry", "--json").stdout) == {"accepted": 0, "parked": 2}
    assert run("feed", "retry").stdout == "0 accepted, 2 still parked\n"
    assert run("feed", "retry", "--quiet").stdout == ""


def test_the_digest_tells_two_states_apart_and_nothing_else(app: Flask, run: Run) -> None:
    taken(app, recorded(), allocated(id="a"))
    first = run("feed", "digest").stdout
    assert len(first) == 65
    assert run("feed", "digest").stdout == first
    rows = run("feed", "digest", "--rows").stdout.splitlines()
    assert rows[-1] == first.strip()
    assert [json.loads(row)[0] for row in rows[:-1]] == [
        "case",
        "person",
        "entry",
        "entry",
        "events",
    ]
    assert run("feed", "digest").stdout == first
    with at(app):
        seen = db.session.scalars(
            sa.select(AuditEntry).where(AuditEntry.action == "cases_listed")
        ).all()
        assert [row.fields for row in seen] == [{"count": 1}]
    taken(app, event("crime.outcome", outcome="18", time="2024-04-01T10:00:00Z"))
    assert run("feed", "digest").stdout != first


# --- keys -------------------------------------------------------------------------------------


@audited("key_made", "key_ended")
def test_a_key_is_printed_once_opens_the_door_and_can_be_ended(app: Flask, run: Run) -> None:
    sender = Sender(app)
    made = run("keys", "new", "--source", "niche", "--quiet")
    assert made.exit_code == 0
    assert made.output.startswith("whsec_")
    sender.key = made.output.strip()
    assert sender.post(recorded()).status_code == 202
    rows = json.loads(run("keys", "list", "--json").stdout)
    assert [(row["source"], row["state"], bool(row["last_used"])) for row in rows] == [
        ("niche", "valid", False),
        ("niche", "valid", True),
    ]
    assert sender.key not in run("keys", "list").output
    ended = run("keys", "end", "--source", "niche", "--made", rows[1]["made"])
    assert ended.exit_code == 0, ended.output
    assert sender.post(recorded()).status_code == 401
    assert json.loads(run("keys", "list", "--json").stdout)[1]["state"] == "ended"
    with at(app):
        actions = [
            row.action for row in db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id))
        ]
        assert [a for a in actions if a.startswith("key")] == ["key_made", "key_made", "key_ended"]


def test_a_key_s_secret_is_nowhere_in_the_clear(app: Flask, run: Run, database: Any) -> None:
    secret = run("keys", "new", "--source", "niche").stdout.strip()
    with at(app):
        (row,) = db.session.scalars(sa.select(RecordFeedKey))
        assert row.secret == secret
        assert secret.encode()[6:] not in row.secret_sealed


def test_keys_of_unknown_sources_and_times_are_refused_by_name(run: Run) -> None:
    assert "athena, backfill, niche" in one_line(run("keys", "new", "--source", "nobody"), 2)
    assert "there are: none" in one_line(
        run("keys", "end", "--source", "niche", "--made", "2024"), 2
    )
