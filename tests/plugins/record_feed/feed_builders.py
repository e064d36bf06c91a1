"""A sender of record events, as a test needs one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from core.base import clock
from core.cases.models import Access, Case
from core.force.model import Force
from core.intake.store import Result
from core.intake.take_in import take_in
from core.plugin_host.host import host
from core.storage.db import db, force_scope
from plugins.record_feed import keyring, signature
from plugins.record_feed.digest import state_lines
from tests.conftest import HERTS
from tests.core.intake.test_safety import letters_go

ONE = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"


class Sender:
    """Posts to one source of one force with a key of its own."""

    def __init__(self, app: Flask, source: str = "niche", force: str = HERTS) -> None:
        self.app, self.source, self.force = app, source, force
        with at(app, force):
            self.key = keyring.make(source)
            db.session.commit()

    @property
    def address(self) -> str:
        return f"/{self.force}/feed/v1/{self.source}/events"

    def headers(self, body: bytes, **changed: str) -> dict[str, str]:
        seconds = changed.pop("seconds", str(int(clock.now().timestamp())))
        message = changed.pop("message", "msg_1")
        signed = signature.sign(signature.key_bytes(self.key), message, seconds, body)
        given = {
            "content-type": ONE,
            "webhook-id": message,
            "webhook-timestamp": seconds,
            "webhook-signature": signed,
        }
        return given | {name.replace("_", "-"): value for name, value in changed.items()}

    def post_bytes(self, body: bytes, **changed: str) -> TestResponse:
        with self.app.test_client() as client:
            return client.post(self.address, data=body, headers=self.headers(body, **changed))

    def post(self, event: Any, **changed: str) -> TestResponse:
        return self.post_bytes(json.dumps(event).encode(), **changed)

    def post_batch(self, events: list[Any]) -> TestResponse:
        return self.post(events, content_type=BATCH)


@contextmanager
def at(app: Flask, force: str = HERTS) -> Iterator[Force]:
    with app.app_context(), force_scope(force):
        yield host().get(force).force


def taken(app: Flask, *events: Any, source: str = "niche", force: str = HERTS) -> list[Result]:
    """Taken in and committed, nobody told."""
    with at(app, force) as found:
        results = take_in(found, source, list(events), announce=False)
        db.session.commit()
        return results


def state(app: Flask, force: str = HERTS) -> list[str]:
    with at(app, force):
        return list(state_lines())


def statuses(results: list[Result]) -> list[str]:
    return [result.status for result in results]


def outcome(app: Flask) -> str:
    """What became of the one person on the one case: ``removed``, ``silent``, ``hidden``, or ``open``."""
    with at(app):
        if db.session.scalars(sa.select(Access)).one().removed:
            return "removed"
        if not db.session.scalars(sa.select(Case)).one().offered:
            return "hidden"
    return "open" if letters_go(app) else "silent"
