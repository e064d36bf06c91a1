"""An officer's browser goes to the provider and back: by mouse, by keys alone, and when it does not work."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from core.base import clock
from core.cli.processes.supervisor import free_port
from core.storage.db import close_connections
from core.testing.kit import make_app, settings_for
from core.testing.postgres import Addresses
from plugins.staff_sign_in.provider import PROVIDERS
from tests.browser.judges import axe
from tests.live import browser as browser
from tests.plugins.staff_sign_in.door import NOW, Door, code_of, force_file
from tests.plugins.staff_sign_in.simulator import Simulator, simulator
from tests.served import serving

DESK = re.compile(r"/midshire/desk/$")


@pytest.fixture(scope="module")
def provider() -> Iterator[Simulator]:
    with simulator() as of:
        yield of


@pytest.fixture(scope="module")
def base(
    database: Addresses, provider: Simulator, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Flask, str]]:
    """A portal at an address that browsers find, whose force has this provider."""
    folder, port = tmp_path_factory.mktemp("in_a_browser"), free_port()
    here: Path = folder / "forces/midshire/force.toml"
    here.parent.mkdir(parents=True)
    here.write_text(force_file("midshire", provider.issuer))
    address = f"http://127.0.0.1:{port}"
    app = make_app(settings_for(database.new_database("staff_in_a_browser"), folder,
                                forces_dir=folder / "forces", base_url=address))
    with serving(app, port):
        yield app, address
    with app.app_context():
        close_connections()


@pytest.fixture
def at_desk(base: tuple[Flask, str], provider: Simulator, browser: Browser) -> Iterator[AtDesk]:
    app, address = base
    PROVIDERS.get(app).clear()
    provider.__init__(issuer=provider.issuer)  # type: ignore[misc]
    context = browser.new_context(base_url=address, viewport={"width": 375, "height": 667})
    with clock.travel(NOW):
        yield AtDesk(Door.of(app, {"midshire": provider}), context.new_page())
    context.close()


class AtDesk:
    """A page at the force's door."""

    def __init__(self, door: Door, page: Page) -> None:
        self.door, self.page = door, page

    def shows(self, heading: str) -> None:
        """The page has this heading, and nothing on it keeps anybody out."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(heading)
        assert axe(self.page) == []

    def press(self, name: str, *, by_keys: bool) -> None:
        """A link or button, found by tabulator alone if *by_keys*."""
        one = self.page.get_by_role("button", name=name).or_(self.page.get_by_role("link", name=name)).first
        if by_keys:
            for _ in range(40):
                self.page.keyboard.press("Tab")
                if one.evaluate("one => one === document.activeElement"):
                    break
            self.page.keyboard.press("Enter")
        else:
            one.click()


@pytest.mark.parametrize("by_keys", [False, True], ids=["by mouse", "by keys alone"])
def test_an_officer_signs_in_at_their_provider_works_and_signs_out(at_desk: AtDesk, by_keys: bool) -> None:
    at_desk.page.goto("/midshire/staff/sign-in")
    at_desk.shows("Sign in to the desk")
    at_desk.press("Sign in", by_keys=by_keys)
    at_desk.press("Yes, it is me", by_keys=by_keys)
    expect(at_desk.page).to_have_url(DESK)
    at_desk.press("Sign out", by_keys=by_keys)
    expect(at_desk.page).to_have_url(re.compile(re.escape(f"{at_desk.door.provider.issuer}/logout")))
    at_desk.page.goto("/midshire/desk/")
    at_desk.shows("Sign in to the desk")


@pytest.mark.parametrize(("claims", "told"), [
    ({"roles": []}, "you have no access to this portal"),
    ({"amr": ["pwd"]}, "Sign in again with your second step"),
])
def test_who_has_no_access_is_told_so_and_comes_no_further(
    at_desk: AtDesk, claims: dict[str, Any], told: str
) -> None:
    at_desk.door.provider.says = claims
    at_desk.page.goto("/midshire/staff/sign-in")
    at_desk.press("Sign in", by_keys=False)
    at_desk.press("Yes, it is me", by_keys=False)
    at_desk.shows("You are not signed in")
    expect(at_desk.page.locator("main")).to_contain_text(told)
    assert at_desk.door.sessions() == 0


def test_while_the_provider_is_away_staff_are_told_and_can_try_again(at_desk: AtDesk) -> None:
    at_desk.door.provider.status = 503
    at_desk.page.goto("/midshire/staff/sign-in")
    at_desk.press("Sign in", by_keys=False)
    at_desk.shows("Sign-in is not working at the moment")
    at_desk.press("Try again", by_keys=False)
    at_desk.shows("Sign in to the desk")


def test_the_first_administrator_gives_the_code_and_then_signs_in_as_everybody_does(at_desk: AtDesk) -> None:
    at_desk.door.provider.says = {"roles": [], "employeeid": "A1", "sub": "the administrator"}
    at_desk.page.goto("/midshire/staff/set-up")
    at_desk.shows("The first administrator")
    at_desk.page.get_by_role("textbox").fill("AAAAA-AAAAA-AAAAA-AAAAA")
    at_desk.press("Continue", by_keys=False)
    at_desk.shows("The first administrator")
    expect(at_desk.page.locator("main")).to_contain_text("This is not a code that works")
    at_desk.page.get_by_role("textbox").fill(code_of(at_desk.door))
    at_desk.press("Continue", by_keys=False)
    at_desk.shows("The first administrator")
    at_desk.press("Go on and sign in", by_keys=False)
    at_desk.press("Yes, it is me", by_keys=False)
    expect(at_desk.page).to_have_url(DESK)
    assert at_desk.door.staff()["A1"].role == "force_admin"
