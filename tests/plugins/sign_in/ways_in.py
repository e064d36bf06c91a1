"""What the tests of signing in share: the worker's part, and a force's post."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch
from uuid import UUID

import sqlalchemy as sa
from flask import Flask

from core.audit.models import AuditEntry
from core.base import clock
from core.force.parts import Texts
from core.hookspecs import Channel, Delivery, DeliveryState, RenderedNotice, hookimpl
from core.notices.models import Notice
from core.notices.outbox import send_notice
from core.plugin_host.host import host
from core.storage.db import db, force_scope
from plugins.sign_in import rules
from tests.conftest import HERTS
from tests.pages import Browser

NOON = datetime(2026, 3, 4, 12, 1, tzinfo=UTC)
ON_RECORD = {"family": "Khan", "date_of_birth": "1980-05-17", "postcode": "WD17 1AA"}
RIGHT = {
    "crime_reference": "41/1/24", "surname": "Khan", "date_of_birth-day": "17",
    "date_of_birth-month": "5", "date_of_birth-year": "1980", "postcode": "wd17 1aa",
}


@dataclass
class Post:
    """Takes letters and texts in place of the services that would."""

    letters: list[RenderedNotice] = field(default_factory=list)
    texts: list[RenderedNotice] = field(default_factory=list)

    CHANNELS = tuple(Channel)

    @hookimpl(tryfirst=True)
    def deliver(self, force: Any, notice: RenderedNotice) -> Delivery:
        (self.letters if notice.channel is Channel.EMAIL else self.texts).append(notice)
        return Delivery(DeliveryState.SENT, by="the test")

    @property
    def sent_to(self) -> list[str]:
        return [one.to for one in self.letters] + [one.to for one in self.texts]


@contextmanager
def post_of(app: Flask, force: str = HERTS) -> Iterator[Post]:
    post, manager = Post(), host(app).get(force).manager
    manager.register(post, "post of the test")
    try:
        yield post
    finally:
        manager.unregister(post)


def looks_in(app: Flask, force: str = HERTS) -> None:
    """The worker looks into what was given, and sends what is due."""
    with app.app_context(), force_scope(force):
        given = sa.select(rules.Attempt.id).where(rules.Attempt.state == "given")
        for one in db.session.scalars(given).all():
            rules.look_into(str(one))
            rules.send(str(one))
        db.session.commit()
        due = sa.select(Notice.id).where(Notice.state == "due", Notice.due_at <= clock.now())
        for one in db.session.scalars(due).all():
            send_notice(str(one))


def why_withheld(app: Flask) -> list[str]:
    with app.app_context(), force_scope(HERTS):
        rows = sa.select(AuditEntry).where(AuditEntry.action == "code_withheld")
        return [row.fields["why"] for row in db.session.scalars(rows.order_by(AuditEntry.id))]


def details(**changed: str) -> dict[str, str]:
    return {"crime_reference": "41/1/24", "surname": "Khan", "date_of_birth": "1980-05-17",
            "postcode": "WD17 1AA", **changed}


@contextmanager
def plugin_set(**values: Any) -> Iterator[None]:
    """Other settings of the plugin at Hertfordshire."""
    installed = host().get(HERTS)
    settings = installed.settings["sign_in"]
    assert settings
    changed = {**installed.settings, "sign_in": settings.model_copy(update=values)}
    with patch.dict(installed.__dict__, settings=changed):
        yield


@contextmanager
def texts_set(app: Flask, **values: Any) -> Iterator[None]:
    """Other rules for texts at Hertfordshire."""
    installed = host(app).get(HERTS)
    changed = installed.force.model_copy(update={"texts": Texts(**values)})
    with patch.dict(installed.__dict__, force=changed):
        yield


def begin(address: str = "198.51.100.1", **changed: str) -> UUID:
    """Details given from an address, looked into at once. In the scope of a force; commits."""
    attempt = rules.begin(details(**changed), address=address)
    rules.look_into(str(attempt))
    rules.send(str(attempt))
    db.session.commit()
    return attempt


def newest_code(app: Flask, force: str = HERTS) -> str | None:
    """The code in the newest code letter that is waiting to be sent."""
    with app.app_context(), force_scope(force):
        attempt = sa.select(rules.Attempt).where(rules.Attempt.state == "given")
        for one in db.session.scalars(attempt).all():
            rules.look_into(str(one.id))
            rules.send(str(one.id))
        db.session.commit()
        found = db.session.scalars(
            sa.select(Notice).where(Notice.kind == "code").order_by(Notice.id.desc())
        ).first()
        return found.extra if found else None


def give(browser: Browser, **changed: str) -> Any:
    return browser.post("/sign-in", {**RIGHT, **changed})


def enter(browser: Browser, code: str) -> Any:
    return browser.post("/sign-in/code", {"code": code})


def tries(browser: Browser, *codes: str, apart: int = 20) -> list[int]:
    """The answers to several codes, each typed *apart* seconds after the one before."""
    answers = []
    for number, code in enumerate(codes):
        with clock.travel(clock.now() + timedelta(seconds=number * apart)):
            answers.append(enter(browser, code).status_code)
    return answers


def wrong_for(code: str | None) -> str:
    return "000000" if code != "000000" else "111111"
