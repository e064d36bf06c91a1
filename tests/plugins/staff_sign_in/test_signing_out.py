"""Out here, out there: by a press, or because the provider says so."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core.base import clock
from core.testing import Browser
from plugins.staff_sign_in.tokens import LOGOUT
from tests.plugins.staff_sign_in.door import NOW, Door
from tests.plugins.staff_sign_in.simulator import Claims, key_called, signed, signed_with, unsigned
from tests.security.audited import audited
from tests.security.checklist import requirement

BACK = "/staff/sign-in/back-channel-logout"


@requirement("B6")
def test_signing_out_ends_the_visit_here_and_leads_to_the_provider(door: Door) -> None:
    browser = door.signed_in()
    cookie = browser.client.get_cookie("tmc-midshire").value  # type: ignore[union-attr]
    out = browser.post("/sign-out", form_at="/desk/")
    assert out.headers["Location"] == "/midshire/staff/sign-in/signed-out"
    assert out.headers["Clear-Site-Data"] == '"cache", "storage"'
    browser.client.set_cookie("tmc-midshire", cookie, path="/")
    assert browser.get("/desk/").status_code == 303 and door.sessions() == 0
    page = browser.get("/staff/sign-in/signed-out?post_logout_redirect_uri=https://evil.example")
    onwards = (f"{door.provider.issuer}/logout?client_id=portal&post_logout_redirect_uri="
               "http%3A%2F%2Fportal.test%2Fmidshire%2Fstaff%2Fsign-in")
    assert page.headers["Refresh"] == f"0; url={onwards}"
    assert browser.page and onwards in browser.page.links


@requirement("B6")
def test_a_provider_without_a_way_out_or_away_leaves_the_page_that_says_so(door: Door) -> None:
    for told, status in (({"end_session_endpoint": None}, 200), ({}, 503)):
        door.provider.told, door.provider.status = told, status
        with clock.travel(NOW + timedelta(hours=status)):
            page = door.browser().get("/staff/sign-in/signed-out")
        assert page.status_code == 200 and "Refresh" not in page.headers
        assert "You are signed out of the desk" in page.text


def test_people_who_sign_out_see_the_home_page_as_before(door: Door) -> None:
    assert door.browser().post("/sign-out", form_at="/sign-in").headers["Location"] == "/midshire/"


# --- the provider says so -------------------------------------------------------------------------


def logged_out(door: Door, make: Any = signed, **changes: Any) -> tuple[int, str]:
    """What the provider's logout token leads to: status, and body."""
    now = int(clock.now().timestamp())
    claims = {"iss": door.provider.issuer, "aud": "portal", "iat": now, "exp": now + 120, "jti": "one",
              "sub": "subject-1", "events": {LOGOUT: {}}, **changes}
    token = make(door.provider, {name: value for name, value in claims.items() if value is not None})
    answer = door.browser().client.post(f"/midshire{BACK}", data={"logout_token": token})
    return answer.status_code, answer.text


def visits(*browsers: Browser) -> list[bool]:
    return [browser.get("/desk/").status_code == 200 for browser in browsers]


@requirement("B6", "B7")
@audited("staff_sign_in_signed_out_there")
def test_whoever_the_provider_signs_out_is_out_here_in_every_browser(door: Door) -> None:
    first, second = door.signed_in(), door.signed_in()
    other = door.signed_in(sub="subject-2", employeeid="O2")
    assert logged_out(door) == (200, "")
    assert visits(first, second, other) == [False, False, True]
    assert door.audited("staff_sign_in_signed_out_there") == [{"visits": 2}]


def explicitly(of: Any, claims: Claims) -> str:
    return signed(of, claims, typ="logout+jwt")


def test_one_visit_by_its_id_ends_alone(door: Door) -> None:
    first, second = door.signed_in(sid="visit-1"), door.signed_in(sid="visit-2")
    assert logged_out(door, sub=None, sid="visit-2")[0] == 200
    assert visits(first, second) == [True, False]
    assert logged_out(door, sid="visit-2")[0] == 200 and visits(first) == [True]
    assert logged_out(door, sub="somebody else", sid="visit-1")[0] == 200 and visits(first) == [True]
    assert logged_out(door, make=explicitly, sid="visit-1")[0] == 200
    assert visits(first) == [False]


def of_a_stranger(of: Any, claims: Claims) -> str:
    return signed_with(key_called("of a stranger"), {"alg": "RS256", "kid": of.kid}, claims)


WRONG: dict[str, dict[str, Any]] = {
    "the key of a stranger": {"make": of_a_stranger},
    "no signature": {"make": lambda of, claims: unsigned({"alg": "none"}, claims)},
    "nothing": {"make": lambda of, claims: ""},
    "an access token": {"make": lambda of, claims: signed(of, claims, typ="at+jwt")},
    "another issuer": {"iss": "https://login.example"}, "another audience": {"aud": "another-portal"},
    "no events": {"events": None}, "no such event": {"events": {}},
    "an event that says yes": {"events": {LOGOUT: "yes"}},
    "a list of events": {"events": [LOGOUT]}, "a nonce": {"nonce": "n"}, "no id": {"jti": None},
    "nobody": {"sub": None}, "an empty somebody": {"sub": ""},
    "made long ago": {"iat": int(NOW.timestamp()) - 661}, "over": {"exp": int(NOW.timestamp()) - 61},
}


@requirement("B2", "B6")
@pytest.mark.parametrize("fault", WRONG)
def test_what_is_no_word_of_the_provider_ends_nothing(door: Door, fault: str) -> None:
    browser = door.signed_in()
    status, said = logged_out(door, **WRONG[fault])
    assert (status, said.strip()) == (400, '{"error":"invalid_request"}')
    assert visits(browser) == [True]


def test_an_id_token_does_not_sign_anybody_out(door: Door) -> None:
    browser = door.signed_in()
    token = signed(door.provider, door.provider.claims("n"))
    assert browser.client.post(f"/midshire{BACK}", data={"logout_token": token}).status_code == 400
    assert visits(browser) == [True]


def test_while_its_keys_cannot_be_had_the_provider_is_to_try_again(door: Door) -> None:
    door.provider.status = 503
    assert logged_out(door) == (503, '{"error":"temporarily_unavailable"}\n')
