"""What an officer writes is kept as a record event of the desk: once, sealed, and gone with its case."""

from __future__ import annotations

import importlib
import json
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from core.audit.models import AuditEntry
from core.base import clock
from core.cases.models import Entry, Message
from core.intake.entering import understood
from core.intake.models import RecordEvent
from core.intake.updates import Update, write_update
from core.notices.models import Notice
from core.plugin_host.host import host, the_force
from core.storage.db import db, force_scope
from core.testing import allocated, event, person, recorded
from plugins.retention.erasure import erase_case
from tests.conftest import HERTS
from tests.pages import Browser
from tests.people import Met, form_on, meet, officer_browser, take
from tests.plugins.officer_desk.one_case import NOON, TEXT, ask, at, publish, reply, send
from tests.rows import rows, texts


def desk_events(app: Flask) -> list[dict[str, Any]]:
    """The bodies of the desk's events, each of which was accepted."""
    with app.app_context(), force_scope(HERTS):
        found = db.session.scalars(
            sa.select(RecordEvent).where(RecordEvent.source == "desk").order_by(RecordEvent.id)).all()
        assert {one.status for one in found} <= {"accepted"}
        return [json.loads(one.body or "{}") for one in found]


def test_an_update_and_an_answer_are_record_events_by_whom_and_of_which_crime(app: Flask, met: Met) -> None:
    desk = officer_browser(app, met.staff)
    publish(desk, met, text=TEXT, stage="investigating")
    reply(desk, met, "Yes, we have it.")
    update, answer = desk_events(app)
    assert [one["type"] for one in (update, answer)] == [
        "uk.police.crime.progress.v1", "uk.police.message.sent.v1"]
    assert update["data"] == {"stage": "investigating", "text": TEXT}
    assert (answer["data"]["to"], answer["data"]["text"]) == (str(met.people["P1"]), "Yes, we have it.")
    assert {(one["subject"], one["author"]) for one in (update, answer)} == {("41/1/24", str(met.staff))}
    events = {one.id: one.source for one in rows(app, RecordEvent)}
    for written in (rows(app, Entry)[-1], rows(app, Message)[-1]):
        assert (events[written.record_event_id], written.staff_id) == ("desk", met.staff)


def again(desk: Browser, met: Met, action: str, **filled: str) -> None:
    """The same form sent twice, as by a second press."""
    action = desk.path(at(met) + action)
    data = {**form_on(desk.get(at(met)).get_data(as_text=True), action), **filled}
    for _ in range(2):
        assert desk.client.post(action, data=data).status_code == 303
        desk.get(at(met))


def test_whatever_is_sent_twice_is_taken_in_once(app: Flask, met: Met) -> None:
    whom = met.people["P1"]
    ask(app, met, "Is there news?")
    desk = officer_browser(app, met.staff)
    again(desk, met, f"/messages/{whom}/no-answer")
    again(desk, met, "/update", text=TEXT)
    again(desk, met, f"/messages/{whom}", **{f"answer-{whom.hex}": "Yes."})
    assert [one["type"].split(".", 2)[2] for one in desk_events(app)] == [
        "message.no_answer_needed.v1", "crime.progress.v1", "message.sent.v1"]
    assert texts(app) == ["Is there news?", "Yes."]
    assert [one.kind for one in rows(app, Notice)] == ["officer_message", "entry", "message"]
    written = [one.action for one in rows(app, AuditEntry)]
    assert [written.count(one) for one in ("answer_not_needed", "entry_written")] == [1, 1]


def test_other_words_and_another_person_s_answer_on_one_page_are_answers_of_their_own(app: Flask) -> None:
    take(app, recorded(people=[person(1), person(2)]), allocated())
    met = meet(app)
    desk = officer_browser(app, met.staff)
    page = desk.get(at(met)).get_data(as_text=True)
    for name, text in (("P1", "Yes."), ("P2", "Yes."), ("P1", "No."), ("P1", "Yes.")):
        action = desk.path(f"{at(met)}/messages/{met.people[name]}")
        filled = {**form_on(page, action), f"answer-{met.people[name].hex}": text}
        assert desk.client.post(action, data=filled).status_code == 303
    assert texts(app) == ["Yes.", "Yes.", "No."]


def test_what_came_after_the_page_on_which_an_officer_answered_waits_on(app: Flask, met: Met) -> None:
    with clock.travel(NOON):
        ask(app, met, "First?")
        desk = officer_browser(app, met.staff)
        action = desk.path(f"{at(met)}/messages/{met.people['P1']}")
        filled = form_on(desk.get(at(met)).get_data(as_text=True), action)
    with clock.travel(NOON.replace(hour=13)):
        ask(app, met, "Second?")
    with clock.travel(NOON.replace(hour=14)):
        desk = officer_browser(app, met.staff)
        token = form_on(desk.get("/desk/").text, desk.path("/desk/"))["csrf_token"]
        filled |= {f"answer-{met.people['P1'].hex}": "Yes.", "csrf_token": token}
        assert desk.client.post(action, data=filled).status_code == 303
    asked = [one for one in rows(app, Message) if one.from_person]
    assert [one.answered_at is not None for one in asked] == [True, False]


def test_who_joins_a_case_later_reads_no_answer_that_was_written_to_somebody(
    app: Flask, met: Met, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And no plugin is asked to translate the answer, as if a record system had sent it."""
    asked: list[str] = []

    def asks(force: Any, source: str, item: Any) -> Any:
        asked.append(source)
        return understood(force, source, item)

    monkeypatch.setattr(importlib.import_module("core.intake.take_in"), "understood", asks)
    reply(officer_browser(app, met.staff), met, "For you alone.")
    take(app, event("message.sent", officer={"id": "O1", "name": "PC A"}, text="To all."))
    take(app, event("person.amended", person=person(2), time="2024-03-09T10:00:00Z"))
    late = meet(app).people["P2"]
    assert asked == ["niche"]
    theirs = [one.id for one in rows(app, Message) if one.person_id == late]
    with app.app_context(), force_scope(HERTS):
        assert [str(db.session.scalars(sa.select(Message).where(Message.id == one)).one().text)
                for one in theirs] == ["To all."]


def test_what_an_officer_wrote_goes_with_the_case(app: Flask, met: Met) -> None:
    desk = officer_browser(app, met.staff)
    publish(desk, met, text=TEXT)
    send(desk, met, f"/messages/{met.people['P1']}", **{f"answer-{met.people['P1'].hex}": "Yes."})
    assert len(desk_events(app)) == 2
    with app.app_context(), force_scope(HERTS):
        gone = erase_case(the_force(), "41/1/24")
        db.session.commit()
    assert gone and gone["record_event"] == 4
    assert desk_events(app) == rows(app, Message) == []


def test_a_case_that_is_gone_keeps_nothing_of_what_was_about_to_be_written(app: Flask, met: Met) -> None:
    with app.app_context(), force_scope(HERTS):
        erase_case(host().get(HERTS).force, "41/1/24")
        db.session.commit()
        with pytest.raises(sa.exc.NoResultFound):
            write_update(met.case, UUID(int=1), Update(text=TEXT), form_key=UUID(int=2))
    assert desk_events(app) == []
