"""News of courts, property, contacts and cover, as a record system sends it, and what came of it."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from flask import Flask

from core.intake.store import Result
from core.intake.take_in import take_in
from core.plugin_host.host import host
from core.storage.db import db, force_scope
from core.testing import event
from core.testing.browser import words
from tests.conftest import HERTS
from tests.people import meet, person_browser


def on(day: int, kind: str, **data: Any) -> dict[str, Any]:
    return event(kind, time=f"2024-03-{day:02}T10:00:00Z", **data)


def answers(app: Flask, *events: dict[str, Any], source: str = "niche") -> list[Result]:
    """What the sender is told; it is committed."""
    with app.app_context(), force_scope(HERTS):
        results = take_in(host().get(HERTS).force, source, list(events))
        db.session.commit()
    return results


def statuses(app: Flask, *events: dict[str, Any]) -> list[str]:
    return [one.status for one in answers(app, *events)]


def shown(html: str) -> str:
    """What people read on a page, without its marks."""
    return words(unescape(re.sub(r"<[^>]+>", "", html)))


def page_of(app: Flask, name: str = "P1", language: str = "en") -> str:
    """The words of this person's page of the case."""
    met = meet(app)
    return shown(person_browser(app, met, name).get(f"/case/{met.case}?lang={language}").text)
