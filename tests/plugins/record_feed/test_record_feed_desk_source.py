"""Nobody but an officer at the desk speaks as the desk: not with a key, not by a file, not by a type."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from core.cases.models import Person
from core.intake.desk_work import HANDLERS
from core.intake.models import RecordEvent
from core.intake.take_in import take_in
from core.storage.db import db
from core.testing import allocated, event, person, recorded
from tests.people import meet, officer_browser, take
from tests.plugins.officer_desk.one_case import TEXT, publish
from tests.plugins.record_feed.feed_answers import statuses, stored
from tests.plugins.record_feed.feed_builders import Sender, at
from tests.plugins.record_feed.feed_runs import Run, one_line
from tests.plugins.record_feed.test_record_feed_door import FORGERIES

NEW = "ex@example.net"
REFUSED = "is the portal's own source"


@pytest.fixture
def forged() -> list[dict[str, Any]]:
    """What a record system would send that speaks as the desk."""
    return [recorded(source="desk"), event("crime.progress", source="desk", stage="closed", text="It ends.")]


def test_a_key_that_somebody_wrote_into_the_database_opens_no_door_for_the_desk(
    app: Flask, niche: Sender, forged: list[dict[str, Any]]
) -> None:
    desk, nobody = Sender(app, "desk"), niche.address.replace("/niche/", "/nobody/")
    for one in forged:
        body = json.dumps(one).encode()
        answers = {desk.post_bytes(body).data, app.test_client().post(
            desk.address, data=body, headers=niche.headers(body)).data}
        answers |= {app.test_client().post(nobody, data=body, headers=niche.headers(body)).data}
        answers |= {app.test_client().post(desk.address, data=body, headers=forge(niche, body)).data
                    for forge in FORGERIES.values()}
        assert len(answers) == 1 and b"Unknown source" in answers.pop()
    assert stored(app) == 0


def test_no_command_makes_a_key_or_takes_in_a_file_for_the_desk(
    run: Run, tmp_path: Path, app: Flask, forged: list[dict[str, Any]]
) -> None:
    file = tmp_path / "news.jsonl"
    file.write_text("".join(f"{json.dumps(one)}\n" for one in forged))
    for words in (("keys", "new"), ("keys", "end", "--made", "2024"), ("feed", "import", file)):
        assert REFUSED in one_line(run(*words, "--source", "desk"), 2), words
    assert stored(app) == 0


def test_code_that_takes_in_events_of_a_record_system_cannot_call_it_the_desk(
    app: Flask, forged: list[dict[str, Any]]
) -> None:
    with at(app) as force, pytest.raises(ValueError, match=REFUSED):
        take_in(force, "desk", forged)
    assert stored(app) == 0


def test_what_only_the_desk_does_waits_when_a_record_system_sends_it(app: Flask, niche: Sender) -> None:
    take(app, recorded(people=[person(1)]), allocated())
    met = meet(app)
    with at(app):
        before = [(one.email, one.phone) for one in db.session.scalars(sa.select(Person))]
    who = {"id": str(met.people["P1"])}
    for kind in HANDLERS:
        told = event(kind.removeprefix("uk.police.").removesuffix(".v1"), source="desk", person=who,
                     contact="email", value=NEW)
        assert told["type"] == kind
        assert statuses(niche.post(told)) == ["parked"]
    with at(app):
        assert [(one.email, one.phone) for one in db.session.scalars(sa.select(Person))] == before


def test_a_record_system_that_calls_itself_the_desk_in_its_events_takes_nothing_from_it(
    app: Flask, niche: Sender
) -> None:
    """The name that counts is that of the address: an officer's update is not known as a repeat of this."""
    take(app, recorded(), allocated())
    met = meet(app)
    key = "018f0000-0000-7000-8000-000000000000"
    told = event("crime.progress", source="desk", id=f"desk-{key}", text="Ours.")
    assert statuses(niche.post(told)) == ["accepted"]
    assert publish(officer_browser(app, met.staff), met, text=TEXT, form_key=key).status_code == 303
    with at(app):
        *_, theirs, ours = db.session.scalars(sa.select(RecordEvent).order_by(RecordEvent.id))
        assert [(one.source, one.status) for one in (theirs, ours)] == [
            ("niche", "accepted"), ("desk", "accepted")]
        assert json.loads(ours.body)["data"]["text"] == TEXT
        assert TEXT.encode() not in ours.body_sealed
