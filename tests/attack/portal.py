"""The demo under attack: its own data folder and port, two further forces, and visitors to attack as."""

from __future__ import annotations

import re
import signal
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen
from uuid import UUID

import sqlalchemy as sa
from flask import Flask
from uuid6 import uuid7

from core.app import create_app
from core.base import clock
from core.base.settings import load_settings
from core.base.settings_source import read_demo_file
from core.cases import people
from core.cases.models import Staff
from core.storage.db import close_connections, db, force_scope, insert_many
from core.storage.sealed import seal
from core.testing.browser import form_on
from core.testing.people import sign_in_as
from plugins.oversight.models import BreakGlass
from plugins.passkeys.models import Passkey
from plugins.your_account.models import Change
from tests.attack.proxy import ENDS_A_VISIT, Visit
from tests.live import STOPS_WITHIN, Demo, start_demo
from tests.pages import Browser
from tests.security.hostile_world import LINE, World, force_toml, hostile, plain
from tests.security.table import lines

EVIL, CALM = "evilshire", "calmshire"
ACTOR = {"anonymous": "visitor", "person": "own", "officer": "supervisor"}
CHANGES = re.compile(
    r"POST /[^/]+/(your-account/contact(/[^/]+/stop)?|desk/case/[^/]+/person/[^/]+)")
# Below no force, or without anything to read or fill in; the feed takes what is signed only.
NOT_MEANT = ("/demo/", "/health/", "/static/", "/brand.css", "/logo.svg", "/feed/")


