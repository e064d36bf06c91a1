"""A passkey takes the place of the code: for its own person, at its own force, and never alone."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from core.base import clock
from core.notices.models import Notice
from core.storage.db import db, force_scope
from core.testing import allocated, event, person, recorded
from plugins.passkeys import challenge
from plugins.passkeys.models import Passkey
from tests.authenticator import PRESENT, Authenticator
from tests.conftest import AVON, HERTS
from tests.pages import Browser
from tests.people import meet, person_browser, take
from tests.plugins.passkeys.hers import (
    BOTH,
    ELSEWHERE,
    HERS,
    HIS,
    LATER,
    THERE,
    add,
    details,
    options_of,
    use,
)
from tests.rows import rows
from tests.security.audited import audited
from tests.security.checklist import requirement


@audited("passkeys_changed", "passkeys_listed", "passkeys_tried", "passkeys_tried:right")
def test_she_adds_a_passkey_and_signs_in_with_it_and_her_details(app: Flask) -> None:
    take(app, recorded(), allocated())
    device = add(app)
    hers = details(app)
    assert use(hers, device) == 303
    hers.get("/your-account/visits")
    assert hers.page and "with a passkey" in hers.page.text
    hers.get("/passkeys")
    assert hers.page and "My phone" in hers.page.text and "Last used on" in hers.page.text
    assert [row.transports for row in rows(app, Passkey)] == ["internal"]


@requirement("A13")
def test_she_sees_that_somebody_added_one_while_they_held_her_phone(app: Flask) -> None:
    take(app, recorded(people=BOTH), allocated())
    hers, other = person_browser(app, meet(app)), person_browser(app, meet(app), "P2")
    hers.get("/your-account/visits")
    assert hers.page and "passkey" not in hers.page.text
    held = person_browser(app, meet(app))
    held.client.environ_base["HTTP_USER_AGENT"] = "Mozilla/5.0 (iPhone) Mobile/15E148 Safari/604.1"
    add(app, browser=held)
    hers.get("/your-account/visits")
    assert hers.page and "A passkey was added on a phone, Safari." in hers.page.text
    assert f"/{HERTS}/passkeys" in hers.page.links
    other.get("/your-account/visits")
    assert other.page and "passkey" not in other.page.text


def test_a_case_that_becomes_sensitive_makes_a_new_one_wait(app: Flask) -> None:
    take(app, recorded(), allocated())
    device = add(app)
    take(app, event("person.amended", time=LATER, person=person(safe_contact={"words": "discreet"})))
    assert use(details(app), device) == 400
    shown = re.compile(r"works only after \d+ [A-Z]")
    assert shown.search(person_browser(app, meet(app)).get("/passkeys").text)
    with clock.travel(clock.now() + timedelta(hours=24, minutes=1)):
        assert not shown.search(person_browser(app, meet(app)).get("/passkeys").text)
        assert use(details(app), device) == 303


@requirement("A11")
@pytest.mark.parametrize(("whom", "told"), [
    ({}, ["account by email"]),
    ({"email": None, "phone": "07700 900001"}, ["account by sms"]),
    ({"safe_contact": {"silent": True}}, ["account by email", "person_account by email"]),
], ids=["email", "phone only", "no contact"])
def test_somebody_hears_of_every_passkey(app: Flask, whom: dict[str, Any], told: list[str]) -> None:
    """Who says "never write to her" and then adds one is not alone with it."""
    take(app, recorded(people=[person(**whom)]), allocated())
    add(app)
    with app.app_context(), force_scope(HERTS):
        rows = db.session.scalars(sa.select(Notice).order_by(Notice.kind))
        assert [f"{row.kind} by {row.channel}" for row in rows] == told


@requirement("A1")
def test_a_passkey_without_the_right_details_opens_nothing(app: Flask) -> None:
    take(app, recorded(), allocated())
    device = add(app)
    wrong = details(app, {**HERS, "surname": "Smith"})
    assert use(wrong, device) == 400
    nobody = Browser(app, HERTS)
    assert nobody.post("/sign-in/passkey-options", form_at="/sign-in").status_code == 404
    assert use(details(app), device) == 303


def test_somebody_elses_passkey_does_not_open_her_case(app: Flask) -> None:
    take(app, recorded(people=BOTH), allocated())
    his, hers = add(app, "P2"), add(app, "P1")
    assert use(details(app, HERS), his) == 400
    assert use(details(app, HIS), hers) == 400
    assert use(details(app, HIS), his) == 303
    assert use(details(app, HERS), hers) == 303


@audited("passkeys_tried:wrong")
@requirement("C5", "D4")
def test_a_passkey_of_one_force_opens_nothing_at_another(app: Flask) -> None:
    take(app, recorded(), allocated())
    take(app, recorded(ELSEWHERE, district="bristol"), allocated(ELSEWHERE), force=AVON)
    device = add(app)
    assert use(details(app, THERE, force=AVON), device) == 400
    there = add(app, force=AVON)
    assert there.handle != device.handle
    assert use(details(app), there) == 400
    assert use(details(app, THERE, force=AVON), there) == 303


SPOILT: dict[str, dict[str, Any]] = {
    "nobody unlocked the device": {"flags": PRESENT},
    "another website asked": {"origin": "https://example.com"},
    "another website's passkey": {"rp_id": "example.com"},
    "another person's handle": {"handle": bytes(32)},
    "another key": {"key": Authenticator().key},
    "a passkey that nobody added": {"credential_id": bytes(32)},
}


@pytest.mark.parametrize("spoilt", SPOILT.values(), ids=list(SPOILT))
def test_what_is_not_right_in_every_part_opens_nothing(app: Flask, spoilt: dict[str, Any]) -> None:
    take(app, recorded(), allocated())
    device = add(app)
    kept = {name: getattr(device, name) for name in spoilt}
    for name, value in spoilt.items():
        setattr(device, name, value)
    assert use(details(app), device) == 400
    for name, value in kept.items():
        setattr(device, name, value)
    assert use(details(app), device) == 303


def test_a_challenge_holds_once_for_five_minutes_in_its_own_browser(app: Flask) -> None:
    take(app, recorded(), allocated())
    device, first, thief, late, twice = add(app), *(details(app) for _ in range(4))
    options = options_of(first)
    options_of(thief)
    assert use(thief, device, options) == 400
    assert use(first, device, options) == 303
    old = options_of(late)
    with clock.travel(clock.now() + challenge.LASTS + timedelta(seconds=1)):
        assert use(late, device, old) == 400
    proof = device.signed(options_of(twice))
    refused = twice.post("/sign-in/code", {"passkey": "{}"})
    assert refused.status_code == 400
    assert refused.text.count("The passkey did not work. You can use a code instead.") > 1  # one is hidden
    assert "That code is not right" not in refused.text
    with clock.travel(clock.now() + timedelta(minutes=3)):
        assert twice.post("/sign-in/code", {"passkey": proof}).status_code == 400


def test_the_same_is_offered_to_everybody_whatever_they_typed(app: Flask) -> None:
    take(app, recorded(), allocated())
    add(app)
    seen = []
    for given_ in (HERS, {**HERS, "surname": "Smith"}, {**HERS, "crime_reference": "41/9/24"}):
        browser = details(app, given_)
        browser.get("/sign-in/code")
        assert browser.page and "Use a passkey" in browser.page.text
        options = options_of(browser)
        assert len(options.pop("challenge")) > 40
        seen.append(options)
    assert seen[0] == seen[1] == seen[2]
    assert seen[0]["allowCredentials"] == [] and seen[0]["userVerification"] == "required"


def test_a_counter_that_goes_back_ends_the_passkey_and_she_is_told(app: Flask) -> None:
    take(app, recorded(), allocated())
    device = add(app, device=Authenticator(count=5))
    device.count = 9
    assert use(details(app), device) == 303
    device.count = 7
    assert use(details(app), device) == 400
    device.count = 20
    assert use(details(app), device) == 400
    hers = person_browser(app, meet(app))
    hers.get("/passkeys")
    assert hers.page and "It seems to be on two devices" in hers.page.text
    with app.app_context(), force_scope(HERTS):
        kinds = [one.kind for one in db.session.scalars(sa.select(Notice).order_by(Notice.id))]
        assert kinds.count("account") == 2 and kinds.count("person_account") == 1


def test_nobody_ends_a_passkey_by_a_counter_without_its_key(app: Flask) -> None:
    take(app, recorded(), allocated())
    device = add(app, device=Authenticator(count=5))
    forged = Authenticator(credential_id=device.credential_id, handle=device.handle, count=1)
    assert use(details(app), forged) == 400
    device.count = 6
    assert use(details(app), device) == 303
