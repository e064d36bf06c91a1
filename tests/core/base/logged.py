"""What somebody could find in the log: words that are sent to every address, and what fails with them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from flask import Flask

from core.base.installation import installation
from core.testing.browser import Browser, Page
from core.testing.postgres import without_walls
from tests.security.walk import Walk

WORD = "logcanary"
UGLY = ["a\nb", "a\r\nb", "a\x1b[31mb", "a\u2028b", 'a"}\n{"event":"forged"', "a\x00b", "a\u202eb"]
HEADERS = ("User-Agent", "Referer", "Accept-Language", "X-Forwarded-For", "X-Request-Id", "Forwarded",
           "Authorization", "webhook-id", "webhook-signature", "webhook-timestamp", "X-Canary")
NAMES = {"text", "code", "reference", "after", "crime_reference", "surname", "postcode", "lang",
         "form_key", "next_step", "details", "to", "next", "id", "email", "phone", "reason"}


def lines(said: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in said.splitlines()]


def stored(app: Flask) -> str:
    """The audit's fields and the job queue's tables, as text."""
    tables = ("audit_entry", "procrastinate_jobs", "procrastinate_events", "procrastinate_workers")
    with without_walls(installation(app).settings.owner_database_url) as everything:
        return "\n".join(
            row for table in tables
            for row in everything.execute(sa.text(f"SELECT t::text FROM {table} t")).scalars()
        )


def typed_anywhere(walk: Walk, browsers: list[Browser]) -> set[str]:
    """The names of every field of every form, from the pages themselves."""
    found = set(NAMES)
    for browser in browsers:
        for rule in walk.rules("GET"):
            if rule.endpoint in ("static", "pages.leave"):
                continue
            answer = browser.client.get(walk.url(rule), buffered=True)
            if answer.mimetype == "text/html":
                found |= {name for form in Page(answer.text).forms for name in form["fields"]}
    return found - {"csrf_token"}


def ask_everything(walk: Walk, browsers: list[Browser], names: set[str], word: str) -> int:
    """Every address and method, with *word* in every place that a request has; how many requests."""
    count, typed = 0, dict.fromkeys(sorted(names), word)
    headers = dict.fromkeys(HEADERS, f"x {word}")
    for browser in browsers:
        for rule in walk.app.url_map.iter_rules():
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                if rule.endpoint in ("static", "pages.leave", "pages.sign_out"):
                    continue
                browser.client.set_cookie(f"canary-{word}", word)
                browser.client.open(
                    walk.url(rule), method=method, query_string=typed, headers=headers,
                    data=typed if method == "POST" else None, buffered=True)
                count += 1
    return count


def raising(how: Callable[[], Exception], view: Any) -> Any:
    def broken(**view_args: Any) -> Any:
        raise how()

    broken.tmc_policy = view.tmc_policy  # type: ignore[attr-defined]
    return broken


def failure_with_all() -> Exception:
    """A failure that has all that was sent in its text, and the statement's values too."""
    from flask import request

    said = f"{request.full_path} {request.form} {request.headers} {WORD}"
    inner = ValueError(said)
    failure = sa.exc.DataError(f"SELECT '{said}'", {"email": said}, inner)
    failure.__cause__ = inner
    return failure
