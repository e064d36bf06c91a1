"""Two people of a case, and what one of them does with a passkey."""

from __future__ import annotations

from typing import Any

from flask import Flask

from core.testing import person
from tests.authenticator import Authenticator
from tests.conftest import AVON, HERTS
from tests.pages import Browser
from tests.people import meet, person_browser
from tests.plugins.sign_in.ways_in import RIGHT

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
