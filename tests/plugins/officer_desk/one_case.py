"""What tests of one case at the desk do: ask, answer, publish, and look at what came of it."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Flask
from werkzeug.test import TestResponse

from core.cases.models import Case
from tests.pages import Browser
from tests.people import Met, form_on, write_message
from tests.rows import rows

NOON = datetime(2024, 3, 5, 12, tzinfo=UTC)
TEXT = "I have asked the shops for their camera footage."


def at(met: Met) -> str:
    return f"/desk/case/{met.case}"


def ask(app: Flask, met: Met, text: str, name: str = "P1") -> None:
    """A person writes."""
    write_message(app, met, text, name)


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


def case_now(app: Flask) -> Case:
    [found] = rows(app, Case)
    assert isinstance(found, Case)
    return found
