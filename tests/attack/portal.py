"""The demo under attack: its own data folder and port, two further forces, and visitors to attack as."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import Request, urlopen
from uuid import UUID

from flask import Flask

from core.app import create_app
from core.db import close_connections
from core.settings import load_settings, read_environment
from core.testing.browser import form_on
from core.testing.people import sign_in_as
from tests.attack.proxy import Visit
from tests.live import STOPS_WITHIN, Demo, start_demo
from tests.pages import Browser
from tests.security.hostile_world import World, force_toml, hostile, plain

EVIL, CALM = "evilshire", "calmshire"


@dataclass
class UnderAttack:
    """``app`` is the application in this process, on the demo's database: it writes the worlds and signs
    visitors in; what is attacked is the demo itself, over HTTP."""

    demo: Demo
    app: Flask
    evil: World
    calm: World

    def visit(
        self, *, person_id: UUID | None = None, staff_id: UUID | None = None, force: str = EVIL
    ) -> Visit:
        """A session at the force, as a cookie, and a token for its forms."""
        browser = Browser(self.app, force)
        browser.client.get(browser.path("/sign-in"))
        page, action = "/sign-in", "/sign-in"
        if person_id or staff_id:
            sign_in_as(browser, person_id=person_id, staff_id=staff_id)
            page, action = ("/desk/" if staff_id else "/your-reports"), "/sign-out"
        kept = browser.client.get_cookie(f"tmc-{force}")
        assert kept
        cookie = f"{kept.key}={kept.value}"
        # from the demo itself: its processes sign tokens with a key that only they have
        asked = Request(self.demo.base + browser.path(page), headers={"Cookie": cookie})  # noqa: S310
        with urlopen(asked, timeout=20) as answer:  # noqa: S310 - this machine
            shown = answer.read().decode()
        return Visit(cookie, form_on(shown, browser.path(action))["csrf_token"])

    def visits(self) -> dict[str, Visit]:
        ids = self.evil.ids
        return {
            "anonymous": self.visit(),
            "person": self.visit(person_id=ids["person_id"]),
            "officer": self.visit(staff_id=ids["staff_id"]),
        }

    def routes(self) -> list[tuple[re.Pattern[str], str]]:
        """Patterns of the paths at the hostile force, and the rule each belongs to; exact ones first."""
        rules = sorted({rule.rule for rule in self.app.url_map.iter_rules()}, key=lambda r: r.count("<"))
        return [
            (re.compile(f"(/{EVIL})?" + "[^/]+".join(map(re.escape, re.split(r"<[^>]+>", rule)))), rule)
            for rule in rules
        ]


@contextmanager
def under_attack(folder: Path) -> Iterator[UnderAttack]:
    """The running demo, stopped at the end of the block."""
    forces = folder / "forces"
    for force_id, texts in ((EVIL, hostile), (CALM, plain)):
        (forces / force_id).mkdir(parents=True)
        (forces / force_id / "force.toml").write_text(force_toml(force_id, texts))
    demo = start_demo(folder / "data", TMC_FORCES_DIR=str(forces))
    try:
        app = create_app(load_settings(environment_of(demo)))
        try:
            worlds = World(app, EVIL, hostile), World(app, CALM, plain)
            for world in worlds:
                world.write()
                world.read = list(world.pages())
            yield UnderAttack(demo, app, *worlds)
        finally:
            with app.app_context():
                close_connections()
    finally:
        demo.process.send_signal(signal.SIGTERM)
        demo.process.wait(STOPS_WITHIN)


def environment_of(demo: Demo) -> dict[str, str]:
    """The settings that the demo wrote down for commands beside it."""
    lines = (demo.data / "demo.env").read_text().splitlines()
    return read_environment(dict(line.split("=", 1) for line in lines if "=" in line))
