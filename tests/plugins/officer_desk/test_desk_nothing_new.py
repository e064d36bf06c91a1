"""That there is nothing new, and why, is published in two presses; in time it explains what was promised."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from core.base import clock
from core.cases.models import Access, Entry
from core.commitments import Commitment
from core.hookspecs import AgreedWay, NoticeReport
from core.notices import Notice, delivery_report
from core.storage.db import db, force_scope
from core.testing import allocated, event, officer, person, recorded
from core.testing.browser import form_on
from plugins.contact_plan.plans import agree
from plugins.contact_plan.rhythm import Every
from plugins.officer_desk.nothing_new import REASONS
from tests.conftest import HERTS
from tests.core.intake.more_news import page_of
from tests.core.intake.more_news import shown as read_on
from tests.people import Met, meet, officer_browser, staff_id, take
from tests.plugins.officer_desk.one_case import NOON, TEXT, at, publish, send
from tests.rows import rows

WAITING = "There is nothing new yet, because we are waiting for forensic results."
EASTER = datetime(2024, 3, 1, 12, tzinfo=UTC)  # 28 days on is Good Friday


def say(app: Flask, met: Met, **filled: str) -> TestResponse:
    said = {"nothing_reason": "forensics", **filled}
    return send(officer_browser(app, met.staff), met, "/nothing-new", **said)


def updates_of(app: Flask) -> list[Entry]:
    return rows(app, Entry, Entry.kind == "progress")


def test_two_presses_tell_people_why_and_by_when_they_hear_again(app: Flask) -> None:
    with clock.travel(NOON - timedelta(hours=1)):
        take(app, recorded(), allocated())
    met = meet(app)
    with clock.travel(NOON):
        assert say(app, met, nothing_more="The laboratory is busy.").status_code == 303
        page = page_of(app)
    [line] = updates_of(app)
    assert (line.explains, line.promised_by, line.staff_id) == (True, date(2024, 4, 2), met.staff)
    assert WAITING in page and "The laboratory is busy." in page
    assert "You will hear from us by Tuesday, 2 April 2024" in page


def test_the_day_that_stands_there_is_a_working_day_within_28_days(app: Flask, met: Met) -> None:
    with clock.travel(EASTER):
        say(app, met)
    assert updates_of(app)[0].promised_by == date(2024, 3, 28)


@pytest.mark.parametrize(("agreed", "day"), [
    ([Every.WEEKLY], date(2024, 3, 8)), ([Every.TWO_WEEKLY], date(2024, 3, 15)),
    ([Every.EVERY_28_DAYS], date(2024, 3, 28)),
    ([Every.WHEN_SOMETHING_HAPPENS], date(2024, 5, 30)),
    ([Every.EVERY_28_DAYS, Every.TWO_WEEKLY], date(2024, 3, 15)),  # of two people the sooner
    ([Every.WHEN_SOMETHING_HAPPENS, None], date(2024, 3, 28)),
], ids=str)
def test_the_day_is_that_of_the_plan_and_what_is_promised_is_no_later(
    app: Flask, agreed: list[Every | None], day: date
) -> None:
    people = [person(number + 1) for number in range(len(agreed))]
    with clock.travel(EASTER):
        take(app, recorded(people=people, time="2024-03-01T09:00:00Z"),
             allocated(time="2024-03-01T11:00:00Z"))
    met = meet(app)
    with clock.travel(EASTER), app.app_context(), force_scope(HERTS):
        for number, every in enumerate(agreed, start=1):
            if every:
                agree(met.case, met.people[f"P{number}"], every, AgreedWay.EMAIL)
        db.session.commit()
    with clock.travel(EASTER + timedelta(hours=1)):
        say(app, met)
    assert updates_of(app)[0].promised_by == day


def test_any_other_update_explains_nothing(app: Flask, met: Met) -> None:
    publish(officer_browser(app, met.staff), met, text=TEXT)
    assert [one.explains for one in updates_of(app)] == [False]


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_is_a_whole_sentence_that_people_read(app: Flask, met: Met, reason: str) -> None:
    say(app, met, nothing_reason=reason)
    assert str(REASONS[reason]).startswith("There is nothing new yet, because")
    assert str(REASONS[reason]) in page_of(app)


@pytest.mark.parametrize(("people", "language"), [(1, "cy"), (2, "en")])
def test_it_is_in_the_language_of_an_only_follower(app: Flask, people: int, language: str) -> None:
    take(app, recorded(people=[person(1, language="cy"), person(2)][:people]), allocated())
    say(app, meet(app))
    assert (WAITING in page_of(app)) is (language == "en")


@pytest.mark.parametrize(("wrong", "why"), [
    ({"nothing_reason": ""}, "Choose why there is nothing new"),
    ({"nothing_reason": "weather"}, "Choose why there is nothing new"),
    ({"nothing_by-day": "", "nothing_by-month": "", "nothing_by-year": ""}, "Enter a real date"),
    ({"nothing_by-year": "2023"}, "The date must be today or later"),
    ({"nothing_more": "a\x00"}, "This has a sign that cannot be shown"),
])
def test_a_slip_is_explained_and_nothing_is_lost(
    app: Flask, met: Met, wrong: dict[str, str], why: str
) -> None:
    with clock.travel(NOON):
        answer = say(app, met, **{"text": TEXT, **wrong})
    assert answer.status_code == 400 and why in read_on(answer.text) and TEXT in answer.text
    assert updates_of(app) == []


def test_the_same_form_sent_twice_is_one_line_and_an_update_beside_it_needs_no_day(
    app: Flask, met: Met
) -> None:
    desk = officer_browser(app, met.staff)
    form = form_on(desk.get(at(met)).text, desk.path(f"{at(met)}/update")) | {"nothing_reason": "cctv"}
    for _ in range(2):
        assert desk.client.post(desk.path(f"{at(met)}/nothing-new"), data=form).status_code == 303
        desk.get(at(met))
    assert len(updates_of(app)) == 1
    assert publish(desk, met, text=TEXT, **{"nothing_by-day": "40"}).status_code == 303


def test_on_a_hidden_case_and_to_a_stranger_nothing_is_published(app: Flask, met: Met) -> None:
    take(app, recorded("41/2/24"), allocated("41/2/24", officer=officer(2, unit="Stevenage CID")))
    stranger, elsewhere = officer_browser(app, staff_id(app, "O2")), at(meet(app, "41/2/24"))
    said = {"nothing_reason": "cctv"}
    assert stranger.post(f"{at(met)}/nothing-new", said, form_at=elsewhere).status_code == 404
    own = officer_browser(app, met.staff)
    page = own.get(at(met)).text
    take(app, event("crime.amended", time="2024-04-01T10:00:00Z", flags=["domestic-abuse"]))
    filled = form_on(page, own.path(f"{at(met)}/update")) | said
    assert own.client.post(own.path(f"{at(met)}/nothing-new"), data=filled).status_code == 409
    assert updates_of(app) == []


@pytest.mark.parametrize(("arrives", "stands"), [(20, "explained"), (40, "kept_late"), (None, "open")])
def test_what_was_promised_is_explained_when_it_reached_them_in_time(
    app: Flask, arrives: int | None, stands: str
) -> None:
    with clock.travel(EASTER):
        take(app, recorded(), allocated(time="2024-03-01T11:00:00Z"))
    met = meet(app)
    with clock.travel(EASTER + timedelta(days=arrives or 20)):
        say(app, met)
        letter = rows(app, Notice, Notice.person_id == met.people["P1"])[-1]
        if arrives:
            with app.app_context(), force_scope(HERTS):
                delivery_report(letter.id, NoticeReport.SENT, clock.now())
                db.session.commit()
        [first] = rows(app, Commitment, Commitment.rule == "plan", Commitment.cause_id == access_of(app, met))
    assert first.state == stands


def access_of(app: Flask, met: Met) -> UUID:
    [access] = rows(app, Access, Access.case_id == met.case)
    return access.id
