"""Two people whose details are the same, on one case, and what comes of their asking for codes."""

from __future__ import annotations

import re
from typing import Any

import sqlalchemy as sa
from flask import Flask

from core.base import clock
from core.cases import people as core_people
from core.cases.models import PortalSession
from core.storage.db import db, force_scope
from core.testing import allocated, event, person, recorded
from plugins.sign_in import guesses, limits
from tests.conftest import HERTS
from tests.pages import Browser
from tests.people import Met, meet, take
from tests.plugins.sign_in.ways_in import NOON, Post, give, looks_in, post_of

LATER = "2024-03-09T10:00:00Z"
WRONG = "000000"


def amina(**more: Any) -> dict[str, Any]:
    return person(1, **{"email": "amina@example.com", **more})


def sara(number: int = 2, given: str | None = "Sara", **more: Any) -> dict[str, Any]:
    name = {"family": "Khan"} if given is None else {"given": given, "family": "Khan"}
    return person(number, **{"name": name, "email": "sara@example.com", **more})


def on_one_case(app: Flask, *people: dict[str, Any]) -> Met:
    with clock.travel(NOON):
        take(app, recorded(people=list(people) or [amina(), sara()]), allocated())
    return meet(app)


def asked(app: Flask, browser: Browser, **changed: str) -> dict[str, str]:
    """Details are given and looked into: the code that went to each address or number."""
    with post_of(app) as post:
        give(browser, **changed)
        looks_in(app)
    return codes_in(post)


def codes_in(post: Post) -> dict[str, str]:
    found = {one.to: one.text for one in post.letters} | {
        one.to: one.text for one in post.texts}
    return {to: match[0] for to, text in found.items() if (match := re.search(r"\b\d{6}\b", text))}


def who_is_in(app: Flask, met: Met) -> list[str]:
    """Of whom there are visits, oldest first."""
    names = {value: key for key, value in met.people.items()}
    with app.app_context(), force_scope(HERTS):
        rows = sa.select(PortalSession).where(PortalSession.person_id.is_not(None)).order_by(PortalSession.id)
        return [names[one.person_id] for one in db.session.scalars(rows) if one.person_id]


def name(browser: Browser, given: str) -> Any:
    return browser.post("/sign-in/name", {"given": given})


def taken(met: Met, who: str) -> int:
    return limits.so_far("tries/day", limits.hashed(f"tries/{met.people[who].hex}"), guesses.HOUR)


def locked(app: Flask, met: Met) -> None:
    with app.app_context(), force_scope(HERTS):
        core_people.lock_access(met.people["P2"], by="officer")
        db.session.commit()


def moved(app: Flask, met: Met) -> None:
    take(app, event("person.amended", time=LATER, person=sara(email="new@example.com")))


def removed(app: Flask, met: Met) -> None:
    take(app, event("person.amended", time=LATER, person=sara(), removed=True))


def hidden(app: Flask, met: Met) -> None:
    take(app, event("crime.amended", time=LATER, flags=["domestic_abuse"]))
