"""Where codes go and how often: by safe ways, to ordinary numbers, seldom, and never to a typed address."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from core.base import clock
from core.base.installation import installation
from core.hookspecs import Channel
from core.notices.models import Notice
from core.plugin_host.host import host
from core.storage.db import db, force_scope
from core.testing import event, person, recorded
from plugins.sign_in import rules
from tests.conftest import HERTS
from tests.people import take
from tests.plugins.sign_in.ways_in import (
    NOON,
    begin,
    details,
    looks_in,
    post_of,
    texts_set,
    why_withheld,
)
from tests.rows import rows
from tests.security.checklist import requirement

MOBILE, PLAIN = "07400 123456", "+447400123456"
SMS = {"channels": ["sms"]}


def asked(app: Flask, *moments: timedelta, address: str = "198.51.100.") -> Any:
    """Codes asked for from a new address each time; what was sent."""
    with post_of(app) as post:
        for number, moment in enumerate(moments):
            with clock.travel(NOON + moment):
                with app.app_context(), force_scope(HERTS):
                    begin(f"{address}{number}")
                looks_in(app)
        return post


def recorded_at_noon(app: Flask, **more: Any) -> None:
    with clock.travel(NOON):
        take(app, recorded(people=[person(**more)]))


@requirement("A15")
def test_a_code_goes_by_text_when_that_is_the_safe_way(app: Flask) -> None:
    recorded_at_noon(app, phone=MOBILE, safe_contact=SMS)
    post = asked(app, timedelta())
    assert post.letters == [] and post.sent_to == [PLAIN]
    text = post.texts[0]
    assert "is your Hertfordshire Constabulary sign-in code. It works until 12:11" in text.text
    assert not text.discreet and len(text.text) <= 160


@pytest.mark.parametrize(("more", "ways"), [
    ({"phone": MOBILE}, ["amina1@example.com"]),
    ({"phone": MOBILE, "email": None}, [PLAIN]),
    ({"phone": MOBILE, "safe_contact": {"channels": ["sms", "email"]}}, [PLAIN]),
    ({"phone": MOBILE, "safe_contact": {"channels": ["post", "phone"]}}, []),
    ({"phone": MOBILE, "safe_contact": {"silent": True}}, []),
    ({"phone": "01923 123456", "safe_contact": {"channels": ["sms", "email"]}}, ["amina1@example.com"]),
    ({"email": None}, []),
])
def test_the_safe_contact_says_by_which_way(app: Flask, more: Any, ways: list[str]) -> None:
    recorded_at_noon(app, **more)
    assert asked(app, timedelta()).sent_to == ways
    if not ways:
        assert why_withheld(app) == ["no safe way to reach the person is on the record"]


def test_a_discreet_text_says_nothing_of_police_and_speaks_the_persons_language(app: Flask) -> None:
    recorded_at_noon(
        app, phone=MOBILE, language="cy", safe_contact={"channels": ["sms"], "words": "discreet"}
    )
    text = asked(app, timedelta()).texts[0]
    assert text.discreet and text.language == "cy"
    assert text.text.endswith("yw eich cod. Mae'n gweithio tan 12:11.")


def test_a_force_without_a_plugin_for_texts_sends_the_code_by_email(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded_at_noon(app, phone=MOBILE, safe_contact={"channels": ["sms", "email"]})
    with app.app_context(), force_scope(HERTS), clock.travel(NOON):
        asking = host().get(HERTS).hook
        assert asking.channels() == {*Channel}
        monkeypatch.setattr(type(asking), "channels", lambda self: frozenset({Channel.EMAIL}))
        begin()
    assert [one.channel for one in rows(app, Notice)] == ["email"]


@requirement("A10")
@pytest.mark.parametrize("number", [
    "0900 123 4567", "0911 234 5678", "070 1234 5678", "076 1234 5678", "07624 123456", "07781 123456",
    "+33 6 12 34 56 78", "0033 612345678", "+1 900 555 0199", "118 118", "0845 123 4567", "020 7946 0000",
    "07400 123456 x9", "999", "not a number",
])
def test_premium_foreign_and_other_numbers_get_no_text(app: Flask, number: str) -> None:
    recorded_at_noon(app, email=None, phone=number)
    post = asked(app, timedelta())
    assert post.sent_to == [] and rows(app, Notice) == []


@requirement("A10")
def test_a_number_that_the_force_allows_gets_one(app: Flask) -> None:
    recorded_at_noon(app, email=None, phone="+353 85 012 3456")
    with texts_set(app, also_to=("+353",)):
        assert asked(app, timedelta()).sent_to == ["+353850123456"]


@requirement("A10")
@pytest.mark.parametrize("more", [{}, {"phone": MOBILE, "safe_contact": SMS}], ids=["email", "text"])
def test_a_flood_from_everywhere_sends_three_an_hour_and_six_a_day(app: Flask, more: Any) -> None:
    recorded_at_noon(app, **more)
    hours = [timedelta(hours=hour, minutes=minute) for hour in range(6) for minute in range(0, 50, 8)]
    post = asked(app, *hours)
    assert len(hours) == 42
    assert len(post.sent_to) == 6
    assert [one.made_at.hour for one in rows(app, Notice)] == [12] * 3 + [13] * 3
    assert set(why_withheld(app)) == {"send limit: 3 an hour", "send limit: 6 a day"}


@requirement("A10")
def test_two_people_with_one_mailbox_share_its_limit(app: Flask) -> None:
    both = [person(1, email="home@example.com"),
            person(2, email="HOME@example.com", name={"given": "Noor", "family": "Malik"})]
    with clock.travel(NOON):
        take(app, recorded(people=both))
    with clock.travel(NOON), app.app_context(), force_scope(HERTS):
        for number in range(6):
            begin(f"198.51.100.{number}", surname=("Khan", "Malik")[number % 2])
    assert len(rows(app, Notice)) == 3


@requirement("A10")
def test_one_address_can_ask_for_two_of_them_only(app: Flask) -> None:
    recorded_at_noon(app)
    with clock.travel(NOON), app.app_context(), force_scope(HERTS):
        for _ in range(5):
            begin("203.0.113.9")
        begin("198.51.100.1")
    assert len(rows(app, Notice)) == 3
    assert set(why_withheld(app)) == {"send limit: 2 an hour from one address"}


@requirement("A10")
def test_nothing_goes_for_wrong_details(app: Flask) -> None:
    recorded_at_noon(app)
    with clock.travel(NOON), app.app_context(), force_scope(HERTS):
        begin(surname="Cole")
        begin(postcode="AL1 1AA")
        begin(crime_reference="41/2/24")
    assert rows(app, Notice) == []


@requirement("A10")
def test_texts_end_at_the_forces_spend_limit_and_email_goes_on(app: Flask) -> None:
    safe = {"channels": ["sms", "email"]}
    people = [person(n, phone=f"0740012345{n}", safe_contact=safe, name={"family": f"Khan{n}"})
              for n in range(1, 5)]
    with clock.travel(NOON):
        take(app, recorded(people=people))
    with texts_set(app, per_day=2), clock.travel(NOON), app.app_context(), force_scope(HERTS):
        for number in range(1, 5):
            begin(surname=f"Khan{number}")
    assert [one.channel for one in rows(app, Notice)] == ["sms", "sms", "email", "email"]


@requirement("A14")
@pytest.mark.parametrize(("at_first", "then", "why"), [
    (SMS, {"channels": ["email"]}, "text is not a safe channel for this person"),
    ({"channels": ["email"]}, SMS, "email is not a safe channel for this person"),
    (SMS, {"silent": True}, "the person is never to be contacted"),
])
def test_a_code_that_waits_is_not_sent_by_a_way_that_is_no_longer_safe(
    app: Flask, at_first: Any, then: Any, why: str
) -> None:
    recorded_at_noon(app, phone=MOBILE, safe_contact=at_first)
    with clock.travel(NOON), app.app_context(), force_scope(HERTS):
        begin()
    changed = person(phone=MOBILE, safe_contact=then)
    with clock.travel(NOON + timedelta(seconds=1)):
        take(app, event("person.amended", time="2026-03-04T11:00:00Z", person=changed))
        with post_of(app) as post:
            looks_in(app)
    assert post.sent_to == []
    assert [(one.state, one.reason, one.extra_sealed) for one in rows(app, Notice)] == [
        ("withheld", why, None)
    ]


@requirement("A5")
def test_what_follows_from_details_happens_at_a_moment_that_chance_chooses(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker's work for a letter would else slow down the very next answers to who asked."""
    recorded_at_noon(app)
    monkeypatch.setattr("plugins.sign_in.rules.SEND_WITHIN", 3000)
    with clock.travel(NOON), app.app_context(), force_scope(HERTS):
        for number, surname in enumerate(("Khan", "Nobody") * 2):
            attempt = rules.begin(details(surname=surname), address=f"198.51.100.{number}")
            rules.look_into(str(attempt))
        db.session.commit()
    assert rows(app, Notice) == []
    engine = sa.create_engine(str(installation(app).settings.owner_database_url))
    with engine.connect() as connection:
        moments = connection.scalars(sa.text(
            "SELECT scheduled_at FROM procrastinate_jobs WHERE task_name LIKE '%sign_in_send'"
        )).all()
    engine.dispose()
    waits = {(moment - NOON).total_seconds() for moment in moments}
    assert len(moments) == 4 and len(waits) > 1 and all(0 < wait <= 3 for wait in waits)
