"""A call is recorded at the desk in a few presses: once, for one person, by an officer of the case."""

from __future__ import annotations

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from core.cases.models import Contact
from core.commitments.models import Commitment
from core.testing import allocated, event, officer, person, recorded
from core.testing.browser import form_on
from tests.core.intake.more_news import page_of
from tests.core.intake.more_news import shown as read_on
from tests.pages import Browser
from tests.people import Met, meet, officer_browser, staff_id, take
from tests.plugins.officer_desk.one_case import TEXT, at, send
from tests.rows import rows

FLAGGED = event("crime.amended", time="2024-04-01T10:00:00Z", flags=["domestic-abuse"])


@pytest.fixture
def two(app: Flask) -> Met:
    """A case with an officer and two people, the second of whom reads Welsh."""
    take(app, recorded(people=[person(1), person(2, language="cy")]), allocated(), announce=True)
    return meet(app)


def tell(desk: Browser, met: Met, name: str = "P1", **filled: str) -> TestResponse:
    said = {"contact_way": "phone", "contact_outcome": "reached", **filled}
    return send(desk, met, f"/contact/{met.people[name]}", **said)


def action_of(met: Met, name: str = "P1") -> str:
    return f"{at(met)}/contact/{met.people[name]}"


def test_a_call_is_recorded_and_this_person_alone_reads_of_it(app: Flask, two: Met) -> None:
    answer = tell(officer_browser(app, two.staff), two, contact_line="I am on your case now.")
    assert answer.status_code == 303
    [row] = rows(app, Contact, Contact.way != "portal")
    assert (row.person_id, row.way, row.reached, row.staff_id) == (two.people["P1"], "phone", True, two.staff)
    assert "We called you" in page_of(app) and "I am on your case now." in page_of(app)
    assert "We called you" not in page_of(app, "P2")


@pytest.mark.parametrize(("outcome", "reached", "line"), [
    ("reached", True, None), ("tried", False, None), ("message", False, "We left a message."),
])
def test_who_left_a_message_did_not_reach_them_and_the_line_says_so(
    app: Flask, two: Met, outcome: str, reached: bool, line: str | None
) -> None:
    tell(officer_browser(app, two.staff), two, contact_outcome=outcome)
    [row] = rows(app, Contact, Contact.way != "portal")
    assert row.reached is reached
    assert ("We left a message." in page_of(app)) is bool(line)


def test_the_line_of_a_message_left_is_in_the_persons_language(app: Flask, two: Met) -> None:
    desk = officer_browser(app, two.staff)
    tell(desk, two, "P2", contact_outcome="message", contact_line="Ffoniwch ni.")
    assert "Gadawsom neges. Ffoniwch ni." in page_of(app, "P2", "cy")


def owed(app: Flask, met: Met, kind: str) -> list[str]:
    return [one.state for one in rows(app, Commitment, Commitment.kind == kind)
            if one.person_id == met.people["P1"]]


def test_what_is_owed_can_be_ticked_and_is_owed_no_more(app: Flask, two: Met) -> None:
    desk = officer_browser(app, two.staff)
    assert "I asked what support they need" in read_on(desk.get(at(two)).text)
    assert owed(app, two, "needs_assessment") == ["open"]
    tell(desk, two, contact_outcome="tried", contact_topics="needs_assessment")
    assert owed(app, two, "needs_assessment") == ["open"]
    tell(desk, two, contact_topics="needs_assessment")
    assert owed(app, two, "needs_assessment") in (["kept"], ["kept_late"])
    tell(desk, two, "P2", contact_topics="needs_assessment")
    assert "I asked what support they need" not in read_on(desk.get(at(two)).text)


def test_the_same_form_sent_twice_is_one_contact(app: Flask, two: Met) -> None:
    desk = officer_browser(app, two.staff)
    update = desk.path(f"{at(two)}/update")
    form = {**form_on(desk.get(at(two)).text, update), "contact_outcome": "reached"}
    for _ in range(2):
        assert desk.client.post(desk.path(action_of(two)), data=form).status_code == 303
    assert len(rows(app, Contact, Contact.way != "portal")) == 1


@pytest.mark.parametrize(("wrong", "why"), [
    ({"contact_outcome": ""}, "Choose whether you reached them"),
    ({"contact_way": "portal"}, "Choose how you were in contact"),
    ({"contact_line": "x" * 501}, "This must be 500 characters or fewer"),
    ({"contact_line": "a\x00b"}, "This has a sign that cannot be shown"),
])
def test_a_slip_is_explained_and_nothing_is_lost(
    app: Flask, two: Met, wrong: dict[str, str], why: str
) -> None:
    desk = officer_browser(app, two.staff)
    answer = tell(desk, two, text=TEXT, **{"contact_outcome": "tried", **wrong})
    assert answer.status_code == 400
    assert why in read_on(answer.text) and TEXT in answer.text
    assert rows(app, Contact, Contact.way != "portal") == []


def test_what_was_begun_elsewhere_on_the_page_stays(app: Flask, two: Met) -> None:
    desk = officer_browser(app, two.staff)
    tell(desk, two, text=TEXT, contact_line="We spoke.")
    left = form_on(desk.get(at(two)).text, desk.path(f"{at(two)}/update"))
    assert (left["text"], left["contact_line"]) == (TEXT, "")


def test_on_a_hidden_case_contacts_are_recorded_although_updates_are_not(app: Flask, two: Met) -> None:
    take(app, FLAGGED)
    desk = officer_browser(app, two.staff)
    page = desk.get(at(two)).text
    assert "Publish the update" not in page and "Nobody reads it while" in page
    assert tell(desk, two).status_code == 303
    assert [one.reached for one in rows(app, Contact, Contact.way != "portal")] == [True]


def test_a_stranger_records_nothing_and_nobody_is_reached_who_is_not_on_the_case(
    app: Flask, two: Met
) -> None:
    take(app, recorded("41/2/24", people=[person(4)]),
         allocated("41/2/24", officer=officer(2, unit="Stevenage CID")))
    elsewhere = meet(app, "41/2/24")
    stranger, said = officer_browser(app, staff_id(app, "O2")), {"contact_outcome": "reached"}
    assert stranger.post(action_of(two), said, form_at=at(elsewhere)).status_code == 404
    own = officer_browser(app, two.staff)
    action = f"{at(two)}/contact/{elsewhere.people['P4']}"
    assert own.post(action, said, form_at=at(two)).status_code == 404
    take(app, event("person.amended", time="2024-05-05T10:00:00Z", person=person(2), removed=True))
    assert own.post(action_of(two, "P2"), said, form_at=at(two)).status_code == 404
    assert rows(app, Contact, Contact.way != "portal") == []
