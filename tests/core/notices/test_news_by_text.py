"""News goes by email where that is safe and possible, else by text; by one of them, at safe hours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask

from core.base import clock
from core.cases.models import Case, Person
from core.hookspecs import AgreedWay, Channel, hookimpl
from core.notices.letters import Withhold, letter_for
from core.notices.models import Notice
from core.storage.db import db, force_scope
from tests.conftest import HERTS
from tests.core.plugin_host.hostile import at_hertfordshire
from tests.rows import case, person, staff

NOW = datetime(2024, 6, 12, 12, tzinfo=UTC)
GSM = set("@£$¥èéùìòÇØøÅåÆæßÉ !\"#%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà"
          "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
EMAIL, PHONE = "amina@example.org", "07700 900982"


@pytest.fixture
def who(app: Flask) -> Iterator[tuple[Case, Person]]:
    with clock.travel(NOW), app.app_context(), force_scope(HERTS):
        one = case(staff("CID"))
        yield one, person(one, email=EMAIL, phone=PHONE)


def notice(one: Case, to: Person, **more: Any) -> Notice:
    found = Notice(**{
        "id": uuid4(), "kind": "entry", "channel": "email", "cause_id": uuid4(), "case_id": one.id,
        "person_id": to.id, "state": "due", "tries": 1, "unsure": 0, "made_at": NOW, "due_at": NOW, **more})
    db.session.add(found)
    db.session.flush()
    return found


@pytest.mark.parametrize(("email", "phone", "record", "channel"), [
    (EMAIL, PHONE, None, Channel.EMAIL), (None, PHONE, None, Channel.TEXT),
    (EMAIL, None, None, Channel.EMAIL),
    (EMAIL, PHONE, '{"channels": ["sms"]}', Channel.TEXT),
    (EMAIL, PHONE, '{"channels": ["sms", "email"]}', Channel.EMAIL),
    ("no address", PHONE, None, Channel.TEXT)])
def test_news_goes_by_email_else_by_text(
    who: tuple[Case, Person], email: str | None, phone: str | None, record: str | None, channel: Channel
) -> None:
    one, amina = who
    amina.email, amina.phone, amina.safe_contact = email, phone, record
    made = notice(one, amina)
    letter = letter_for(made)
    assert (letter.channel, made.channel) == (channel, channel)
    assert letter.to == ("+447700900982" if channel is Channel.TEXT else EMAIL)


@pytest.mark.parametrize(("email", "phone", "record", "why"), [
    (None, PHONE, '{"channels": ["email"]}', "no email on the record that letters can be sent to"),
    (EMAIL, None, '{"channels": ["sms"]}', "email is not a safe channel for this person"),
    (EMAIL, PHONE, '{"channels": ["post"]}', "email is not a safe channel for this person"),
    (None, PHONE, '{"silent": true}', "the person is never to be contacted"),
    (None, PHONE, '{"not_before": "18:00"}', "outside safe hours")])
def test_what_is_not_safe_does_not_go_and_the_notice_says_why(
    who: tuple[Case, Person], email: str | None, phone: str | None, record: str, why: str
) -> None:
    one, amina = who
    amina.email, amina.phone, amina.safe_contact = email, phone, record
    made = notice(one, amina)
    with pytest.raises(Withhold) as withheld:
        letter_for(made)
    assert withheld.value.why == why
    assert bool(withheld.value.until) is (why == "outside safe hours")
    assert made.channel == "email"


def test_who_is_locked_out_gets_no_text(who: tuple[Case, Person]) -> None:
    one, amina = who
    amina.email, amina.locked_by = None, "person"
    with pytest.raises(Withhold, match="locked"):
        letter_for(notice(one, amina))


def test_what_was_perhaps_sent_by_email_is_not_sent_by_text(who: tuple[Case, Person]) -> None:
    one, amina = who
    amina.safe_contact = '{"channels": ["sms"]}'
    with pytest.raises(Withhold, match="email is not a safe channel"):
        letter_for(notice(one, amina, unsure=1))


def test_the_same_news_does_not_go_by_text_twice(who: tuple[Case, Person]) -> None:
    one, amina = who
    amina.email = None
    first = notice(one, amina, channel="sms", state="failed")
    with pytest.raises(Withhold, match="no email"):
        letter_for(notice(one, amina, cause_id=first.cause_id))


@pytest.mark.parametrize("language", ["en", "cy"])
@pytest.mark.parametrize("care", [False, True])
@pytest.mark.parametrize("kind", ["entry", "message"])
def test_a_text_is_short_and_says_no_more_than_a_letter(
    who: tuple[Case, Person], kind: str, care: bool, language: str
) -> None:
    one, amina = who
    amina.email, amina.language = None, language
    one.service_level = "enhanced" if care else "standard"
    letter = letter_for(notice(one, amina, kind=kind))
    assert letter.discreet is care
    assert len(letter.text) <= 160
    for word in ("http", "victim", "dioddefwr", one.crime_reference):
        assert word not in letter.text
    assert ("Hertfordshire" in letter.text) is not care
    if care:
        assert "neges" not in letter.text and "message" not in letter.text and "heddlu" not in letter.text
    assert set(letter.text) <= GSM, set(letter.text) - GSM
    assert ("Mae " in letter.text or "mae " in letter.text) is (language == "cy")


@pytest.mark.parametrize(("agreed", "channel"), [
    (AgreedWay.TEXT, Channel.TEXT), (AgreedWay.EMAIL, Channel.EMAIL), (AgreedWay.CALL, Channel.EMAIL),
    (None, Channel.EMAIL)])
def test_what_was_agreed_goes_first_and_whoever_has_no_choice_is_not_asked(
    app: Flask, who: tuple[Case, Person], agreed: AgreedWay | None, channel: Channel
) -> None:
    one, amina = who
    asked: list[tuple[UUID, UUID]] = []

    def agreed_way(case_id: UUID, person_id: UUID) -> AgreedWay | None:
        asked.append((case_id, person_id))
        return agreed

    with at_hertfordshire(app, agreed_way=hookimpl(agreed_way)):
        assert letter_for(notice(one, amina)).channel is channel
        assert asked == [(one.id, amina.id)]
        amina.phone = None
        assert letter_for(notice(one, amina)).channel is Channel.EMAIL
        assert len(asked) == 1
