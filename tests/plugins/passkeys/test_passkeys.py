"""A passkey takes the place of the code: for its own person, at its own force, and never alone."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.base import clock
from core.base.settings import Settings
from core.cases import people
from core.notices.models import Notice
from core.storage.db import db, force_scope
from plugins.passkeys import challenge
from plugins.passkeys.models import Passkey
from tests.authenticator import PRESENT, Authenticator
from tests.builders import allocated, event, person, recorded
from tests.conftest import AVON, HERTS
from tests.pages import Browser
from tests.people import meet, person_browser, take
from tests.plugins.sign_in.test_sign_in import RIGHT
from tests.security.audited import audited
from tests.security.checklist import requirement

HERS = {**RIGHT}
HIS = {**RIGHT, "surname": "Okafor", "date_of_birth-day": "1", "postcode": "AL1 1AA"}
BOTH = [person(), person(2, name={"given": "Ben", "family": "Okafor"}, date_of_birth="1980-05-01",
                         postcode="AL1 1AA")]
ELSEWHERE = "5224000001"
THERE = {**RIGHT, "crime_reference": ELSEWHERE}
LATER = "2024-03-09T10:00:00Z"


def add(app: Flask, name: str = "P1", *, force: str = HERTS, device: Authenticator | None = None,
        browser: Browser | None = None) -> Authenticator:
    """The person adds a passkey, signed in just now."""
    subject = ELSEWHERE if force == AVON else "41/1/24"
    browser = browser or person_browser(app, meet(app, subject, force=force), name, force=force)
    device = device or Authenticator()
    options = browser.post("/passkeys/options", form_at="/passkeys")
    assert options.status_code == 200, options.status
    answer = browser.post("/passkeys", {"passkey": device.made(options.json), "name": "My phone"})
    assert answer.status_code == 303, browser.page and browser.page.text
    return device


def details(app: Flask, given: dict[str, str] = HERS, *, force: str = HERTS) -> Browser:
    browser = Browser(app, force)
    browser.post("/sign-in", given)
    return browser


def options_of(browser: Browser) -> dict[str, Any]:
    answer = browser.post("/sign-in/passkey-options", form_at="/sign-in/code")
    found: dict[str, Any] = answer.json
    return found


def use(browser: Browser, device: Authenticator, options: dict[str, Any] | None = None) -> int:
    proof = device.signed(options or options_of(browser))
    device.count += 1
    return browser.post("/sign-in/code", {"passkey": proof}).status_code


def stored(app: Flask) -> list[Passkey]:
    with app.app_context(), force_scope(HERTS):
        return list(db.session.scalars(sa.select(Passkey).order_by(Passkey.id)))


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
    assert [row.transports for row in stored(app)] == ["internal"]


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


def test_adding_one_needs_both_steps_in_the_last_ten_minutes(app: Flask) -> None:
    take(app, recorded(), allocated())
    with clock.travel(clock.now() - timedelta(minutes=11)):
        stale = person_browser(app, meet(app))
    stale.get("/passkeys")
    assert stale.page and "sign in again first" in stale.page.text
    assert stale.post("/passkeys/options", form_at="/passkeys").status_code == 403
    assert stale.post("/passkeys", {"passkey": "{}", "name": "x"}).status_code == 403
    add(app)
    assert len(stored(app)) == 1


def test_where_care_is_needed_it_works_after_a_day(app: Flask) -> None:
    take(app, recorded(service_level="enhanced"), allocated())
    device = add(app)
    assert use(details(app), device) == 400
    with app.app_context(), force_scope(HERTS):
        assert db.session.scalars(sa.select(Notice.kind).where(Notice.person_id.is_not(None),
                                  Notice.kind != "code")).all() == ["account"]
    with clock.travel(clock.now() + timedelta(hours=24, minutes=1)):
        assert use(details(app), device) == 303


@requirement("A13")
def test_a_lock_ends_every_passkey_made_before_it(app: Flask) -> None:
    take(app, recorded(), allocated())
    device, met = add(app), meet(app)
    for how in ("lock", "unlock"):
        with app.app_context(), force_scope(HERTS):
            if how == "lock":
                people.lock_access(met.people["P1"], by="officer")
            else:
                people.unlock_access(met.people["P1"], how="in_person")
            db.session.commit()
        assert use(details(app), device) == 400
    assert use(details(app), add(app)) == 303


@requirement("A11")
def test_another_email_on_the_record_ends_what_was_added_through_the_old_one(app: Flask) -> None:
    take(app, recorded(), allocated())
    device = add(app)
    take(app, event("person.amended", time=LATER, person=person(email="new@example.org")))
    assert use(details(app), device) == 400
    assert use(details(app), add(app)) == 303


def test_she_renames_and_removes_her_own_and_nobody_elses(app: Flask) -> None:
    take(app, recorded(people=BOTH), allocated())
    add(app, "P1")
    met, mine = meet(app), stored(app)[0].id
    his, hers = person_browser(app, met, "P2"), person_browser(app, met)
    for browser, code in ((his, 404), (hers, 303)):
        named = browser.post(f"/passkeys/{mine}/name", {"name": "Tablet"}, form_at="/passkeys")
        assert named.status_code == code
    assert hers.post(f"/passkeys/{mine}/name", {"name": " "}, form_at="/passkeys").status_code == 400
    assert hers.post(f"/passkeys/{uuid4()}/remove", form_at="/passkeys").status_code == 404
    with app.app_context(), force_scope(HERTS):
        assert db.session.scalars(sa.select(Passkey)).one().name == "Tablet"
    assert his.post(f"/passkeys/{mine}/remove", form_at="/passkeys").status_code == 404
    assert hers.post(f"/passkeys/{mine}/remove", form_at="/passkeys").status_code == 303
    assert stored(app) == []


def test_one_device_is_added_once_and_only_with_a_fresh_challenge(app: Flask) -> None:
    take(app, recorded(people=BOTH), allocated())
    device = add(app)
    hers = person_browser(app, meet(app))
    options = hers.post("/passkeys/options", form_at="/passkeys").json
    assert [one["id"] for one in options["excludeCredentials"]]
    again = device.made(options)
    assert hers.post("/passkeys", {"passkey": again, "name": "Again"}).status_code == 400
    other = Authenticator().made(options)
    assert hers.post("/passkeys", {"passkey": other, "name": "Late"}).status_code == 400
    assert len(stored(app)) == 1


def test_devices_are_shown_no_police_where_letters_do_not_mention_them(app: Flask) -> None:
    take(app, recorded(people=[person(safe_contact={"words": "neutral"})]), allocated())
    hers = person_browser(app, meet(app))
    options = hers.post("/passkeys/options", form_at="/passkeys").json
    names = {options["rp"]["name"], options["user"]["name"], options["user"]["displayName"]}
    assert names == {"Online account"}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(proof=st.one_of(st.text(max_size=50), st.recursive(
    st.none() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["id", "rawId", "type", "response", "userHandle", "clientDataJSON"]), inner),
    max_leaves=8).map(json.dumps)))
def test_no_answer_of_a_device_makes_a_page_fail(app: Flask, proof: str) -> None:
    with app.test_request_context("/"), force_scope(HERTS):
        from plugins.passkeys import rules

        challenge.new("use")
        assert rules.proved_by(proof) is None
        challenge.new("add")
        with pytest.raises(rules.NotAdded):
            rules.add(uuid4(), proof, "x")


@pytest.mark.parametrize(("mode", "host", "expected"), [
    ("demo", "localhost:8000", ("localhost", "http://localhost:8000")),
    ("production", "own.example", ("own.example", "https://own.example")),
    ("production", "evil.example", ("shared.example", "https://shared.example")),
])
def test_a_request_does_not_choose_what_passkeys_are_bound_to(
    app: Flask, monkeypatch: pytest.MonkeyPatch, mode: str, host: str, expected: tuple[str, str]
) -> None:
    class Force:
        hosts = ("own.example",)

    monkeypatch.setattr(challenge, "the_force", lambda: Force)
    made = Settings.model_construct(mode=mode, base_url="https://shared.example/")
    with app.test_request_context("/", base_url=f"http://{host}/"):
        assert challenge.site(made) == expected
