"""What tests of one case at the desk do: ask, answer, publish, and look at what came of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from core.cases.models import Case, Message
from core.intake import conversation
from core.storage.db import db, force_scope
from tests.conftest import HERTS
from tests.pages import Browser
from tests.people import Met, form_on

NOON = datetime(2024, 3, 5, 12, tzinfo=UTC)
TEXT = "I have asked the shops for their camera footage."


def at(met: Met) -> str:
    return f"/desk/case/{met.case}"


def ask(app: Flask, met: Met, text: str, name: str = "P1") -> None:
    """A person writes."""
    with app.app_context(), force_scope(HERTS):
        conversation.post_message(
            case_id=met.case,
            person_id=met.people[name],
            staff_id=met.staff,
            from_person=True,
            text=text,
            form_key=text,
        )
        db.session.commit()


def send(browser: Browser, met: Met, action: str, **filled: str) -> TestResponse:
    """Fill in one of the forms of the case's page, and send it."""
    action = browser.path(at(met) + action)
    page = browser.get(at(met)).get_data(as_text=True)
    data = {**form_on(page, action), **filled}
    return browser._seen(browser.client.post(action, data=data, buffered=True))


def reply(browser: Browser, met: Met, text: str, name: str = "P1") -> TestResponse:
    whom = met.people[name]
    return send(browser, met, f"/messages/{whom}", **{f"answer-{whom.hex}": text})


def publish(browser: Browser, met: Met, **filled: str) -> TestResponse:
    return send(browser, met, "/update", **filled)


def shown(browser: Browser, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200
    assert browser.page
    return browser.page.text


def rows(app: Flask, model: Any, force: str = HERTS) -> list[Any]:
    with app.app_context(), force_scope(force):
        return list(db.session.scalars(sa.select(model).order_by(model.id)))


def texts(app: Flask) -> list[str]:
    with app.app_context(), force_scope(HERTS):
        return [str(m.text) for m in db.session.scalars(sa.select(Message).order_by(Message.id))]


def case_now(app: Flask) -> Case:
    [found] = rows(app, Case)
    assert isinstance(found, Case)
    return found
