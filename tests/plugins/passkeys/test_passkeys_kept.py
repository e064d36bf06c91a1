"""What becomes of a passkey: who may add one, what ends it, and how somebody sees and renames their own."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from core.audit.models import AuditEntry
from core.base import clock
from core.base.scope import scope_of
from core.base.settings import Settings
from core.cases import people
from core.notices.models import Notice
from core.storage.db import db, force_scope
from core.testing import allocated, event, person, recorded
from plugins.passkeys import challenge, rules
from plugins.passkeys.models import Passkey
from tests.authenticator import Authenticator
from tests.conftest import HERTS
from tests.people import meet, person_browser, take
from tests.plugins.passkeys.hers import BOTH, LATER, add, details, use
from tests.rows import rows
from tests.security.checklist import requirement


def test_adding_one_needs_both_steps_in_the_last_ten_minutes(app: Flask) -> None:
    take(app, recorded(), allocated())
    with clock.travel(clock.now() - timedelta(minutes=11)):
        stale = person_browser(app, meet(app))
    stale.get("/passkeys")
    assert stale.page and "sign in again first" in stale.page.text
    assert stale.post("/passkeys/options", form_at="/passkeys").status_code == 403
    assert stale.post("/passkeys", {"passkey": "{}", "name": "x"}).status_code == 403
    add(app)
    assert len(rows(app, Passkey)) == 1


def test_where_care_is_needed_it_works_after_a_day(app: Flask) -> None:
    take(app, recorded(service_level="enhanced"), allocated())
    device = add(app)
    assert use(details(app), device) == 400
    with app.app_context(), force_scope(HERTS):
        assert db.session.scalars(sa.select(Notice.kind).where(Notice.person_id.is_not(None),
                                  Notice.kind != "code")).all() == ["account"]
    take(app, event("crime.amended", time=LATER, service_level="standard"))
    assert use(details(app), device) == 400, "it was added while care was needed"
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
    met, mine = meet(app), rows(app, Passkey)[0].id
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
    assert rows(app, Passkey) == []
    [removed] = (one for one in rows(app, AuditEntry) if one.fields.get("did") == "removed")
    assert (removed.action, removed.fields["person"]) == ("passkeys_changed", str(met.people["P1"]))


def test_somebody_has_ten_passkeys_at_most_shown_oldest_first_under_one_handle(app: Flask) -> None:
    take(app, recorded(), allocated())
    add(app)
    met, [first] = meet(app), rows(app, Passkey)
    with app.app_context(), force_scope(HERTS):
        db.session.add_all(Passkey(
            person_id=first.person_id, credential_id=bytes([n]), public_key=b"k", handle=first.handle,
            sign_count=0, transports="", name=f"Key {n}", made_at=first.made_at, works_from=first.made_at)
            for n in range(8))
        db.session.commit()
    add(app)
    hers = person_browser(app, met)
    options = hers.post("/passkeys/options", form_at="/passkeys").json
    eleventh = {"passkey": Authenticator().made(options), "name": "One more"}
    assert hers.post("/passkeys", eleventh).status_code == 400
    with app.app_context(), force_scope(HERTS):
        kept = rules.of_person(first.person_id)
        assert len(kept) == 10 and [one.id for one in kept] == sorted(one.id for one in kept)
        assert {one.handle for one in kept} == {first.handle}


@pytest.mark.parametrize(("name", "called"), [
    ("x" * 60, "x" * 60), ("x" * 61, None), (f"  {'x' * 60} ", "x" * 60), ("x", "x"), ("", None), (" ", None),
    ("my\x00phone", None)], ids=["60", "61", "blanks around 60", "one sign", "empty", "blank", "control"])
def test_a_passkey_is_called_by_one_to_sixty_signs(name: str, called: str | None) -> None:
    if called:
        assert rules.clean_name(name) == called
    else:
        with pytest.raises(ValueError, match=r"is empty or too long|control character"):
            rules.clean_name(name)


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
    assert len(rows(app, Passkey)) == 1


@pytest.mark.parametrize("told", [None, 1, "usb", {"usb": 1}, [1, "usb", None]])
def test_what_a_device_says_of_its_ways_is_a_hint_that_keeps_nobody_out(app: Flask, told: Any) -> None:
    take(app, recorded(), allocated())
    hers = person_browser(app, meet(app))
    made = json.loads(Authenticator().made(hers.post("/passkeys/options", form_at="/passkeys").json))
    made["response"]["transports"] = told
    assert hers.post("/passkeys", {"passkey": json.dumps(made), "name": "My key"}).status_code == 303
    assert [one.transports for one in rows(app, Passkey)] == ["usb" if isinstance(told, list) else ""]


def test_devices_are_shown_no_police_where_letters_do_not_mention_them(app: Flask) -> None:
    take(app, recorded(people=[person(safe_contact={"words": "neutral"})]), allocated())
    hers = person_browser(app, meet(app))
    options = hers.post("/passkeys/options", form_at="/passkeys").json
    names = {options["rp"]["name"], options["user"]["name"], options["user"]["displayName"]}
    assert names == {"Online account"}


@example(proof="[" * 20_000)
@example(proof='{"rawId":' * 2000)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(proof=st.one_of(st.text(max_size=50), st.recursive(
    st.none() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["id", "rawId", "type", "response", "userHandle", "clientDataJSON"]), inner),
    max_leaves=8).map(json.dumps)))
def test_no_answer_of_a_device_makes_a_page_fail(app: Flask, proof: str) -> None:
    with scope_of(HERTS), app.test_request_context("/"):
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
