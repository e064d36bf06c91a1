"""The kinds of details that a stranger must not be able to tell apart, and the walk through sign-in."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from core.base import clock
from core.storage.db import db, force_scope
from core.testing import event, people, person, recorded
from plugins.sign_in import guesses, limits, rules
from tests.conftest import AVON, HERTS
from tests.pages import Browser
from tests.people import meet, take

NOON = datetime(2026, 3, 4, 12, 0, 30, tzinfo=UTC)
FACTS = {
    "surname": "Khan", "date_of_birth-day": "17", "date_of_birth-month": "5",
    "date_of_birth-year": "1980", "postcode": "WD17 1AA",
}
# What is asked for, and how it differs from what the record holds.
CLASSES: dict[str, dict[str, str]] = {
    "right details": {"crime_reference": "41/1/24"},
    "two alike": {"crime_reference": "41/6/24"},
    "two alike with one mailbox": {"crime_reference": "41/7/24"},
    "unknown reference": {"crime_reference": "41/8/24"},
    "wrong details": {"crime_reference": "41/1/24", "surname": "Cole"},
    "of another force": {"crime_reference": "41/9/24"},
    "closed": {"crime_reference": "41/2/24"},
    "silent": {"crime_reference": "41/3/24"},
    "not offered": {"crime_reference": "41/4/24"},
    "locked": {"crime_reference": "41/5/24"},
}
SISTER = {"given": "Sara", "family": "Khan"}
MASKED = re.compile(
    r'name="csrf_token" value="[^"]+"|tmc-[a-z-]+=[^;]+|"tmc-csrf" content="[^"]+"'
)


def everybody(app: Flask) -> None:
    """The cases of all classes; the account of "locked" has had all its tries."""
    take(app, recorded("41/1/24", people=[person(1)]), recorded("41/2/24", people=[person(2)]),
         event("crime.outcome", "41/2/24", time="2024-04-01T10:00:00Z", outcome="18"),
         recorded("41/3/24", people=[person(3, safe_contact={"silent": True})]),
         recorded("41/4/24", crime_type="rape", people=[person(4)]),
         recorded("41/5/24", people=[person(5)]),
         recorded("41/6/24", people=[person(6), person(16, name=SISTER)]),
         recorded("41/7/24", people=[person(7), person(17, name=SISTER, email="amina7@example.com")]))
    people.take(app, recorded("41/9/24", district="bristol", people=[person(9)]), force=AVON)
    locked = meet(app, "41/5/24").people["P5"]
    with app.app_context(), force_scope(HERTS):
        for _ in range(guesses.TRIES_PER_ACCOUNT_DAY):
            limits.take("tries/day", [f"tries/{locked.hex}"], guesses.TRIES_PER_ACCOUNT_DAY)
        db.session.commit()


def worker(app: Flask) -> None:
    """The worker looks into what was given, and does no more."""
    with app.app_context(), force_scope(HERTS):
        waiting = sa.select(rules.Attempt).where(rules.Attempt.state == "given")
        for one in db.session.scalars(waiting).all():
            rules.look_into(str(one.id))
            rules.send(str(one.id))
        db.session.commit()


@dataclass(frozen=True)
class Answer:
    """What a browser gets, without the tokens that differ every time."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: str
    size: int

    @classmethod
    def of(cls, answer: TestResponse) -> Answer:
        headers = tuple((name, MASKED.sub("…", value)) for name, value in answer.headers)
        return cls(answer.status_code, headers, MASKED.sub("…", answer.text), len(answer.data))


def walk(
    app: Flask, name: str, *, address: str, look: Callable[[Flask], None] = worker,
    after: Callable[[str], Any] = lambda step: None,
) -> dict[str, Answer]:
    """Every step that somebody with this kind of details can take; *after* is told of each."""
    browser, answers = Browser(app, HERTS, address=address), {}

    def step(what: str, answer: TestResponse) -> None:
        answers[what] = Answer.of(answer)
        after(what)

    def at(seconds: int) -> Any:
        return clock.travel(NOON + timedelta(seconds=seconds))

    with at(0):
        step("form", browser.get("/sign-in"))
        step("details", browser.post("/sign-in", FACTS | CLASSES[name]))
        step("code page", browser.get("/sign-in/code"))
    with at(2):
        step("code before the worker", browser.post("/sign-in/code", {"code": "000000"}))
        step("code too soon", browser.post("/sign-in/code", {"code": "000000"}))
        look(app)
    with at(60):
        step("wrong code", browser.post("/sign-in/code", {"code": "000000"}))
        step("officer's code", browser.post("/sign-in/code", {"code": "23456-789AC"}))
        step("details again", browser.post("/sign-in", FACTS | CLASSES[name]))
        look(app)
    with at(120):
        step("wrong code again", browser.post("/sign-in/code", {"code": "111111"}))
    for late in (12, 29, 31):
        with at(late * 60):
            step(f"after {late} minutes", browser.post("/sign-in/code", {"code": "000000"}))
            step(f"at once after {late}", browser.post("/sign-in/code", {"code": "000000"}))
    return answers