@dataclass
class UnderAttack:
    """``app`` is the application in this process, on the demo's database: it writes the worlds and signs
    visitors in; what is attacked is the demo itself, over HTTP. ``changes`` has for each force the change
    of a contact that was asked for at the start."""

    demo: Demo
    app: Flask
    evil: World
    calm: World
    changes: dict[str, UUID]

    def visit(
        self, force: str, *, person_id: UUID | None = None, staff_id: UUID | None = None
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
        # From the demo itself: its processes sign tokens, and seal what a visitor's own cookie holds, with a
        # key that only they have.
        asked = Request(self.demo.base + browser.path(page), headers={"Cookie": cookie})  # noqa: S310
        with urlopen(asked, timeout=20) as answer:  # noqa: S310 - this machine
            shown = answer.read().decode()
            cookie = (answer.headers["Set-Cookie"] or cookie).split(";")[0]
        token = form_on(shown, browser.path(action))["csrf_token"]
        return Visit(cookie, token, signed_in=bool(person_id or staff_id))

    def visits(self, roles: Collection[str], world: World) -> dict[str, Visit]:
        known: dict[str, dict[str, Any]] = {
            "anonymous": {}, "person": {"person_id": world.ids["person_id"]},
            "officer": {"staff_id": world.ids["staff_id"]},
        }
        return {who: self.visit(world.force, **known[who]) for who in roles}

    def lives(self, visit: Visit, world: World) -> bool:
        """Whether the visit is still signed in, as it was."""
        asked = Request(  # noqa: S310 - this machine
            f"{self.demo.base}/{world.force}/stay", headers={"Cookie": visit.cookie or ""})
        try:
            with urlopen(asked, timeout=20):  # noqa: S310 - this machine
                return True
        except HTTPError:
            return not visit.signed_in

    def as_before(self, asked: str) -> None:
        """Before each request (method and path) that asks for, confirms or stops another contact."""
        for force, kept in self.changes.items():
            if CHANGES.fullmatch(asked) and f" /{force}/" in asked:
                put_back(self.app, force, kept)

    def meant(self, who: str, methods: Collection[str] = ("GET", "POST")) -> frozenset[str]:
        """The addresses that this visitor may open, by the table of who may do what."""
        served = {rule.rule for rule in self.app.url_map.iter_rules()}
        return frozenset(
            str(line) for line in lines()
            if ACTOR[who] in line.allow and line.method in methods and line.path in served
            and not line.path.startswith(NOT_MEANT)
            and not ENDS_A_VISIT.fullmatch(f"{line.method} {line.path}")
        )

    def good(self, method: str, path: str) -> dict[str, str]:
        """A form that is taken, of the address that belongs to this path."""
        form = next(
            (line.form for line in lines() if (line.method, line.path) == (method, self.rule(path))), {})
        return {name: str(value) for name, value in form.items()}

    def rule(self, path: str) -> str:
        return next((rule for pattern, rule in self.routes() if pattern.fullmatch(path)), "")

    def routes(self) -> list[tuple[re.Pattern[str], str]]:
        """Patterns of the paths at both forces, and the rule each belongs to; exact ones first."""
        rules = sorted({rule.rule for rule in self.app.url_map.iter_rules()}, key=lambda r: r.count("<"))
        parts = {rule: map(re.escape, re.split(r"<[^>]+>", rule)) for rule in rules}
        return [(re.compile(f"(/{EVIL}|/{CALM})?" + "[^/]+".join(parts[rule])), rule) for rule in rules]


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
            changes: dict[str, UUID] = {}
            for world in worlds:
                world.write()
                _more(world)
                changes[world.force] = ask_change(
                    app, world.force, world.ids["person_id"], world.texts(LINE)[0])
                world.read = list(world.pages())
            yield UnderAttack(demo, app, *worlds, changes)
        finally:
            with app.app_context():
                close_connections()
    finally:
        demo.process.send_signal(signal.SIGTERM)
        demo.process.wait(STOPS_WITHIN)


def ask_change(app: Flask, force: str, person_id: UUID, value: str) -> UUID:
    """A person asked for another email, whatever *value* is; nobody confirmed it."""
    given, now = uuid7(), clock.now()
    with app.app_context(), force_scope(force):
        insert_many(Change, [{
            "id": given, "person_id": person_id, "contact": "email", "state": "asked",
            "value_sealed": seal(Change, "value", given, value),
            "asked_by": "person", "asked_at": now, "due_at": now + timedelta(days=1),
        }])
        db.session.commit()
    return given


def put_back(app: Flask, force: str, kept: UUID) -> None:
    """The person of the change *kept* has it, not yet confirmed, and no other. A tool's own acts would hide
    what lies behind them: the fifth other contact of a day is refused, and an officer can confirm or stop
    only what is open."""
    with app.app_context(), force_scope(force):
        change = db.session.scalars(sa.select(Change).where(Change.id == kept)).one()
        people.person(change.person_id, held=True)  # as wherever the portal makes a change
        db.session.execute(
            sa.delete(Change).where(Change.person_id == change.person_id, Change.id != kept))
        db.session.refresh(change)
        change.state, change.how, change.ended_at = "asked", None, None
        db.session.commit()


def _more(world: World) -> None:
    """What no form of a world writes: the officer supervises and has another's reason to review; the person
    has a passkey. Each free text of it is the world's."""
    given, now = uuid7(), clock.now()
    with world.app.app_context(), force_scope(world.force):
        me = db.session.scalars(sa.select(Staff).where(Staff.id == world.ids["staff_id"])).one()
        other = db.session.scalars(sa.select(Staff).where(Staff.id != me.id)).first()
        assert other
        me.role, other.unit = "supervisor", me.unit
        db.session.flush()
        insert_many(BreakGlass, [{
            "id": given, "case_id": world.case, "staff_id": other.id, "reason": "linked",
            "words_sealed": seal(BreakGlass, "words", given, world.texts(900)[0]),
            "opened_at": now, "ends_at": now + timedelta(minutes=55),
        }])
        insert_many(Passkey, [_passkey(world, text) for text in world.texts(LINE)])
        db.session.commit()


def _passkey(world: World, name: str) -> dict[str, Any]:
    given, now = uuid7(), clock.now()
    return {
        "id": given, "person_id": world.ids["person_id"], "credential_id": given.bytes, "public_key": b"key",
        "handle": b"handle", "sign_count": 0, "transports": "", "made_at": now, "works_from": now,
        "name_sealed": seal(Passkey, "name", given, name),
        "contact_sealed": seal(Passkey, "contact", given, "amina@example.com"),
    }


def environment_of(demo: Demo) -> dict[str, str]:
    """The settings that the demo wrote down for commands beside it."""
    return read_demo_file(demo.data / "demo.env")
