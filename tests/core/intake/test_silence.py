"""A case that becomes sensitive goes silent: no page, no letter, no sign that it was ever there."""

from __future__ import annotations

import re
from itertools import permutations
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from core.cases.models import Case
from core.notices.models import Notice
from core.plugin_host import jobs
from core.storage.db import db, force_scope
from core.testing import allocated, event, recorded
from tests.conftest import HERTS
from tests.people import meet, person_browser, take
from tests.security.audited import audited

FLAGGED = ["domestic-abuse"]
LATER = "2024-04-02T10:00:00Z"


@pytest.fixture
def flagged(app: Flask) -> Any:
    """Somebody who reads their case, and the news that makes it sensitive."""
    take(app, recorded(), allocated())
    browser = person_browser(app, meet(app))
    case = f"/case/{meet(app).case}"
    assert browser.get(case).status_code == 200
    take(app, event("crime.amended", time=LATER, flags=["domestic-abuse"]))
    return browser, case


def without_token(page: str) -> str:
    """The token of a form holds the second in which it was made."""
    text, tokens = re.subn(r'(name="csrf_token" value=")[^"]+"', r'\1"', page)
    assert tokens == 1
    return text


@audited("case_not_shown")
def test_an_open_page_is_not_found_from_then_on(app: Flask, flagged: Any) -> None:
    browser, case = flagged
    never = case[:-4] + "0000"
    for path in (case, f"{case}/messages"):
        gone, missing = browser.get(path), browser.get(path.replace(case, never))
        assert gone.status_code == missing.status_code == 404
        assert without_token(gone.text) == without_token(missing.text)
    assert "41/1/24" not in browser.get("/your-reports").text


def test_no_letter_goes_for_news_of_a_silent_case(app: Flask, flagged: Any) -> None:
    take(app, event("crime.outcome", outcome="18", time="2024-05-02T10:00:00Z"), announce=True)
    jobs.work(app)
    with app.app_context(), force_scope(HERTS):
        assert db.session.scalars(sa.select(Notice)).all() == []


@audited("notice_withheld")
def test_a_letter_already_promised_is_withheld(app: Flask) -> None:
    take(app, recorded(), announce=True)
    take(app, event("crime.amended", time=LATER, flags=["domestic-abuse"]))
    jobs.work(app)
    with app.app_context(), force_scope(HERTS):
        notice = db.session.scalars(sa.select(Notice)).one()
        assert (notice.state, notice.sent_at) == ("withheld", None)


@audited("case_shown")
def test_it_opens_again_when_the_mark_was_a_mistake(app: Flask, flagged: Any) -> None:
    browser, case = flagged
    take(app, event("crime.amended", time="2024-06-02T10:00:00Z", flags=[]))
    assert browser.get(case).status_code == 200


def test_somebody_taken_off_the_case_is_a_stranger_at_once(app: Flask) -> None:
    who = recorded()["data"]["people"][0]
    take(app, recorded(), allocated())
    browser = person_browser(app, meet(app))
    case = f"/case/{meet(app).case}"
    assert browser.get(case).status_code == 200
    take(app, event("person.amended", time=LATER, person=who, removed=True))
    assert browser.get(case).status_code == 404


@pytest.mark.parametrize(("outcome", "letters"), [("5", 0), ("13", 0), ("18", 1)])
def test_a_death_is_told_by_a_person_and_not_by_a_letter(app: Flask, outcome: str, letters: int) -> None:
    take(app, recorded(), allocated())
    take(app, event("crime.outcome", outcome=outcome, time=LATER), announce=True)
    with app.app_context(), force_scope(HERTS):
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Notice)) == letters


def test_the_latest_word_decides_in_whatever_order_words_arrive(app: Flask) -> None:
    """Sensitive, not so, sensitive again, and at last not so or so: every order, each on its own case."""
    said: list[list[str]] = [FLAGGED, [], FLAGGED]
    for last in (list[str](), FLAGGED):
        for number, order in enumerate(permutations(range(4))):
            words = [*said, last]
            reference = f"41/{number + (100 if last else 200)}/24"
            take(app, recorded(reference), *(
                event("crime.amended", reference, time=f"2024-04-0{turn + 1}T10:00:00Z",
                      flags=words[turn]) for turn in order))
    with app.app_context(), force_scope(HERTS):
        found = {case.crime_reference: case.offered for case in db.session.scalars(sa.select(Case))}
    assert len(found) == 48
    assert {reference for reference, offered in found.items() if offered} == {
        f"41/{number + 200}/24" for number in range(24)}
