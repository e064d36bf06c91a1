"""One case at the desk: what the officer reads, answers and publishes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from core import Case, Entry, Message, Notice, clock, conversation, db, force_scope
from core.models import AuditEntry
from tests.builders import allocated, event, officer, person, recorded
from tests.conftest import AVON, HERTS
from tests.pages import Browser
from tests.people import Met, form_on, meet, officer_browser, person_browser, staff_id, take
from tests.security.audited import audited

NOON = datetime(2024, 3, 5, 12, tzinfo=UTC)
TEXT = "I have asked the shops for their camera footage."


@pytest.fixture
def met(app: Flask) -> Met:
    """A case with a person and an officer."""
    take(app, recorded(), allocated())
    return meet(app)


def at(met: Met) -> str:
    return f"/desk/case/{met.case}"


def ask(app: Flask, met: Met, text: str, name: str = "P1") -> None:
    """A person writes."""
    with app.app_context(), force_scope(HERTS):
        conversation.post_message(
            case_id=met.case,
            person_id=met.people[name],
            staff_id=met.staff,
            from_person=True,
            text=text,
            form_key=text,
        )
        db.session.commit()


def send(browser: Browser, met: Met, action: str, **filled: str) -> TestResponse:
    """Fill in one of the forms of the case's page, and send it."""
    action = browser.path(at(met) + action)
    page = browser.get(at(met)).get_data(as_text=True)
    data = {**form_on(page, action), **filled}
    return browser._seen(browser.client.post(action, data=data, buffered=True))


def reply(browser: Browser, met: Met, text: str, name: str = "P1") -> TestResponse:
    return send(browser, met, f"/messages/{met.people[name]}", text=text)


def publish(browser: Browser, met: Met, **filled: str) -> TestResponse:
    return send(browser, met, "/update", **filled)


