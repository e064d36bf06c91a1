"""What the tests of signing in share: the worker's part, and a force's post."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch
from uuid import UUID

import sqlalchemy as sa
from flask import Flask

from core.audit.models import AuditEntry
from core.base import clock
from core.force.parts import Texts
from core.hookspecs import Delivered, Letter, TextNotice, hookimpl
from core.notices.models import Notice
from core.notices.outbox import send_notice
from core.plugin_host.host import host
from core.storage.db import db, force_scope
from plugins.sign_in import rules
from tests.conftest import HERTS

NOON = datetime(2026, 3, 4, 12, 1, tzinfo=UTC)


@dataclass
class Post:
    """Takes letters and texts in place of the services that would."""

    letters: list[Letter] = field(default_factory=list)
    texts: list[TextNotice] = field(default_factory=list)

    @hookimpl(tryfirst=True)
    def deliver_notice(self, force: Any, letter: Letter) -> Delivered:
        self.letters.append(letter)
        return Delivered("the test")

    @hookimpl(tryfirst=True)
    def deliver_text(self, force: Any, text: TextNotice) -> Delivered:
        self.texts.append(text)
        return Delivered("the test")

    @property
    def sent_to(self) -> list[str]:
        return [one.to_address for one in self.letters] + [one.to_number for one in self.texts]


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


def notices(app: Flask) -> list[Notice]:
    with app.app_context(), force_scope(HERTS):
        return list(db.session.scalars(sa.select(Notice).order_by(Notice.id)))


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
