"""Sessions: on the server, new at each sign-in, over in time, and of one force."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from unittest.mock import patch
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask, session
from flask.sessions import SecureCookieSessionInterface
from pydantic import ValidationError

from core.base import clock
from core.base.scope import scope_of
from core.cases import visits
from core.cases.models import PortalSession
from core.force.parts import Visits
from core.plugin_host.host import host
from core.storage.db import db, force_scope
from core.testing import allocated, event, person, recorded
from core.web import sessions
from tests.conftest import AVON, HERTS
from tests.pages import Browser
from tests.people import meet, officer_browser, person_browser, take
from tests.plugins.sign_in.ways_in import enter, give, newest_code
from tests.security.checklist import protection, requirement

COOKIE = f"tmc-{HERTS}"


def token_of(browser: Browser) -> str:
    found = browser.client.get_cookie(COOKIE)
    assert found
    return str(found.value)


def with_token(app: Flask, token: str, force: str = HERTS) -> Browser:
    browser = Browser(app, force)
    browser.client.set_cookie(f"tmc-{force}", token, path="/")
    return browser


def begin(app: Flask) -> UUID:
    take(app, recorded(), allocated())
    return meet(app).case


# --- on the server ----------------------------------------------------------------------------


@requirement("C1")
def test_a_cookie_that_was_copied_opens_nothing_after_sign_out(app: Flask) -> None:
    case = begin(app)
    hers = person_browser(app, meet(app))
    copied = with_token(app, token_of(hers))
    assert copied.get(f"/case/{case}").status_code == 200
    assert hers.post("/sign-out", form_at="/your-account").status_code in (200, 303)
    assert copied.get(f"/case/{case}").location == f"/{HERTS}/sign-in"


@requirement("C1")
def test_the_browser_holds_chance_and_the_table_only_its_hash(app: Flask) -> None:
    begin(app)
    seen = set()
    for _ in range(3):
        browser = Browser(app, HERTS)
        give(browser)
        assert enter(browser, str(newest_code(app))).status_code == 303
        seen.add(token_of(browser))
    assert len(seen) == 3
    assert all(len(base64.urlsafe_b64decode(token + "=")) * 8 >= 128 for token in seen)
    with app.app_context(), force_scope(HERTS):
        for row in db.session.scalars(sa.select(PortalSession)):
            held = repr({name: getattr(row, name) for name in [c.name for c in row.__table__.columns]})
            assert not any(token in held or token.encode().hex() in held for token in seen)


def signed_cookie(app: Flask, content: dict[str, Any]) -> str:
    """A cookie as the framework makes it by itself, rightly signed."""
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert signer
    return str(signer.dumps(content))


@requirement("C1")
def test_a_cookie_that_the_framework_would_believe_is_nothing_here(app: Flask) -> None:
    case, met = begin(app), meet(app)
    forged = signed_cookie(app, {"person_id": str(met.people["P1"]), "_user_id": str(met.people["P1"])})
    assert with_token(app, forged).get(f"/case/{case}").status_code == 303
    assert Browser(app, HERTS).client.get(f"/{HERTS}/sign-in").headers.getlist("Set-Cookie")


@protection("C1")
def test_if_signing_out_only_told_the_browser_a_copied_cookie_would_still_open(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = begin(app)
    hers = person_browser(app, meet(app))
    copied = with_token(app, token_of(hers))
    monkeypatch.setattr(visits, "end_rows", lambda which: 0)
    hers.post("/sign-out", form_at="/your-account")
    assert copied.get(f"/case/{case}").status_code == 200


# --- new at each sign-in ----------------------------------------------------------------------


def planted(app: Flask) -> tuple[Browser, Browser]:
    """Hers and an attacker's, with one token: a visitor's session that was planted in her browser."""
    attacker = Browser(app, HERTS)
    give(attacker, surname="Nobody")
    return with_token(app, token_of(attacker)), attacker


@requirement("C2")
def test_a_token_that_was_planted_before_sign_in_is_never_signed_in(app: Flask) -> None:
    case = begin(app)
    hers, attacker = planted(app)
    give(hers)
    assert token_of(hers) == token_of(attacker)
    assert enter(hers, str(newest_code(app))).status_code == 303
    assert token_of(hers) != token_of(attacker)
    assert hers.get(f"/case/{case}").status_code == 200
    assert attacker.get(f"/case/{case}").location == f"/{HERTS}/sign-in"


@requirement("C2")
def test_what_a_reader_was_given_and_somebody_planted_is_new_with_the_first_details(app: Flask) -> None:
    case, attacker = begin(app), Browser(app, HERTS)
    attacker.get("/sign-in")
    planted = token_of(attacker)
    hers = with_token(app, planted)
    give(hers)
    code = str(newest_code(app))
    assert token_of(hers) != planted
    tried = attacker.post("/sign-in/code", {"code": code}, form_at="/sign-in")
    assert tried.status_code == 400, "her attempt is not in the attacker's browser"
    assert enter(hers, code).status_code == 303
    assert with_token(app, planted).get(f"/case/{case}").location == f"/{HERTS}/sign-in"


@requirement("C2")
def test_signing_in_as_an_officer_gives_a_new_token_too(app: Flask) -> None:
    begin(app)
    browser = person_browser(app, meet(app))
    before = token_of(browser)
    officer, cookie = meet(app).staff, {"Cookie": f"{COOKIE}={before}"}
    with scope_of(HERTS), app.test_request_context(f"/{HERTS}/", headers=cookie):
        opened: Any = session
        assert opened.person_id
        sessions.sign_in(staff_id=officer)
        db.session.commit()
        assert opened.new_token not in (None, before) and opened.person_id is None
        assert sessions.opened_by(before).person_id is None


@protection("C2")
def test_if_the_token_stayed_at_sign_in_a_planted_one_would_open_her_case(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def keep(opened: Any, *, person_id: UUID | None = None, staff_id: UUID | None = None) -> None:
        row = db.session.get(PortalSession, (HERTS, opened.row_id))
        if row is None:
            fresh(opened, person_id=person_id, staff_id=staff_id)
            return
        row.person_id, row.staff_id = person_id, staff_id
        opened.person_id, opened.staff_id = person_id, staff_id

    fresh = sessions.begin
    monkeypatch.setattr(sessions, "begin", keep)
    case = begin(app)
    hers, attacker = planted(app)
    give(hers)
    assert enter(hers, str(newest_code(app))).status_code == 303
    assert attacker.get(f"/case/{case}").status_code == 200


# --- in time ----------------------------------------------------------------------------------


def still_in(browser: Browser, path: str) -> bool:
    return browser.get(path).status_code == 200


@requirement("C4")
@pytest.mark.parametrize(("who", "minutes"), [("person", 20), ("officer", 30)])
def test_a_session_ends_when_nothing_was_pressed_for_its_time(app: Flask, who: str, minutes: int) -> None:
    case, met = begin(app), meet(app)
    path = f"/case/{case}" if who == "person" else "/desk/"
    start = clock.now()
    for away, stays in ((minutes - 1, True), (minutes, False)):
        with clock.travel(start):
            browser = person_browser(app, met) if who == "person" else officer_browser(app, met.staff)
            assert still_in(browser, path)
        with clock.travel(start + timedelta(minutes=away)):
            assert still_in(browser, path) is stays
        with clock.travel(start + timedelta(minutes=away + 1)):
            assert still_in(browser, path) is stays


@requirement("C4")
@pytest.mark.parametrize("who", ["person", "officer"])
def test_a_session_ends_after_twelve_hours_however_busy_it_was(app: Flask, who: str) -> None:
    case, met = begin(app), meet(app)
    path = f"/case/{case}" if who == "person" else "/desk/"
    start = clock.now()
    with clock.travel(start):
        browser = person_browser(app, met) if who == "person" else officer_browser(app, met.staff)
    for quarters in range(1, 48):
        with clock.travel(start + timedelta(minutes=15 * quarters)):
            assert browser.client.get(browser.path("/stay")).status_code == 204
    with clock.travel(start + timedelta(hours=12, seconds=-1)):
        assert still_in(browser, path)
    with clock.travel(start + timedelta(hours=12)):
        assert not still_in(browser, path)


@contextmanager
def shorter(app: Flask, **visits: int) -> Iterator[None]:
    """Other times for visits at Hertfordshire."""
    installed = host(app).get(HERTS)
    changed = installed.force.model_copy(update={"visits": Visits(**visits)})
    with patch.dict(installed.__dict__, force=changed):
        yield


@requirement("C4")
@pytest.mark.parametrize(("who", "more"), [("person", {"people_idle": 5}), ("officer", {"staff_idle": 5})])
def test_a_force_may_have_visits_end_sooner(app: Flask, who: str, more: dict[str, int]) -> None:
    case, met, start = begin(app), meet(app), clock.now()
    path = f"/case/{case}" if who == "person" else "/desk/"
    with shorter(app, **more, hours=1):
        with clock.travel(start):
            browser = person_browser(app, met) if who == "person" else officer_browser(app, met.staff)
            assert still_in(browser, path) and 'data-tmc-idle="300"' in browser.get(path).text
        for minutes in range(4, 60, 4):
            with clock.travel(start + timedelta(minutes=minutes)):
                assert still_in(browser, path), minutes
        with clock.travel(start + timedelta(minutes=60)):
            assert not still_in(browser, path)
            again = person_browser(app, met) if who == "person" else officer_browser(app, met.staff)
        with clock.travel(start + timedelta(minutes=65)):
            assert not still_in(again, path)
            assert "After 5 minutes" in again.get("/safety").text or who == "officer"


@requirement("C4")
def test_who_signs_in_with_a_code_is_in_for_as_long_as_the_force_says(app: Flask) -> None:
    case, browser, start = begin(app), Browser(app, HERTS), clock.now()
    with shorter(app, hours=2), clock.travel(start):
        give(browser)
        assert enter(browser, str(newest_code(app))).status_code == 303
    for quarters in range(1, 8):
        with clock.travel(start + timedelta(minutes=15 * quarters)):
            assert still_in(browser, f"/case/{case}")
    with clock.travel(start + timedelta(minutes=120)):
        assert not still_in(browser, f"/case/{case}")


@requirement("C4")
@pytest.mark.parametrize("longer", [
    {"people_idle": 21}, {"staff_idle": 31}, {"hours": 13}, {"people_idle": 0}, {"hours": 0},
], ids=str)
def test_no_force_may_have_them_end_later(longer: dict[str, int]) -> None:
    with pytest.raises(ValidationError):
        Visits(**longer)


# --- of one force -----------------------------------------------------------------------------


def at_both(app: Flask) -> tuple[UUID, UUID]:
    """The same person, known by the same id, at two forces."""
    case = begin(app)
    take(app, recorded("41/2/24", district="bristol"), allocated("41/2/24"), force=AVON)
    return case, meet(app, "41/2/24", force=AVON).case


@requirement("C5")
@pytest.mark.parametrize("named", [HERTS, AVON])
def test_a_token_of_one_force_opens_nothing_at_another(app: Flask, named: str) -> None:
    case, elsewhere = at_both(app)
    token = token_of(person_browser(app, meet(app)))
    there = Browser(app, AVON)
    there.client.set_cookie(f"tmc-{named}", token, path="/")
    for path in (f"/case/{elsewhere}", f"/case/{case}", "/your-reports", "/your-account"):
        assert there.get(path).location == f"/{AVON}/sign-in"
    assert with_token(app, token).get(f"/case/{case}").status_code == 200


@protection("C5")
def test_if_tokens_were_looked_for_at_every_force_one_would_open_them_all(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_both(app)
    hers = person_browser(app, meet(app, "41/2/24", force=AVON), force=AVON)
    token = str(hers.client.get_cookie(f"tmc-{AVON}").value)  # type: ignore[union-attr]
    assert with_token(app, token).get("/your-account/lock").status_code == 303
    with app.app_context(), force_scope(AVON):
        row: Any = sessions.read(sessions.BY_TOKEN, token_hash=sessions.token_hash(token)).one()
    alone: Callable[[str], Any] = sessions.opened_by
    monkeypatch.setattr(
        sessions, "opened_by",
        lambda given, at=None: sessions.ServerSession(row) if given == token else alone(given, at))
    monkeypatch.setattr(sessions, "ended_meanwhile", lambda: False)
    assert with_token(app, token).get("/your-account/lock").status_code == 200


def test_removal_from_the_only_case_leaves_nothing_to_see_at_the_next_request(app: Flask) -> None:
    case = begin(app)
    hers = person_browser(app, meet(app))
    take(app, event("person.amended", time="2024-03-09T10:00:00Z", person=person(), removed=True))
    assert hers.get(f"/case/{case}").status_code == 404
