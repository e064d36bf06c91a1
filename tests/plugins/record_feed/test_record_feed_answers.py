"""What the door tells a record system of each event, once it is committed and not before."""

from __future__ import annotations

import json
import threading
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from flask import Flask

from core.audit.models import AuditEntry
from core.intake.models import RecordEvent
from core.storage.db import db
from core.storage.keys.keyring import FORCE_KEYS
from core.testing import allocated, event, recorded
from plugins.record_feed import limits
from tests.conftest import HERTS
from tests.plugins.record_feed.feed_answers import statuses, stored
from tests.plugins.record_feed.feed_builders import Sender, at, state

# --- what it is told --------------------------------------------------------------------------


def test_the_same_event_again_is_a_repeat_however_it_is_written(app: Flask, niche: Sender) -> None:
    first = recorded(id="e1")
    assert statuses(niche.post(first)) == ["accepted"]
    before = state(app)
    turned = json.dumps(dict(reversed(first.items())), indent=2).encode()
    assert statuses(niche.post_bytes(turned)) == ["repeated"]
    assert statuses(niche.post_batch([first, first])) == ["repeated", "repeated"]
    assert state(app) == before


def test_the_same_id_with_other_content_is_a_conflict_and_kept(app: Flask, niche: Sender) -> None:
    assert statuses(niche.post(recorded(id="e1", summary="A red bicycle"))) == ["accepted"]
    other = recorded(id="e1", summary="A blue bicycle")
    for _ in range(3):
        answer = niche.post(other)
        assert answer.status_code == 409
        assert answer.content_type == "application/problem+json"
    with at(app):
        kept = db.session.scalars(
            sa.select(RecordEvent).where(RecordEvent.status == "conflict")
        ).all()
        assert [json.loads(row.body)["data"]["summary"] for row in kept] == ["A blue bicycle"]
    assert "A red bicycle" in "".join(state(app))


def test_a_conflict_in_a_batch_is_told_of_its_item_only(niche: Sender) -> None:
    events = [recorded(id="e1"), recorded(id="e1", summary="x"), allocated(), {"id": "no event"}, 7]
    answer = niche.post_batch(events)
    assert statuses(answer) == ["accepted", "conflict", "accepted", "rejected", "rejected"]
    results = answer.get_json()["results"]
    assert [result["id"] for result in results] == ["e1", "e1", events[2]["id"], "no event", None]
    assert results[3]["pointer"] == "/specversion"


def test_news_of_a_crime_not_recorded_yet_waits_and_enters_by_itself(
    app: Flask, niche: Sender
) -> None:
    answer = niche.post(event("crime.outcome", outcome="18", time="2024-04-01T10:00:00Z"))
    assert statuses(answer) == ["parked"]
    assert "waits for" in answer.get_json()["results"][0]["detail"]
    assert statuses(niche.post(recorded())) == ["accepted"]
    assert '"outcome": "18"' in "".join(state(app))


def test_what_is_not_understood_is_kept_with_its_reason(niche: Sender) -> None:
    answer = niche.post_batch(
        [
            recorded(),
            event("weather.changed"),
            event("crime.outcome", outcome="99"),
            recorded("41/2/24", crime_type="bicicle-theft"),
        ]
    )
    assert statuses(answer) == ["accepted", "parked", "parked", "parked"]
    last = answer.get_json()["results"][-1]
    assert last["pointer"] == "/data/crime_type"
    assert "bicycle-theft" in last["detail"]


def test_a_crime_that_is_not_offered_is_accepted_and_says_why(niche: Sender) -> None:
    answer = niche.post(recorded(flags=["domestic-abuse"]))
    assert statuses(answer) == ["accepted"]
    assert answer.get_json()["results"][0]["detail"].startswith("not offered: ")


def test_a_single_event_that_is_none_is_refused_with_a_pointer(app: Flask, niche: Sender) -> None:
    for change, pointer in (
        ({"specversion": "2.0"}, "/specversion"),
        ({"time": "yesterday"}, "/time"),
        ({"time": 1710000000}, "/time"),
        ({"time": "2024-03-01T10:00:00"}, "/time"),
        ({"data": []}, "/data"),
        ({"subject": ""}, "/subject"),
        ({"id": " "}, "/id"),
        ({"time": "9999-12-31T23:59:59-01:00"}, "/time"),
        ({"time": "1710000000"}, "/time"),
        ({"time": "0001-01-01T00:00:00+10:00"}, "/time"),
        ({"sequence": 4}, "/sequence"),
        ({"type": "uk\x01"}, "/type"),
        ({"datacontenttype": "text/xml"}, "/datacontenttype"),
    ):
        answer = niche.post({**recorded(), **change})
        assert (answer.status_code, answer.get_json()["pointer"]) == (400, pointer), change
    assert stored(app) == 0
    with at(app):
        rows = db.session.scalars(
            sa.select(AuditEntry).where(AuditEntry.action == "event_stored")
        ).all()
        assert {row.fields["status"] for row in rows} == {"rejected"}


def test_one_by_one_or_all_at_once_leads_to_the_same(
    app: Flask, niche: Sender, settings: Any
) -> None:
    from tests.conftest import empty

    events = [
        recorded(),
        allocated(),
        event("crime.outcome", outcome="18", time="2024-04-01T10:00:00Z"),
    ]
    for one in events:
        assert statuses(niche.post(one)) == ["accepted"]
    singly = state(app)
    empty(settings.owner_database_url)
    FORCE_KEYS.get(app).clear()
    again = Sender(app)
    assert statuses(again.post_batch(events)) == ["accepted"] * 3
    assert state(app) == singly


# --- only after the commit ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "failure",
    [
        sa.exc.OperationalError("COMMIT", {}, psycopg.errors.AdminShutdown("gone")),
        sa.exc.OperationalError("LOCK", {}, psycopg.errors.LockNotAvailable("lock timeout")),
        sa.exc.InterfaceError("COMMIT", {}, psycopg.InterfaceError("closed")),
        sa.exc.TimeoutError(),
    ],
    ids=["shut down", "locked", "closed", "no connection"],
)
def test_nothing_is_acknowledged_that_was_not_committed(
    app: Flask, niche: Sender, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    def fail() -> None:
        raise failure

    one = recorded(id="e1")
    with monkeypatch.context() as broken:
        broken.setattr(db.session, "commit", fail)
        answer = niche.post(one)
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    assert answer.content_type == "application/problem+json"
    assert stored(app) == 0
    assert statuses(niche.post(one)) == ["accepted"]


def test_a_sender_waits_for_another_and_is_told_when_it_takes_too_long(
    app: Flask, niche: Sender, database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SOON", 0.2)
    another = sa.create_engine(database.owner)
    lock = sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
    with another.begin() as other:
        other.execute(lock, {"name": f"{HERTS}/intake"})
        answer = niche.post(recorded(id="e1"))
    another.dispose()
    assert answer.status_code == 503
    assert stored(app) == 0
    assert statuses(niche.post(recorded(id="e2"))) == ["accepted"]


def test_twenty_identical_posts_at_once_have_one_effect(app: Flask, niche: Sender) -> None:
    body = json.dumps(recorded(id="e1")).encode()
    answers: list[Any] = []

    def post() -> None:
        while (answer := niche.post_bytes(body)).status_code == 503:  # as many as may be are at work
            assert answer.headers["retry-after"] == "1"
        answers.append(answer)

    threads = [threading.Thread(target=post) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses(answer)[0] for answer in answers) == ["accepted"] + ["repeated"] * 19
    assert stored(app) == 1
    assert sum(line.startswith('["entry"') for line in state(app)) == 1
