"""A case that goes from one officer to another: the new one is told, finds it marked, and sees from whom."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from core.base import clock
from core.cases.models import Staff
from core.hookspecs import Channel
from core.notices.letters import Withhold, letter_for
from core.notices.models import Notice
from core.storage.db import db, force_scope
from core.testing import allocated, event, officer, recorded
from tests.conftest import HERTS
from tests.pages import Browser, shown
from tests.people import Met, officer_browser, staff_id, take
from tests.plugins.officer_desk.one_case import NOON, TEXT, ask, at, publish

HAND_OVER = "This case was handed over to you."
ANNE = officer(2, name="Anne Other")


def handed_over(app: Flask, subject: str = "41/1/24", *, to: dict[str, Any] = ANNE, day: int = 3) -> None:
    take(app, allocated(subject, officer=to, time=f"2024-03-{day:02}T09:00:00Z"), announce=True)


def alerted(app: Flask, kind: str = "case_handed_over") -> list[str]:
    """Who is to get a letter that a case was handed over to them, by the record's id."""
    with app.app_context(), force_scope(HERTS):
        return list(db.session.scalars(
            sa.select(Staff.record_id).join(Notice, Notice.staff_id == Staff.id)
            .where(Notice.kind == kind).order_by(Notice.id)))


def desk_of(app: Flask, officer_id: str) -> Browser:
    return officer_browser(app, staff_id(app, officer_id))


def marks(browser: Browser, path: str = "/desk/") -> list[str]:
    return re.findall(r">\s*(New to (?:you|this officer))\s*<", browser.get(path).text)


def test_the_new_officer_is_told_by_a_letter_that_names_nobody(app: Flask, met: Met) -> None:
    handed_over(app)
    assert alerted(app) == ["O2"]
    with app.app_context(), force_scope(HERTS):
        letter = letter_for(db.session.scalars(
            sa.select(Notice).where(Notice.kind == "case_handed_over")).one())
        assert letter.channel is Channel.EMAIL
        assert letter.to == "officer2@example.org"
        assert "a case was handed over to you" in letter.subject
        assert "/desk/" in letter.text
        for name in ("Khan", "41/1/24", "Sam Officer", "Anne"):
            assert name not in letter.text + letter.html + letter.subject


ALSO: dict[str, tuple[dict[str, Any], list[str]]] = {
    "an officer whom an amendment names": (event("crime.amended", officer=ANNE), ["O2"]),
    "the officer who has it already": (allocated(time="2024-03-05T09:00:00Z"), []),
    "news without an officer": (event("crime.amended", summary="A red bicycle"), []),
    "older news that comes late": (allocated(officer=ANNE, time="2024-03-01T11:00:00Z"), []),
}


@pytest.mark.parametrize("what", ALSO)
def test_told_is_who_has_a_case_that_another_had(app: Flask, met: Met, what: str) -> None:
    news, letters = ALSO[what]
    if news["type"].endswith("amended.v1"):
        news = {**news, "time": "2024-03-04T09:00:00Z"}
    take(app, news, announce=True)
    assert alerted(app) == letters


UNREACHED: dict[str, tuple[list[dict[str, Any]], dict[str, Any], bool]] = {
    "a slip in the id": ([], {"id": "O11", "name": "S Officer"}, True),
    "one who never had an email": ([officer(3, email=None)], officer(3, email=None), True),
    "one whose email goes now": ([officer(3)], officer(3, email=None), True),
    "one whose email comes now": ([officer(3, email=None)], officer(3), False),
    "one whose email is known": ([officer(3)], {"id": "O3", "name": "Sam Officer"}, False),
}


@pytest.mark.parametrize("what", UNREACHED)
def test_the_officer_before_is_told_when_the_new_one_cannot_be(app: Flask, met: Met, what: str) -> None:
    known, new, lost = UNREACHED[what]
    for one in known:
        take(app, recorded("41/7/24", officer=one))
    handed_over(app, to=new)
    assert alerted(app, "case_out_of_reach") == (["O1"] if lost else [])
    assert len(alerted(app)) == (0 if lost else 1)
    with app.app_context(), force_scope(HERTS):
        letter = letter_for(db.session.scalars(sa.select(Notice).where(
            Notice.kind == ("case_out_of_reach" if lost else "case_handed_over"))).one())
        assert letter.channel is Channel.EMAIL
        assert letter.to == ("officer1@example.org" if lost else "officer3@example.org")
        assert "41/1/24" not in letter.text and "Officer" not in letter.subject


def test_the_first_officer_of_a_case_and_one_of_an_old_record_get_none(app: Flask) -> None:
    take(app, recorded(), allocated(), announce=True)
    take(app, allocated(officer=ANNE, time="2024-03-03T09:00:00Z"))  # the past, taken over at the start
    assert alerted(app) == []
    assert marks(desk_of(app, "O2")) == []


def test_there_and_back_within_a_batch_is_nothing(app: Flask, met: Met) -> None:
    take(app, allocated(officer=ANNE, time="2024-03-03T09:00:00Z"),
         allocated(time="2024-03-03T10:00:00Z"), announce=True)
    assert alerted(app) == []


