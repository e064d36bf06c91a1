"""An operator takes in files, looks at what waits, and looks after keys."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from core.audit.models import AuditEntry
from core.base import clock
from core.intake.models import RecordEvent
from core.notices.models import Notice
from core.storage.db import db
from core.testing import allocated, event, person, recorded
from plugins.record_feed import RecordFeedKey, importing
from tests.plugins.record_feed.feed_builders import Sender, at, state, taken
from tests.plugins.record_feed.feed_runs import Run, lines_of, one_line, result_json, take, written
from tests.security.audited import audited

# --- files ------------------------------------------------------------------------------------


@audited("event_stored")
@pytest.mark.parametrize("name", ["old.jsonl", "old.ndjson", "old.jsonl.gz", "OLD.JSONL", "OLD.JSONL.GZ"])
def test_events_of_a_file_are_taken_in_and_counted(
    app: Flask, run: Run, tmp_path: Path, name: str
) -> None:
    path = written(tmp_path / name, *lines_of(3), "", event("weather.changed"))
    answer = take(run, path, "--json")
    assert answer.exit_code == 0, answer.output
    found = result_json(answer)
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


def test_types_that_are_numbers_are_counted_beside_others(app: Flask, run: Run, tmp_path: Path) -> None:
    events = [recorded(), allocated() | {"type": 7}, allocated() | {"type": " 8 "}]
    path = written(tmp_path / "old.jsonl", *events)
    found = result_json(take(run, path, "--json"))
    assert found["events"] == {"uk.police.crime.recorded.v1": 1, "7": 1, "8": 1}


def test_a_second_run_does_nothing_twice(app: Flask, run: Run, tmp_path: Path) -> None:
    path = written(tmp_path / "old.jsonl", *lines_of(3))
    take(run, path)
    before = state(app)
    assert result_json(take(run, path, "--json"))["repeated"] == 6
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
    found = result_json(take(run, path, "--json"))
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
        found = result_json(answer)
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


@pytest.mark.parametrize("sign", ["\x1b[2J", "\x9b2J", "\u202e", "\x07", "\r\n"])
def test_nothing_that_was_sent_moves_the_cursor_of_who_lists_it(app: Flask, run: Run, sign: str) -> None:
    taken(app, recorded(people=[person(phone=f"{sign}none")]),
          recorded("41/2/24", people=[person(role=f"x{sign}y")]))
    for command in ("parked", "left-out"):
        shown = run("feed", command).stdout
        assert shown.count("\n") == 1 and "(sent: “" in shown
        assert all(one.isprintable() for one in shown.strip())


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
