"""People see when somebody was there as them, with what, and end it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from core import audit
from core.audit import CoreAction
from core.base import clock
from core.storage.db import db, force_scope
from core.testing import allocated, person, recorded
from core.web import device
from tests.conftest import HERTS
from tests.pages import Browser
from tests.people import meet, person_browser, take
from tests.plugins.sign_in.ways_in import RIGHT, newest_code
from tests.security.audited import audited
from tests.security.checklist import requirement

PHONE = ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 "
         "(KHTML, like Gecko) Version/17.4 Mobile/15E148 Safari/604.1")
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:124.0) Gecko/20100101 Firefox/124.0"
ANDROID = ("Mozilla/5.0 (Linux; Android 13; SM-S901B) AppleWebKit/537.36 (KHTML, like Gecko) "
           "SamsungBrowser/23.0 Chrome/115.0.0.0 Mobile Safari/537.36")
TABLET = ("Mozilla/5.0 (Linux; Android 13; SM-X700) AppleWebKit/537.36 (KHTML, like Gecko) "
          "Chrome/120.0.0.0 Safari/537.36")
EDGE = ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/120.0.0.0 Safari/537.36 Edg/120.0.0.0")


@pytest.mark.parametrize(("said", "rough"), [
    (PHONE, "phone, Safari"), (WINDOWS, "computer, Firefox"), (ANDROID, "phone, Samsung Internet"),
    (TABLET, "tablet, Chrome"), (EDGE, "computer, Edge"), ("curl/8.5", "unknown"), ("", "unknown"),
    ("X11 " * 100_000, "computer"), ("<script>alert(1)</script>", "unknown"),
])
def test_a_device_is_told_roughly(said: str, rough: str) -> None:
    assert device.rough(said) == rough


def sign_in(app: Flask, agent: str, *, wrong_first: bool = False) -> Browser:
    browser = Browser(app, HERTS)
    browser.client.environ_base["HTTP_USER_AGENT"] = agent
    browser.post("/sign-in", RIGHT)
    code = str(newest_code(app))
    if wrong_first:
        assert browser.post("/sign-in/code", {"code": "000000"}).status_code == 400
    with clock.travel(clock.now() + timedelta(seconds=5 if wrong_first else 0)):
        assert browser.post("/sign-in/code", {"code": code}).status_code == 303
    return browser


@requirement("A13")
def test_she_sees_who_signed_in_with_what_and_who_tried(app: Flask) -> None:
    take(app, recorded(), allocated())
    sign_in(app, WINDOWS)
    hers = sign_in(app, PHONE, wrong_first=True)
    hers.get("/your-account/visits")
    assert hers.page
    text = hers.page.text
    assert "Signed in on a phone, Safari, with a code we sent" in text
    assert "Signed in on a computer, Firefox, with a code we sent" in text
    assert "typed a wrong code, on a phone, Safari. They did not get in" in text
    assert text.count("This visit") == 1 and text.count("Still signed in") == 1
    assert "Mozilla" not in text and "127.0.0.1" not in text
    hers.get("/your-account")
    assert hers.page and "Someone typed a wrong code in the last 7 days." in hers.page.text


@requirement("A13")
def test_wrong_codes_do_not_push_the_visit_of_somebody_else_off_the_page(app: Flask) -> None:
    """Who got in once, and then types wrong codes until nobody sees it any more."""
    take(app, recorded(), allocated())
    sign_in(app, WINDOWS)
    met = meet(app)
    with app.app_context(), force_scope(HERTS):
        audit.write_many([
            (CoreAction.SIGN_IN, met.case, {"person": str(met.people["P1"]), "device": "phone, Safari",
                                   "result": "wrong_code"})
        ] * 60)
        db.session.commit()
    hers = sign_in(app, PHONE)
    hers.get("/your-account/visits")
    assert hers.page
    assert "Signed in on a computer, Firefox, with a code we sent" in hers.page.text
    assert "typed a wrong code 60 times that day, on a phone, Safari" in hers.page.text
    assert hers.page.text.count("typed a wrong code") == 1


def test_nobody_sees_who_signed_in_as_somebody_else_on_their_case(app: Flask) -> None:
    take(app, recorded(people=[person(), person(2, role="parent", postcode="AL1 1AA")]), allocated())
    sign_in(app, WINDOWS)
    other = person_browser(app, meet(app), "P2")
    other.get("/your-account/visits")
    assert other.page and "Firefox" not in other.page.text
    assert "Nothing is kept here yet" in other.page.text


@audited("visits_ended")
@requirement("A13")
def test_signing_out_everywhere_ends_the_others_and_not_this_one(app: Flask) -> None:
    take(app, recorded(people=[person(), person(2, role="parent")]), allocated())
    met = meet(app)
    hers, left_open = person_browser(app, met), person_browser(app, met)
    parent = person_browser(app, met, "P2")
    hers.get("/your-account")
    assert hers.page and "signed in on 1 other device too" in hers.page.text
    assert hers.post("/your-account/visits/end-others",
                     form_at="/your-account/visits").status_code == 303
    assert left_open.get(f"/case/{met.case}").status_code == 303
    assert hers.get(f"/case/{met.case}").status_code == 200
    assert parent.get(f"/case/{met.case}").status_code == 200


def test_what_is_older_than_ninety_days_is_not_shown(app: Flask) -> None:
    take(app, recorded(), allocated())
    with clock.travel(clock.now() - timedelta(days=91)):
        sign_in(app, WINDOWS)
    hers = person_browser(app, meet(app))
    hers.get("/your-account/visits")
    assert hers.page and "Firefox" not in hers.page.text


@pytest.mark.parametrize("path", [
    "/your-account", "/your-account/visits", "/your-account/lock", "/your-account/contact",
    "/your-account/safe-contact",
])
def test_a_stranger_sees_no_account(app: Flask, path: str) -> None:
    take(app, recorded())
    assert Browser(app, HERTS).get(path).location == f"/{HERTS}/sign-in"
    assert person_browser(app, meet(app)).get(path).status_code == 200
