"""Whoever changes an email or phone, and wherever: the old one is told, in words that say no more."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from core.base import clock
from core.notices.models import Notice
from core.storage.db import db, force_scope
from core.testing import allocated, event, person, recorded
from tests.conftest import AVON, HERTS
from tests.core.notices.test_letters import EVERYWHERE, OF_POLICE, holds
from tests.people import meet, person_browser, take
from tests.plugins.sign_in.ways_in import Post, looks_in, post_of
from tests.plugins.your_account.test_contact import HIS, LATER, NEW, OLD, PAGE, enter_at_desk
from tests.security.checklist import requirement

PHONE, OTHER = "07700 900001", "07700 900982"
TEXTED, TEXTED_OTHER = "+447700900001", "+447700900982"


def sent(app: Flask) -> Post:
    with post_of(app) as post:
        looks_in(app)
    return post


def change(app: Flask, before: dict[str, Any], **after: Any) -> Post:
    """What is sent when the record system has other contacts than *before*."""
    take(app, recorded(people=[person(**before)]), allocated())
    take(app, amended(**after), announce=True)
    return sent(app)


def amended(**changed: Any) -> dict[str, Any]:
    return event("person.amended", time=LATER, person=person(**changed))


@requirement("A11")
def test_an_address_that_the_record_system_replaces_is_told(app: Flask) -> None:
    post = change(app, {"safe_contact": {"words": "named"}}, email=NEW)
    assert post.sent_to == [OLD]
    assert post.letters[0].sender_name == "Online account"
    assert "Constabulary" not in f"{post.letters[0]}"  # nobody knows whose that address is now


@requirement("A11")
def test_a_number_that_the_record_system_replaces_is_told_by_text_and_email(app: Flask) -> None:
    assert sorted(change(app, {"phone": PHONE}, phone=OTHER).sent_to) == [TEXTED, OLD]


@requirement("A11")
def test_who_has_only_a_phone_is_told_by_text_of_a_first_email(app: Flask) -> None:
    take(app, recorded(people=[person(email=None, phone=PHONE)]), allocated())
    enter_at_desk(app)
    assert {*sent(app).sent_to} - {"officer1@example.org"} == {TEXTED}


@requirement("A11", "A14")
@pytest.mark.parametrize("safe", [{"silent": True}, {"channels": ["phone"]}], ids=str)
def test_where_no_text_and_no_email_is_safe_nobody_is_told(app: Flask, safe: dict[str, Any]) -> None:
    before = {"phone": PHONE, "safe_contact": safe}
    assert change(app, before, phone=OTHER, email=NEW).sent_to == []


@pytest.mark.parametrize("number", ["0900 123 4567", "+33 6 12 34 56 78"])
def test_no_text_goes_to_an_old_number_that_texts_may_not_go_to(app: Flask, number: str) -> None:
    assert change(app, {"email": None, "phone": number}, email=None, phone=OTHER).sent_to == []


@pytest.mark.parametrize("again", [
    {}, {"email": OLD}, {"phone": PHONE}, {"name": {"given": "Amina", "family": "Other"}},
], ids=str)
def test_news_that_changes_no_contact_tells_nobody_and_ends_no_visit(
    app: Flask, again: dict[str, Any]
) -> None:
    take(app, recorded(people=[person(phone=PHONE)]), allocated())
    hers = person_browser(app, meet(app))
    take(app, amended(**again), announce=True)
    assert hers.get("/your-account").status_code == 200
    with app.app_context(), force_scope(HERTS):
        assert db.session.scalars(sa.select(Notice.id)).all() == []


def test_an_import_of_what_happened_before_tells_nobody(app: Flask) -> None:
    take(app, recorded(), allocated())
    take(app, amended(email=NEW), announce=False)
    assert sent(app).sent_to == []


@requirement("A13")
@pytest.mark.parametrize("changed", [{"email": NEW}, {"phone": OTHER}], ids=str)
def test_another_contact_on_the_record_ends_every_visit(app: Flask, changed: dict[str, str]) -> None:
    take(app, recorded(people=[person(phone=PHONE)]), allocated())
    his = person_browser(app, meet(app))
    take(app, amended(**changed))
    assert his.get("/your-account").location == f"/{HERTS}/sign-in"


@requirement("A11")
@pytest.mark.parametrize("force", [HERTS, AVON])
@pytest.mark.parametrize("language", ["en", "cy"])
@pytest.mark.parametrize("words", ["named", "discreet"])
def test_the_text_says_nothing_of_what_changed_or_of_a_crime(
    app: Flask, force: str, language: str, words: str
) -> None:
    whom = {"email": None, "language": language, "safe_contact": {"words": words}}
    place = "watford" if force == HERTS else "bristol"
    take(app, recorded(district=place, people=[person(phone=PHONE, **whom)]), allocated(), force=force)
    take(app, event("person.amended", time=LATER, person=person(phone=OTHER, **whom)), force=force,
         announce=True)
    with post_of(app, force) as post:
        looks_in(app, force)
    (text,) = post.texts
    assert (text.to, text.language) == (TEXTED, language)
    for secret in [*EVERYWHERE, PHONE, OTHER, TEXTED_OTHER, "phone", "ffôn"]:
        assert not holds(text.text, secret), secret
    for telling in OF_POLICE:
        assert not holds(text.text, telling), telling
    assert ("cyfrif" if language == "cy" else "account") in text.text
    assert len(text.text) <= 306  # two parts at most


def test_a_visit_cannot_fill_her_mailbox_with_letters(app: Flask) -> None:
    """Whoever has a signed-in browser asks again and again."""
    take(app, recorded(), allocated())
    his = person_browser(app, meet(app))
    answers = [his.post(PAGE, {"contact": "email", "email": f"{number}{HIS}"}).status_code
               for number in range(6)]
    assert answers == [303] * 4 + [429] * 2
    assert his.page and "You asked for several changes today" in his.page.text
    assert [one.to for one in sent(app).letters].count(OLD) == 4
    with clock.travel(clock.now() + timedelta(hours=25)):
        tomorrow = person_browser(app, meet(app))
        assert tomorrow.post(PAGE, {"contact": "email", "email": NEW}).status_code == 303