def shown(browser: Browser, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200
    assert browser.page
    return browser.page.text


def rows(app: Flask, model: Any, force: str = HERTS) -> list[Any]:
    with app.app_context(), force_scope(force):
        return list(db.session.scalars(sa.select(model).order_by(model.id)))


def texts(app: Flask) -> list[str]:
    with app.app_context(), force_scope(HERTS):
        return [str(m.text) for m in db.session.scalars(sa.select(Message).order_by(Message.id))]


def case_now(app: Flask) -> Case:
    [found] = rows(app, Case)
    assert isinstance(found, Case)
    return found


# --- reading -----------------------------------------------------------------------------------


def test_the_officer_sees_what_they_need_of_the_case(app: Flask) -> None:
    take(
        app,
        recorded(flags=["online"], service_level="enhanced", incident_reference="INC-77"),
        allocated(),
    )
    met = meet(app)
    page = shown(officer_browser(app, met.staff), at(met))
    for words in (
        "Crime reference: 41/1/24",
        "Watford",
        "INC-77",
        "Enhanced",
        "Online crime",
        "Amina Khan",
        "With an officer or team",
        "We recorded the crime you reported",
        "Who can sign in",
    ):
        assert words in page


@audited("entry_written")
def test_an_officer_of_another_unit_cannot_open_answer_or_update_the_case_but_its_officer_can(
    app: Flask, met: Met
) -> None:
    other = officer(2, unit="Stevenage CID")
    take(app, recorded("41/2/24", people=[person(2)]), allocated("41/2/24", officer=other))
    colleague = officer_browser(app, staff_id(app, "O2"))
    assert colleague.get(at(met)).status_code == 404
    elsewhere = f"/desk/case/{meet(app, '41/2/24').case}"
    for action in (f"/messages/{met.people['P1']}", "/update"):
        assert (
            colleague.post(at(met) + action, {"text": "Mine now"}, form_at=elsewhere).status_code
            == 404
        )
    assert texts(app) == []
    assert len(rows(app, Entry)) == 4
    own = officer_browser(app, met.staff)
    assert "Amina Khan" in shown(own, at(met))
    assert reply(own, met, "Hello").status_code == 303
    assert publish(own, met, text=TEXT).status_code == 303


def test_an_officer_of_the_other_force_gets_nowhere_and_the_right_one_does(
    app: Flask, met: Met
) -> None:
    take(app, recorded("5224000001", district="bristol"), allocated("5224000001"), force=AVON)
    avon = officer_browser(app, staff_id(app, "O1", force=AVON), force=AVON)
    assert avon.get(at(met)).status_code == 404
    assert avon.client.get(f"/{HERTS}{at(met)}").status_code in (303, 404)
    assert shown(officer_browser(app, met.staff), at(met))


def test_a_person_on_the_case_does_not_see_the_desk_and_the_officer_not_the_persons_page(
    app: Flask, met: Met
) -> None:
    assert person_browser(app, met).get(at(met)).status_code in (303, 404)
    own = officer_browser(app, met.staff)
    assert own.get(f"/case/{met.case}/messages").status_code in (303, 404)
    assert own.get(at(met)).status_code == 200


def test_reading_a_message_marks_it_read_once(app: Flask, met: Met) -> None:
    with clock.travel(NOON):
        ask(app, met, "Have you found my bicycle?")
        desk = officer_browser(app, met.staff)
        html = desk.get(at(met)).get_data(as_text=True)
        assert "Have you found my bicycle?" in html
        assert "tmc-message--new" in html
    with clock.travel(NOON + timedelta(minutes=2)):
        assert "tmc-message--new" not in desk.get(at(met)).get_data(as_text=True)
    assert [m.read_at for m in rows(app, Message)] == [NOON]


def test_an_answer_is_unread_until_the_person_reads_it(app: Flask, met: Met) -> None:
    desk = officer_browser(app, met.staff)
    reply(desk, met, "We found it.")
    assert "Not read yet" in shown(desk, at(met))
    assert [m.read_at for m in rows(app, Message)] == [None]
    shown(person_browser(app, met), f"/case/{met.case}/messages")
    assert "Not read yet" not in shown(desk, at(met))


def test_looking_at_a_case_leaves_a_mark_in_the_audit(app: Flask, met: Met) -> None:
    shown(officer_browser(app, met.staff), at(met))
    seen = [a for a in rows(app, AuditEntry) if a.action == "case_seen"]
    assert [(a.actor, a.actor_id, a.case_id, a.fields) for a in seen] == [
        ("staff", met.staff, met.case, {"viewer": "officer", "relation": "lead"})
    ]


def test_the_page_is_there_in_welsh(app: Flask, met: Met) -> None:
    answer = officer_browser(app, met.staff).get(f"{at(met)}?lang=cy")
    assert answer.status_code == 200
    assert '<html lang="cy"' in answer.get_data(as_text=True)


# --- answering ---------------------------------------------------------------------------------


def test_the_officers_answer_reaches_the_person_it_is_for(app: Flask) -> None:
    take(app, recorded(people=[person(1), person(2, role="representative")]), allocated())
    met = meet(app)
    answer = reply(officer_browser(app, met.staff), met, "We found it.", "P2")
    assert answer.location == f"/{HERTS}{at(met)}#latest-{met.people['P2'].hex}"
    assert "We found it." in shown(person_browser(app, met, "P2"), f"/case/{met.case}/messages")
    assert "We found it." not in shown(person_browser(app, met, "P1"), f"/case/{met.case}/messages")
    assert [(n.kind, n.person_id) for n in rows(app, Notice)] == [("message", met.people["P2"])]


def test_an_answer_sent_twice_is_one_message(app: Flask, met: Met) -> None:
    desk = officer_browser(app, met.staff)
    action = desk.path(f"{at(met)}/messages/{met.people['P1']}")
    filled = {**form_on(desk.get(at(met)).get_data(as_text=True), action), "text": "Once"}
    for _ in range(2):
        assert desk.client.post(action, data=filled).status_code == 303
    assert texts(app) == ["Once"]


@pytest.mark.parametrize(
    ("text", "words"), [("", "Write your answer"), ("x" * 4001, "4000 characters or fewer")]
)
def test_an_answer_that_cannot_be_sent_is_kept(app: Flask, met: Met, text: str, words: str) -> None:
    desk = officer_browser(app, met.staff)
    answer = reply(desk, met, text)
    assert answer.status_code == 400
    assert desk.page
    assert f"There is a problem {words}" in desk.page.text or words in desk.page.text
    action = desk.path(f"{at(met)}/messages/{met.people['P1']}")
    assert form_on(answer.get_data(as_text=True), action)["text"] == text
    assert texts(app) == []


def test_nobody_can_be_written_to_who_is_not_on_the_case(app: Flask, met: Met) -> None:
    take(app, recorded("41/2/24", people=[person(2)]), allocated("41/2/24"))
    other = meet(app, "41/2/24").people["P2"]
    desk = officer_browser(app, met.staff)
    assert (
        desk.post(f"{at(met)}/messages/{other}", {"text": "Hi"}, form_at=at(met)).status_code == 404
    )
    assert reply(desk, met, "Hi").status_code == 303


def test_somebody_taken_off_the_case_is_shown_but_cannot_be_answered(app: Flask, met: Met) -> None:
    ask(app, met, "A last word")
    take(app, event("person.amended", person=person(1), removed=True, time="2024-03-03T10:00:00Z"))
    desk = officer_browser(app, met.staff)
    page = shown(desk, at(met))
    assert "A last word" in page
    assert "no longer follows the case" in page
    answer = desk.post(f"{at(met)}/messages/{met.people['P1']}", {"text": "Hi"}, form_at=at(met))
    assert answer.status_code == 404
    assert [m.read_at is not None for m in rows(app, Message)] == [True]


def test_a_case_that_is_not_open_takes_neither_answers_nor_updates(app: Flask, met: Met) -> None:
    desk = officer_browser(app, met.staff)
    take(app, event("crime.amended", flags=["domestic-abuse"], time="2024-03-03T10:00:00Z"))
    page = shown(desk, at(met))
    assert "not open in the portal" in page
    assert "Send to" not in page
    for action in (f"/messages/{met.people['P1']}", "/update"):
        answer = desk.post(at(met) + action, {"text": "Hello"}, form_at=at(met))
        assert answer.status_code == 409
        assert "Nobody would read this" in answer.get_data(as_text=True)
    assert texts(app) == []


# --- updates -----------------------------------------------------------------------------------


def test_an_update_is_on_the_persons_timeline_in_the_officers_words(app: Flask, met: Met) -> None:
    with clock.travel(NOON):
        desk = officer_browser(app, met.staff)
        answer = publish(
            desk,
            met,
            stage="investigating",
            text=TEXT,
            next_step="I will look at it.",
            **{
                "next_update_by-day": "19",
                "next_update_by-month": "3",
                "next_update_by-year": "2024",
            },
        )
        assert answer.status_code == 303
        assert "Your update is on the timeline" in shown(desk, at(met))
        page = shown(person_browser(app, met), f"/case/{met.case}")
    for words in (
        TEXT,
        "I will look at it.",
        "We will update you by 19 March 2024",
        "Your case is being investigated",
        "5 March 2024, 12:00",
    ):
        assert words in page
    assert case_now(app).stage == "investigating"


def test_the_people_on_the_case_are_promised_a_notice_of_an_update(app: Flask, met: Met) -> None:
    publish(officer_browser(app, met.staff), met, text=TEXT)
    entry = rows(app, Entry)[-1]
    assert [(n.kind, n.person_id, n.cause_id) for n in rows(app, Notice)] == [
        ("entry", met.people["P1"], entry.id)
    ]
    assert entry.staff_id == met.staff
    written = [a for a in rows(app, AuditEntry) if a.action == "entry_written"]
    assert [(a.actor_id, a.case_id, a.fields) for a in written] == [
        (met.staff, met.case, {"kind": "progress"})
    ]


def test_an_update_sent_twice_is_one_entry(app: Flask, met: Met) -> None:
    desk = officer_browser(app, met.staff)
    action = desk.path(f"{at(met)}/update")
    filled = {
        **form_on(desk.get(at(met)).get_data(as_text=True), action),
        "stage": "decision",
        "text": "",
    }
    for _ in range(2):
        assert desk.client.post(action, data=filled).status_code == 303
    assert [e.kind for e in rows(app, Entry)] == ["recorded", "allocated", "progress"]
    assert len(rows(app, Notice)) == 1


WRONG = {
    "nothing said": ({}, "Write what is new, or choose where the case stands now"),
    "too long": ({"text": "x" * 2001}, "This must be 2000 characters or fewer"),
    "next step too long": (
        {"text": TEXT, "next_step": "x" * 501},
        "This must be 500 characters or fewer",
    ),
    "closed without reasons": ({"stage": "closed"}, "Give the reasons"),
    "a stage of the record": ({"stage": "charged", "text": TEXT}, "Choose one of the stages"),
    "yesterday": (
        {"text": TEXT, "day": "4", "month": "3", "year": "2024"},
        "The date must be today or later",
    ),
    "in ten years": ({"text": TEXT, "day": "4", "month": "3", "year": "2034"}, "within a year"),
    "30 February": ({"text": TEXT, "day": "30", "month": "2", "year": "2024"}, "Enter a real date"),
    "half a date": ({"text": TEXT, "day": "30"}, "Enter a real date"),
    "a control character": ({"text": "a\x07b"}, "a sign that cannot be shown"),
}


@pytest.mark.parametrize("which", WRONG)
def test_a_slip_is_explained_and_nothing_typed_is_lost(app: Flask, met: Met, which: str) -> None:
    given, words = WRONG[which]
    filled = {
        f"next_update_by-{k}" if k in ("day", "month", "year") else k: v for k, v in given.items()
    }
    with clock.travel(NOON):
        desk = officer_browser(app, met.staff)
        before = form_on(desk.get(at(met)).get_data(as_text=True), desk.path(f"{at(met)}/update"))
        answer = publish(desk, met, **{**before, **filled})
    assert answer.status_code == 400
    assert desk.page
    assert desk.page.title.startswith("Error: ")
    assert words in desk.page.text
    kept = form_on(answer.get_data(as_text=True), desk.path(f"{at(met)}/update"))
    expected = {**before, **filled, "csrf_token": kept["csrf_token"]}
    if which == "a stage of the record":
        expected["stage"] = ""
    assert kept == expected
    assert len(rows(app, Entry)) == 2


def test_an_update_for_today_is_fine(app: Flask, met: Met) -> None:
    with clock.travel(datetime(2024, 3, 5, 23, 59, tzinfo=UTC)):
        answer = publish(
            officer_browser(app, met.staff),
            met,
            text=TEXT,
            **{
                "next_update_by-day": "5",
                "next_update_by-month": "3",
                "next_update_by-year": "2024",
            },
        )
        assert answer.status_code == 303


@pytest.mark.parametrize(("month", "year"), [("3", "24"), ("March", "2024"), ("mar", "24"), ("Mawrth", "24")])
def test_a_date_is_promised_as_the_officer_means_it(app: Flask, met: Met, month: str, year: str) -> None:
    with clock.travel(NOON):
        answer = publish(officer_browser(app, met.staff), met, text=TEXT, **{
            "next_update_by-day": "19", "next_update_by-month": month, "next_update_by-year": year})
    assert answer.status_code == 303
    assert case_now(app).next_update_by == date(2024, 3, 19)


@pytest.mark.parametrize("year", ["224", "0024", "4", "2o24", ""])
def test_a_year_that_lacks_figures_is_told_as_that_and_not_as_past(
    app: Flask, met: Met, year: str
) -> None:
    with clock.travel(NOON):
        answer = publish(officer_browser(app, met.staff), met, text=TEXT, **{
            "next_update_by-day": "19", "next_update_by-month": "3", "next_update_by-year": year})
    assert answer.status_code == 400
    assert "Enter the whole year, like 2027" in answer.text
    assert "must be today or later" not in answer.text


def test_a_closed_case_promises_no_further_update(app: Flask, met: Met) -> None:
    with clock.travel(NOON):
        desk = officer_browser(app, met.staff)
        publish(
            desk,
            met,
            text=TEXT,
            **{
                "next_update_by-day": "19",
                "next_update_by-month": "3",
                "next_update_by-year": "2024",
            },
        )
    with clock.travel(NOON + timedelta(minutes=20)):
        assert publish(desk, met, stage="closed", text="Nobody saw who did it.").status_code == 303
    found = case_now(app)
    assert (found.stage, found.next_update_by) == ("closed", None)


@pytest.mark.parametrize("desk_first", [True, False])
@pytest.mark.parametrize(
    ("record_says_at", "stage"),
    [
        ("2024-03-05T11:00:00Z", "investigating"),
        ("2024-03-05T13:00:00Z", "decision"),
    ],
)
def test_the_newest_news_decides_whichever_arrives_first(
    app: Flask, met: Met, desk_first: bool, record_says_at: str, stage: str
) -> None:
    """The desk writes at noon; the record system's news is an hour older or newer."""
    news = event(
        "crime.progress", time=record_says_at, stage="decision", next_update_by="2024-04-01"
    )
    if not desk_first:
        take(app, news)
    with clock.travel(NOON):
        publish(
            officer_browser(app, met.staff),
            met,
            stage="investigating",
            text=TEXT,
            **{
                "next_update_by-day": "19",
                "next_update_by-month": "3",
                "next_update_by-year": "2024",
            },
        )
    if desk_first:
        take(app, news)
    found = case_now(app)
    assert found.stage == stage
    assert str(found.next_update_by) == ("2024-03-19" if stage == "investigating" else "2024-04-01")
    assert found.latest_at.hour == (12 if stage == "investigating" else 13)


def test_words_of_an_update_are_shown_and_never_run_and_kept_sealed(app: Flask, met: Met) -> None:
    publish(officer_browser(app, met.staff), met, text="<b>secret</b>")
    html = person_browser(app, met).get(f"/case/{met.case}").get_data(as_text=True)
    assert "&lt;b&gt;secret&lt;/b&gt;" in html
    assert "<b>secret" not in html
    assert b"secret" not in rows(app, Entry)[-1].details_sealed
