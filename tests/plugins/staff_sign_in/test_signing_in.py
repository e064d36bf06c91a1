"""Staff come in by their force's provider: once, in the browser that asked, and with what they proved."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from core.base import clock
from core.storage.db import db
from plugins.staff_sign_in import attempts
from tests.plugins.staff_sign_in.door import NOW, Door
from tests.security.audited import audited
from tests.security.checklist import protection, requirement


@requirement("B1", "B2", "B3")
@audited("staff_sign_in_signed_in")
def test_an_officer_whom_the_provider_vouches_for_comes_to_the_desk(door: Door) -> None:
    browser = door.signed_in()
    assert browser.get("/desk/").status_code == 200
    officer = door.staff()["O1"]
    assert (officer.role, door.look(lambda: officer.name)) == ("officer", "Sam Officer")
    (row,) = door.audited("staff_sign_in_signed_in")
    assert row["staff"] == str(officer.id) and row["role"] == "officer"


@requirement("C2")
def test_signing_in_gives_the_browser_another_session(door: Door) -> None:
    browser = door.browser()
    sent = door.sent(browser)
    before = browser.client.get_cookie("tmc-midshire").value  # type: ignore[union-attr]
    door.back(browser, door.provider.allow(sent))
    after = browser.client.get_cookie("tmc-midshire").value  # type: ignore[union-attr]
    planted = door.browser()
    planted.client.set_cookie("tmc-midshire", before, path="/")
    assert before != after
    assert planted.get("/desk/").status_code == 303


@requirement("B1")
def test_an_answer_is_good_once(door: Door) -> None:
    browser = door.browser()
    address = door.provider.allow(door.sent(browser))
    assert door.back(browser, address).status_code == 303
    again = door.back(browser, address)
    assert again.status_code == 403 and "Start again" in again.text
    stolen = door.browser()
    door.sent(stolen)
    assert door.back(stolen, address).status_code == 403
    assert door.sessions() == 1


@requirement("B1")
def test_a_code_of_somebody_else_under_ones_own_state_is_worth_nothing(door: Door) -> None:
    """PKCE and nonce: the code was asked for by another browser."""
    hers, his = door.browser(), door.browser()
    of_hers = door.provider.allow(door.sent(hers))
    of_his = door.provider.allow(door.sent(his))
    code = of_hers.partition("code=")[2].partition("&")[0]
    mixed = of_his.replace(of_his.partition("code=")[2].partition("&")[0], code)
    assert door.back(his, mixed).status_code == 403
    assert door.sessions() == 0
    assert "canary-of-the-provider" not in door.back(his, mixed).text


@requirement("B1")
@pytest.mark.parametrize(("change", "why"), [
    (lambda address: address.replace("state=", "state=x"), "state"),
    (lambda address: address.partition("&state=")[0], "state"),
    (lambda address: address.replace("code=", "cod="), "provider_said"),
    (lambda address: address + "&error=access_denied", "provider_said"),
    (lambda address: address.replace("iss=http", "iss=https"), "mix_up"),
    (lambda address: address.partition("&iss=")[0], "mix_up"),
])
def test_an_answer_that_is_not_quite_that_of_the_provider_signs_nobody_in(
    door: Door, change: object, why: str
) -> None:
    browser = door.browser()
    address = change(door.provider.allow(door.sent(browser)))  # type: ignore[operator]
    assert door.back(browser, address).status_code == 403
    assert door.sessions() == 0
    assert [row["why"] for row in door.audited("staff_sign_in_refused")] == [why]


@requirement("B1")
def test_an_answer_in_another_browser_signs_nobody_in(door: Door) -> None:
    address = door.provider.allow(door.sent(door.browser()))
    other = door.browser()
    door.sent(other)
    assert door.back(other, address).status_code == 403
    assert door.sessions() == 0


@protection("B1")
def test_if_an_attempt_were_not_bound_to_its_browser_it_would_sign_somebody_else_in(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = door.provider.allow(door.sent(door.browser()))
    other = door.browser()
    monkeypatch.setattr(attempts, "_bound", lambda browser: sa.true())
    monkeypatch.setattr(attempts, "_browser", lambda: "anybody")
    door.back(other, address)
    assert door.sessions() == 1


@requirement("B1")
def test_an_answer_after_ten_minutes_comes_too_late(door: Door) -> None:
    for minutes, status in ((9, 303), (11, 403)):
        browser = door.browser()
        sent = door.sent(browser)
        with clock.travel(NOW + timedelta(minutes=minutes)):
            assert door.back(browser, door.provider.allow(sent)).status_code == status


def test_whoever_is_led_here_by_another_site_sees_the_start_first(door: Door) -> None:
    browser = door.browser()
    led = browser.get("/staff/sign-in/begin", headers={"Sec-Fetch-Site": "cross-site"})
    assert led.headers["Location"] == "/midshire/staff/sign-in"
    assert door.sent(browser).startswith(door.provider.issuer)


def test_the_desk_shows_the_way_in_and_asks_for_no_password(door: Door) -> None:
    browser = door.browser()
    assert browser.get("/desk/").headers["Location"] == "/midshire/staff/sign-in"
    page = browser.get("/staff/sign-in")
    assert page.status_code == 200 and "Sign in to the desk" in page.text
    assert 'type="password"' not in page.text


def test_what_is_under_way_is_kept_sealed_and_goes_when_it_is_over(door: Door) -> None:
    sent = door.sent(door.browser())
    nonce = sent.partition("nonce=")[2].partition("&")[0]
    (kept,) = door.look(lambda: list(db.session.scalars(sa.select(attempts.Attempt))))
    assert nonce.encode() not in b"".join(
        value for value in vars(kept).values() if isinstance(value, bytes))