def test_a_case_that_is_not_shown_online_is_marked_and_sends_no_letter(app: Flask, met: Met) -> None:
    take(app, event("crime.amended", flags=["domestic-abuse"], time="2024-03-02T12:00:00Z"))
    handed_over(app)
    assert alerted(app) == []
    assert marks(desk_of(app, "O2")) == ["New to you"]


def test_who_takes_over_many_cases_gets_one_letter_a_day(app: Flask, met: Met) -> None:
    subjects = [f"41/{number}/24" for number in range(2, 6)]
    for subject in subjects:
        take(app, recorded(subject), allocated(subject))
    with clock.travel(NOON):
        take(app, *(allocated(one, officer=ANNE, time="2024-03-03T09:00:00Z") for one in subjects[:2]),
             announce=True)
        handed_over(app, subjects[2])
        assert alerted(app) == ["O2"]
        assert marks(desk_of(app, "O2")) == ["New to you"] * 3
        handed_over(app, subjects[2], to=officer(3, name="Third"), day=4)
        assert alerted(app) == ["O2", "O3"]
    with clock.travel(NOON + timedelta(days=1, minutes=1)):
        handed_over(app, subjects[3])
    assert alerted(app) == ["O2", "O3", "O2"]


def test_it_is_new_to_its_new_officer_until_they_open_it(app: Flask, met: Met) -> None:
    handed_over(app)
    anne, before = desk_of(app, "O2"), desk_of(app, "O1")
    assert marks(anne) == ["New to you"]
    assert marks(before) == []
    page = shown(anne, at(met))
    assert HAND_OVER in page
    assert "Sam Officer had it until 3 March 2024." in page
    assert marks(anne) == []
    again = shown(anne, at(met))
    assert HAND_OVER not in again
    assert re.search(r"Handed over\s+3 March 2024, by Sam Officer", again)


def test_who_looks_on_does_not_take_the_mark_away(app: Flask, met: Met) -> None:
    handed_over(app)
    take(app, recorded("41/9/24", officer=officer(4)))
    with app.app_context(), force_scope(HERTS):
        db.session.scalars(sa.select(Staff).where(Staff.record_id == "O4")).one().role = "supervisor"
        db.session.commit()
    supervisor = desk_of(app, "O4")
    assert marks(supervisor, "/desk/unit") == ["New to this officer"]
    assert HAND_OVER not in shown(supervisor, at(met))
    assert marks(supervisor, "/desk/unit") == ["New to this officer"]
    assert marks(desk_of(app, "O2")) == ["New to you"]


def test_what_was_handed_over_stands_before_quieter_cases(app: Flask, met: Met) -> None:
    take(app, recorded("41/8/24", officer=ANNE))
    take(app, event("crime.progress", "41/8/24", text="We rang.", time="2024-03-08T09:00:00Z"))
    handed_over(app)
    anne = desk_of(app, "O2")
    listed = re.findall(r"41/\d/24", anne.get("/desk/").text)
    assert listed.index("41/1/24") < listed.index("41/8/24")
    shown(anne, at(met))
    listed = re.findall(r"41/\d/24", anne.get("/desk/").text)
    assert listed.index("41/8/24") < listed.index("41/1/24")


def test_a_letter_that_waits_is_not_sent_when_nothing_is_new_any_more(app: Flask, met: Met) -> None:
    def why() -> str | None:
        with app.app_context(), force_scope(HERTS):
            first = db.session.scalars(
                sa.select(Notice).where(Notice.kind == "case_handed_over").order_by(Notice.id)).first()
            assert first
            try:
                letter_for(first)
            except Withhold as held:
                return held.why
            return None

    handed_over(app)
    assert why() is None
    handed_over(app, to=officer(3, name="Third"), day=4)
    assert "went on to somebody else" in (why() or "")
    handed_over(app, day=5)
    assert why() is None
    take(app, event("crime.amended", flags=["domestic-abuse"], time="2024-03-06T12:00:00Z"))
    assert why()


def test_handed_over_by_news_of_the_past_it_names_who_had_it_and_is_not_marked(app: Flask, met: Met) -> None:
    handed_over(app)
    take(app, allocated(officer=officer(3, name="Third"), time="2024-03-04T09:00:00Z"))
    third = desk_of(app, "O3")
    assert marks(third) == []
    page = shown(third, at(met))
    assert HAND_OVER not in page
    assert re.search(r"Handed over\s+4 March 2024, by Anne Other", page)


def test_handed_over_once_more_it_is_new_once_more(app: Flask, met: Met) -> None:
    handed_over(app)
    shown(desk_of(app, "O2"), at(met))
    handed_over(app, to=officer(), day=4)
    assert alerted(app) == ["O2", "O1"]
    assert HAND_OVER in shown(desk_of(app, "O1"), at(met))


def test_what_waits_comes_along(app: Flask, met: Met) -> None:
    with clock.travel(NOON):
        ask(app, met, "Is there any news?")
        handed_over(app, day=5)
        anne = desk_of(app, "O2")
        page = shown(anne, at(met))
        assert "Is there any news?" in page
        assert publish(anne, met, text=TEXT).status_code == 303
