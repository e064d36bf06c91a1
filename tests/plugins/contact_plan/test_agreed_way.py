"""The agreed way steers by what news goes first and what the officer reads; by itself it keeps nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask

from core.base import clock
from core.cases.models import Person
from core.commitments.models import Commitment
from core.hookspecs import AgreedWay, Channel, NoticeReport
from core.notices.letters import letter_for
from core.notices.models import Notice
from core.notices.reports import delivery_report
from core.storage.db import db, force_scope
from plugins.contact_plan.plans import agree
from plugins.contact_plan.rhythm import Every
from tests.conftest import HERTS
from tests.pages import shown
from tests.people import Met, officer_browser
from tests.plugins.contact_plan.agreed import NOW
from tests.plugins.officer_desk.one_case import at, publish
from tests.rows import rows

EMAIL, PHONE = "amina@example.org", "07700 900982"
CALL, MAIL, TEXT, PORTAL = AgreedWay.CALL, AgreedWay.EMAIL, AgreedWay.TEXT, AgreedWay.PORTAL


@pytest.fixture
def her(app: Flask, met: Met) -> Iterator[Met]:
    """With an address and a number, in the scope of her force."""
    with app.app_context(), force_scope(HERTS):
        known(met, EMAIL, PHONE)
        yield met


def known(met: Met, email: str | None, phone: str | None, **safe: Any) -> None:
    one = db.session.get_one(Person, (HERTS, met.people["P1"]))
    one.email, one.phone, one.safe_contact = email, phone, json.dumps(safe)
    db.session.commit()


def chooses(met: Met, *ways: AgreedWay) -> None:
    for way in ways:
        agree(met.case, met.people["P1"], Every.EVERY_28_DAYS, way)
        db.session.commit()


def news(met: Met, **more: Any) -> Notice:
    made = Notice(**{
        "id": uuid4(), "kind": "entry", "channel": "email", "cause_id": uuid4(), "case_id": met.case,
        "person_id": met.people["P1"], "state": "due", "tries": 1, "unsure": 0, "made_at": NOW,
        "due_at": NOW, **more})
    db.session.add(made)
    db.session.flush()
    return made


# --- by what news goes first ----------------------------------------------------------------------


@pytest.mark.parametrize(("ways", "email", "phone", "safe", "channel"), [
    ([], EMAIL, PHONE, {}, Channel.EMAIL),
    ([MAIL], EMAIL, PHONE, {}, Channel.EMAIL),
    ([TEXT], EMAIL, PHONE, {}, Channel.TEXT),
    ([TEXT, MAIL], EMAIL, PHONE, {}, Channel.EMAIL),  # what was agreed last
    ([MAIL, TEXT], EMAIL, PHONE, {}, Channel.TEXT),
    ([CALL], EMAIL, PHONE, {}, Channel.EMAIL),
    ([PORTAL], EMAIL, PHONE, {}, Channel.EMAIL),  # news is told at once, whatever was agreed
    ([TEXT], EMAIL, None, {}, Channel.EMAIL),
    ([TEXT], EMAIL, PHONE, {"channels": ["email"]}, Channel.EMAIL),  # safety before what was agreed
    ([MAIL], None, PHONE, {}, Channel.TEXT),
    ([MAIL], EMAIL, PHONE, {"channels": ["sms"]}, Channel.TEXT),
], ids=str)
def test_news_goes_first_in_the_agreed_way_if_that_is_safe_and_possible(
    her: Met, ways: list[AgreedWay], email: str | None, phone: str | None, safe: dict[str, Any],
    channel: Channel,
) -> None:
    chooses(her, *ways)
    known(her, email, phone, **safe)
    made = news(her)
    assert (letter_for(made).channel, made.channel) == (channel, channel)


def test_a_text_that_did_not_arrive_is_followed_by_an_email_and_not_by_a_text(her: Met) -> None:
    chooses(her, TEXT)
    first = news(her)
    letter_for(first)
    db.session.commit()
    delivery_report(first.id, NoticeReport.FAILED, clock.now(), "no such number")
    db.session.commit()
    second = db.session.query(Notice).filter(Notice.cause_id == first.cause_id, Notice.id != first.id).one()
    assert letter_for(second).channel is Channel.EMAIL


# --- what the officer reads -----------------------------------------------------------------------


@pytest.mark.parametrize(("ways", "safe", "words"), [
    ([], {}, "Contact them by"),
    ([CALL], {}, "Call them, as agreed by"),
    ([MAIL], {}, "Write to them, as agreed: they hear of it by email by"),
    ([TEXT], {}, "Write to them, as agreed: they hear of it by text message by"),
    ([PORTAL], {}, "Write to them, as agreed: they look in the portal by"),
    ([CALL], {"channels": ["email"]}, "Contact them by"),  # a call is not safe any more
    ([CALL], {"silent": True}, "They look in the portal themselves. Write an update by"),
], ids=str)
def test_the_officer_reads_in_which_way_contact_was_agreed_as_long_as_it_is_safe(
    app: Flask, her: Met, ways: list[AgreedWay], safe: dict[str, Any], words: str
) -> None:
    chooses(her, *ways)
    known(her, EMAIL, PHONE, **safe)
    assert words in shown(officer_browser(app, her.staff), at(her))


def test_an_update_that_reached_her_keeps_the_promise_and_the_next_call_is_agreed_still(
    app: Flask, her: Met
) -> None:
    chooses(her, CALL)
    with clock.travel(NOW + timedelta(days=7)):
        desk = officer_browser(app, her.staff)
        assert publish(desk, her, text="We looked at the camera.").status_code == 303
        [letter] = rows(app, Notice, Notice.person_id == her.people["P1"])
        delivery_report(letter.id, NoticeReport.SENT, clock.now())
        db.session.commit()
        assert "Call them, as agreed by" in shown(desk, at(her))
    kept = rows(app, Commitment, Commitment.rule == "plan")
    assert sorted(one.state for one in kept) == ["kept", "open"]
