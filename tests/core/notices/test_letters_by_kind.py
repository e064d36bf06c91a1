"""Which letter or text a notice becomes: by its kind, with care or not, in whose language, to whom."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from jinja2 import ChoiceLoader, DictLoader

from core.base import clock
from core.cases.models import Case, Person
from core.hookspecs import Channel
from core.notices.letter_words import UnknownKind
from core.notices.letters import Withhold, code_until, letter_for
from core.notices.models import Notice
from core.storage.db import db, force_scope
from tests.conftest import HERTS
from tests.rows import case, person, staff

NOW = datetime(2024, 6, 12, 12, tzinfo=UTC)  # one o'clock in London
NAME = "Hertfordshire Constabulary"


@pytest.fixture
def who(app: Flask) -> Iterator[tuple[Case, Person]]:
    with clock.travel(NOW), app.app_context(), force_scope(HERTS):
        one = case(staff("CID", email="officer@example.org"))
        yield one, person(one, email="amina@example.org", phone="07700 900982")


def notice(one: Case, to: Person | None, **more: Any) -> Notice:
    found = Notice(**{
        "id": uuid4(), "kind": "entry", "channel": "email", "cause_id": uuid4(), "case_id": one.id,
        "person_id": to.id if to else None, "state": "due", "tries": 0, "made_at": NOW, "due_at": NOW,
        **more})
    db.session.add(found)
    db.session.flush()
    return found


SUBJECTS = {
    "entry": (f"{NAME}: there is something new for you", "Something new in your account"),
    "message": (f"{NAME}: you have a new message", "Something new in your account"),
    "account": (f"{NAME}: a change in your account", "A change in your account"),
    "code": (f"{NAME}: your sign-in code", "Your code"),
}


@pytest.mark.parametrize("care", [False, True])
@pytest.mark.parametrize("kind", SUBJECTS)
def test_each_kind_has_its_own_words_and_with_care_those_that_say_nothing(
    who: tuple[Case, Person], kind: str, care: bool
) -> None:
    one, amina = who
    one.service_level = "enhanced" if care else "standard"
    made = notice(one, amina, kind=kind, extra="123456" if kind == "code" else None)
    letter = letter_for(made)
    assert letter.channel is Channel.EMAIL
    assert letter.subject == SUBJECTS[kind][care]
    assert (letter.notice_id, letter.to, letter.language) == (made.id, "amina@example.org", "en")
    assert (letter.sender_name == "Online account") is care
    for text in (letter.text, letter.html):
        assert (NAME in text) is not care
        assert ("123456" in text) is (kind == "code")
        assert ("13:10" in text) is (kind == "code")
        assert ("/hertfordshire/" in text) is (not care and kind != "code")


@pytest.mark.parametrize("care", [False, True])
@pytest.mark.parametrize(("kind", "said"), [("code", "123456 is your"), ("account", "Something was changed")])
def test_a_text_says_the_same_in_short(who: tuple[Case, Person], kind: str, said: str, care: bool) -> None:
    one, amina = who
    one.service_level = "enhanced" if care else "standard"
    text: Any = letter_for(notice(
        one, amina, kind=kind, channel="sms", extra="123456" if kind == "code" else None))
    assert (text.to, text.language, text.discreet) == ("+447700900982", "en", care)
    assert said in text.text
    assert (NAME in text.text) is not care


def test_what_goes_to_an_old_contact_is_always_discreet(who: tuple[Case, Person]) -> None:
    one, amina = who
    letter: Any = letter_for(notice(one, amina, kind="account", extra="old@example.org"))
    assert (letter.to, letter.subject) == ("old@example.org", "A change in your account")
    text: Any = letter_for(notice(one, amina, kind="account", extra="07700 900111", channel="sms"))
    assert (text.to, text.discreet) == ("+447700900111", True)
    code: Any = letter_for(notice(one, amina, kind="code", extra="123456"))
    assert code.to == "amina@example.org"


def test_a_letter_is_in_the_language_that_she_chose(who: tuple[Case, Person]) -> None:
    one, amina = who
    amina.chosen_language = "cy"
    letter: Any = letter_for(notice(one, amina))
    assert letter.language == "cy"
    assert letter.subject != SUBJECTS["entry"][0]
    assert "lang=cy" in letter.text


NOT_SENT: list[tuple[dict[str, Any], dict[str, Any], dict[str, Any], str]] = [
    ({}, {"offered": False}, {}, "can no longer follow"), ({"removed": True}, {}, {}, "can no longer follow"),
    ({"locked_by": "person"}, {}, {}, "access is locked"),
    ({"locked_by": "person"}, {}, {"kind": "code", "extra": "123456"}, "access is locked"),
    ({}, {}, {"kind": "code"}, "no longer kept"),
    ({"email": None, "phone": None}, {}, {}, "no email on the record"),
    ({"phone": "1"}, {}, {"channel": "sms", "kind": "account"}, "no number on the record"),
    ({"safe_contact": '{"silent": true}'}, {}, {}, "never to be contacted")]


@pytest.mark.parametrize(("of_person", "of_case", "of_notice", "why"), NOT_SENT, ids=range(len(NOT_SENT)))
def test_why_a_letter_does_not_go(
    who: tuple[Case, Person], of_person: dict[str, Any], of_case: dict[str, Any],
    of_notice: dict[str, Any], why: str
) -> None:
    one, _ = who
    to = person(one, "P2", removed=of_person.pop("removed", False), **{
        "email": "ben@example.org", "phone": "07700 900111", **of_person})
    for name, value in of_case.items():
        setattr(one, name, value)
    db.session.flush()
    with pytest.raises(Withhold, match=why):
        letter_for(notice(one, to, **of_notice))


def test_news_of_a_locked_account_still_goes(who: tuple[Case, Person]) -> None:
    one, amina = who
    amina.locked_by = "person"
    assert letter_for(notice(one, amina, kind="account")).notice_id


STAFF = ("case_silent", "person_account", "officer_message", "break_glass", "unusual_viewing")


def test_each_kind_of_letter_to_staff_has_words_of_its_own(who: tuple[Case, Person]) -> None:
    one, _ = who
    one.offered = False
    subjects = {}
    for kind in STAFF:
        letter: Any = letter_for(notice(one, None, kind=kind, staff_id=one.staff_id))
        assert (letter.to, letter.language) == ("officer@example.org", "en")
        assert "/hertfordshire/desk/" in letter.text
        subjects[kind] = (letter.subject, letter.text)
    assert len(set(subjects.values())) == len(STAFF)
    one.offered = True
    with pytest.raises(Withhold, match="shown online again"):
        letter_for(notice(one, None, kind="case_silent", staff_id=one.staff_id))
    mute = staff("CID")
    with pytest.raises(Withhold, match="no email on the record"):
        letter_for(notice(one, None, kind="officer_message", staff_id=mute.id))


@pytest.mark.parametrize(("kind", "to_staff", "channel"), [
    ("rumour", False, "email"), ("rumour", True, "email"), ("", False, "email"), ("../letter", True, "email"),
    ("case_silent", False, "email"), ("officer_message", False, "sms"), ("entry", True, "email"),
    ("code", True, "email")])
def test_a_notice_that_has_no_words_is_an_error_that_names_its_kind(
    who: tuple[Case, Person], kind: str, to_staff: bool, channel: str
) -> None:
    one, amina = who
    made = notice(one, None if to_staff else amina, kind=kind, channel=channel,
                  staff_id=one.staff_id if to_staff else None, extra="123456")
    with pytest.raises(UnknownKind, match=re.escape(f"'{kind}'")):
        letter_for(made)


@pytest.mark.parametrize("care", [False, True])
def test_words_with_care_cannot_show_the_force_even_if_they_are_written_to(
    app: Flask, who: tuple[Case, Person], monkeypatch: pytest.MonkeyPatch, care: bool
) -> None:
    one, amina = who
    one.service_level = "enhanced" if care else "standard"
    tells = "".join(
        f"{{% block {block} %}}News{{{{ sender }}}}{{{{ phone }}}}{{{{ portal }}}}{{% endblock %}}"
        for block in ("subject", "opening", "steps", "link"))
    careless = {f"letters/entry/{manner}.txt": f"{{% extends 'letters/{manner}.txt' %}}{tells}"
                for manner in ("named", "discreet")}
    loader = ChoiceLoader([DictLoader(careless), app.jinja_env.loader])  # type: ignore[list-item]
    monkeypatch.setattr(app.jinja_env, "loader", loader)
    monkeypatch.setattr(app.jinja_env, "cache", {})
    monkeypatch.setattr(app.jinja_env, "of_languages", {})
    letter: Any = letter_for(notice(one, amina))
    assert (letter.subject == "News") is care
    for text in (letter.subject, letter.text, letter.html):
        assert "News" in text
        for telling in (NAME, "101", "portal.test"):
            assert (telling in text) is not care


def test_a_code_says_until_when_it_works_by_the_clock_in_london() -> None:
    assert code_until(NOW) == "13:10"
    assert code_until(NOW + timedelta(days=180)) == "12:10"
