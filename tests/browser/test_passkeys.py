"""A passkey in a real browser, whose device is Chromium's own virtual one."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Browser, Page, expect

from core.testing import builders
from tests.live import Demo
from tests.record_system import Record, days_ago
from tests.visits import HOME, Details, fill, send, sign_in, visit

DEVICE = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}


def give_a_device(page: Page) -> Any:
    """The browser's control, and the id of a device that holds passkeys."""
    control = page.context.new_cdp_session(page)
    control.send("WebAuthn.enable")
    made = control.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    return control, made["authenticatorId"]


def test_she_adds_a_passkey_and_comes_back_with_it(
    demo: Demo, record: Record, browser: Browser
) -> None:
    record.post(builders.recorded("41/55004/26", time=days_ago(3), people=[builders.person(
        id="PASSKEY-1", name={"given": "Nia", "family": "Price"}, email="nia@example.com")]))
    nia = Details("41/55004/26", "Price", ("17", "5", "1980"), "WD17 1AA", "nia@example.com")
    with visit(browser, _by_name(demo)) as (page, _):
        control, device = give_a_device(page)
        sign_in(page, demo, nia)
        page.goto(f"{HOME}passkeys")
        expect(page.locator("[data-tmc-failed]")).to_be_hidden()
        page.get_by_label("A name for it").fill("My phone")
        with page.expect_navigation():
            page.get_by_role("button", name="Add a passkey on this device").click()
        expect(page.locator("main")).to_contain_text("The passkey is added.")
        assert len(control.send("WebAuthn.getCredentials", {"authenticatorId": device})["credentials"]) == 1
        send(page, "form[action*=sign-out]")

        page.goto(f"{HOME}sign-in")
        fill(page, nia.fields())
        send(page)
        with page.expect_navigation():
            page.get_by_role("button", name="Use a passkey").click()
        expect(page.locator("h1")).to_have_text("Your report")

        send(page, "form[action*=sign-out]")
        page.goto(f"{HOME}sign-in")
        fill(page, nia.fields())
        send(page)
        control.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
        expect(page.locator("[data-tmc-failed]")).to_be_hidden()
        page.get_by_role("button", name="Use a passkey").click()
        expect(page.locator("[data-tmc-failed]")).to_be_visible()
        expect(page.locator("h1")).to_have_text("Enter your code")


def test_without_scripts_the_page_asks_for_the_code_alone(demo: Demo, browser: Browser) -> None:
    with visit(browser, demo, scripts=False) as (page, _):
        page.goto(f"{HOME}sign-in")
        fill(page, Details("41/1/24", "Nobody", ("1", "2", "1980"), "WD17 1AA", "").fields())
        send(page)
        expect(page.get_by_role("button", name="Sign in")).to_be_visible()
        expect(page.get_by_role("button", name="Use a passkey")).to_be_hidden()


def _by_name(demo: Demo) -> Any:
    """The same demo by a name: passkeys are not bound to numbers."""
    class ByName:
        base = demo.base.replace("127.0.0.1", "localhost")

    return ByName
