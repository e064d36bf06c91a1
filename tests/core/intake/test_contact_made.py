"""A call is a contact with one person: they read of it, and nobody else on the case does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from core.base import clock
from core.cases.models import Contact
from core.intake import desk
from core.notices.models import Notice
from core.storage.db import db, force_scope
from core.testing import allocated, event, person, recorded
from tests.conftest import HERTS
from tests.core.intake.more_news import answers, on, page_of, shown, statuses
from tests.people import meet, officer_browser, take
from tests.rows import rows
from tests.security.audited import audited
from tests.statements import statements_heard

BEGUN = [recorded(people=[person(1), person(2, name={"given": "Ben", "family": "Okoro"})]), allocated()]


def contact(**more: Any) -> dict[str, Any]:
    return on(9, "contact.made", **{"person": "P1", "way": "phone", "reached": True, **more})


@pytest.mark.parametrize(("way", "reached", "title"), [
    ("phone", True, "We called you"), ("Phone", False, "We tried to call you"),
    ("in person", True, "We met you"), ("in_person", False, "We came to see you"),
    ("post", True, "We sent you a letter by post"), ("post", False, "We sent you a letter, and it came back"),
    ("email", True, "We sent you an email"), ("email", False, "We tried to send you an email"),
    ("sms", True, "We sent you a text message"), ("sms", False, "We tried to send you a text message"),
])
def test_the_person_reads_how_they_were_contacted_and_nobody_else_does(
    app: Flask, way: str, reached: bool, title: str
) -> None:
    take(app, *BEGUN, contact(way=way, reached=reached, line="Your bicycle is safe."), announce=True)
    mine, others = page_of(app, "P1"), page_of(app, "P2")
    assert title in mine and "Your bicycle is safe." in mine and "9 March 2024, 10:00" in mine
    assert title not in others and "Your bicycle is safe." not in others


def test_the_desk_reads_of_each_contact_with_whom_it_was(app: Flask) -> None:
    take(app, *BEGUN, contact(person="P2", line="Your lamp is safe."))
    met = meet(app)
    told = shown(officer_browser(app, met.staff).get(f"/desk/case/{met.case}").text)
    assert "Your lamp is safe." in told and "Only Ben Okoro reads this." in told


def test_a_contact_is_kept_with_its_topics_and_sends_no_letter(app: Flask) -> None:
    take(app, *BEGUN)
    take(app, contact(topics="Release, support referral"), announce=True)
    [row] = rows(app, Contact)
    assert (row.person_id, row.way, row.reached, row.topics) == (
        meet(app).people["P1"], "phone", True, ["release", "support_referral"])
    assert row.happened_at == datetime(2024, 3, 9, 10, tzinfo=UTC) and row.record_event_id
    assert rows(app, Notice) == []


def test_a_contact_with_somebody_who_is_not_on_the_case_waits_for_them(app: Flask) -> None:
    take(app, *BEGUN, recorded("41/2/24", people=[person(4)]))
    for stranger in ("P3", "P4"):
        [parked] = answers(app, contact(person=stranger))
        assert (parked.status, parked.pointer) == ("parked", "/data/person")
    assert rows(app, Contact) == []
    take(app, event("person.amended", time="2024-03-12T10:00:00Z", person=person(3)))
    assert [one.person_id for one in rows(app, Contact)] == [meet(app).people["P3"]]


@pytest.mark.parametrize("wrong", [
    {"person": None}, {"way": "pigeon"}, {"way": "portal"}, {"reached": "yes"}, {"reached": None},
    {"silent": True}, {"safe_contact": {"silent": True}}, {"Role": "victim"},
])
def test_a_contact_that_is_not_understood_waits(app: Flask, wrong: dict[str, Any]) -> None:
    take(app, *BEGUN)
    assert statuses(app, contact(**wrong), contact()) == ["parked", "accepted"]


def test_a_topic_that_there_is_not_is_left_out_and_the_call_counts(app: Flask) -> None:
    take(app, *BEGUN)
    [taken] = answers(app, contact(topics=["weather"]))
    assert taken.status == "accepted" and "left out /data/topics" in str(taken.detail)
    assert rows(app, Contact)[0].topics == []


def test_a_request_that_was_never_made_waits_with_its_reason(app: Flask) -> None:
    take(app, *BEGUN)
    [parked] = answers(app, on(9, "request.decided", request="R1", state="agreed", text="Yes."))
    assert (parked.status, parked.pointer) == ("parked", "/data/request")
    assert "no request of that id was made here" in str(parked.detail)
    assert answers(app, on(9, "request.decided", request="R1"))[0].pointer == "/data/state"


def test_contacts_cost_a_page_one_query(app: Flask) -> None:
    take(app, *BEGUN, *(contact(line=str(number)) for number in range(5)))
    with statements_heard() as heard:
        page_of(app)
    # what is promised is reckoned in one statement over many tables; this one is read for the page
    assert len([one for one in heard if one.startswith("SELECT contact.id,")]) == 1


# --- at the desk ----------------------------------------------------------------------------------


def record(app: Flask, person_id: UUID, **more: Any) -> bool:
    met = meet(app)
    said = {"way": "phone", "reached": True, "line": "We spoke.", "topics": ["release"], **more}
    with app.app_context(), force_scope(HERTS):
        assert met.staff
        done = desk.record_contact(met.case, person_id, met.staff, form_key="form", **said)
        db.session.commit()
    return done


@audited("contact_recorded")
def test_an_officer_records_a_call_once_however_often_the_form_is_sent(app: Flask) -> None:
    take(app, *BEGUN)
    met, at = meet(app), clock.now() - timedelta(hours=3)
    assert record(app, met.people["P1"], happened_at=at) and not record(app, met.people["P1"], happened_at=at)
    assert record(app, met.people["P1"], happened_at=at, line="We spoke again.")
    found = rows(app, Contact)
    assert {(one.staff_id, one.person_id, one.happened_at) for one in found} == {
        (met.staff, met.people["P1"], at)}
    assert len(found) == 2
    assert "We spoke again." in page_of(app) and "We spoke" not in page_of(app, "P2")


@pytest.mark.parametrize("wrong", [
    {"way": "portal"}, {"topics": ["weather"]}, {"line": "\x00"},
    {"happened_at": datetime(2100, 1, 1, tzinfo=UTC)},
])
def test_what_no_officer_can_mean_is_refused(app: Flask, wrong: dict[str, Any]) -> None:
    take(app, *BEGUN)
    with pytest.raises(ValueError):  # noqa: PT011
        record(app, meet(app).people["P1"], **wrong)
    assert rows(app, Contact) == []


def test_a_contact_with_a_stranger_to_the_case_is_refused(app: Flask) -> None:
    take(app, *BEGUN, recorded("41/2/24", people=[person(4)]))
    with pytest.raises(LookupError):
        record(app, meet(app, "41/2/24").people["P4"])
