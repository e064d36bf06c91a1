"""Whoever only reads leaves nothing here: no row, whatever address, method or cookie; forms still work."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from core.base import clock
from core.cases.models import PortalSession
from core.storage.ciphers import new_key
from core.storage.db import db, force_scope
from core.storage.keys.master_key import SECRET_KEY
from core.testing import recorded
from core.testing.browser import Page
from core.web import sessions, visitor_cookie
from tests.conftest import AVON, HERTS
from tests.pages import Browser
from tests.people import take
from tests.plugins.sign_in.ways_in import NOON, enter, give, newest_code

COOKIE = f"tmc-{HERTS}"
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
IDS = {"case_id": UUID(int=1), "person_id": UUID(int=2), "staff_id": UUID(int=3), "code": "404",
       "source": "niche", "filename": "app.css"}
OLD = "x" * 43  # the token of a visit that is over, or of none


def rows(app: Flask, force: str = HERTS) -> list[PortalSession]:
    with app.app_context(), force_scope(force):
        return list(db.session.scalars(sa.select(PortalSession)))


def addresses(app: Flask) -> Iterator[tuple[str, str]]:
    """Every address of a force and every one of none, with the methods by which something is read."""
    for rule in app.url_map.iter_rules():
        values = {name: IDS.get(name, UUID(int=9)) for name in rule.arguments}
        with app.test_request_context():
            built = rule.build(values, append_unknown=False)
        assert built, rule
        for path in (f"/{HERTS}{built[1]}", built[1]):
            for method in sorted((rule.methods or set()) & {"GET", "HEAD"}):
                yield method, path
    for path in ("/nowhere", "/case/none", "/sign-in/nowhere", "/.git/config"):
        yield "GET", f"/{HERTS}{path}"
    yield "PUT", f"/{HERTS}/sign-in"
    yield "DELETE", f"/{HERTS}/"


@pytest.mark.parametrize(("cookie", "query"), [
    (None, ""), (None, "?lang=cy"), (OLD, "?lang=cy"), ("spoilt.cookie", ""), ("kept", "?lang=cy"),
], ids=["no cookie", "in Welsh", "a visit that is over", "a spoilt cookie", "one who stays"])
def test_reading_any_address_leaves_no_row(app: Flask, cookie: str | None, query: str) -> None:
    take(app, recorded())
    staying, seen = app.test_client(), 0
    for method, path in addresses(app):
        client = staying if cookie == "kept" else app.test_client()
        if cookie not in (None, "kept"):
            client.set_cookie(COOKIE, str(cookie), path="/")
        answer = client.open(f"{path}{query}", method=method, buffered=True)
        seen += 1
        assert rows(app) == [], f"{method} {path} -> {answer.status_code}"
    assert seen > 120


def test_who_gives_details_has_one_row_and_who_reads_on_no_second(app: Flask) -> None:
    """The other way round: what has to be kept is kept."""
    take(app, recorded())
    browser = Browser(app, HERTS)
    give(browser)
    for path in ("/sign-in/code", "/", "/sign-in", "/safety", "/?lang=cy"):
        browser.get(path)
    (row,) = rows(app)
    token = browser.client.get_cookie(COOKIE)
    assert token and row.token_hash == sessions.token_hash(token.value)
    assert row.notes.keys() == {"csrf_token", "language", "sign_in_attempts"}


def test_if_notes_did_not_fit_into_the_cookie_each_form_would_leave_a_row(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visitor_cookie, "fits", lambda session: False)
    for _ in range(3):
        app.test_client().get(f"/{HERTS}/sign-in")
    assert len(rows(app)) == 3


# --- forms --------------------------------------------------------------------------------------


def form_of(client: Any, force: str = HERTS, path: str = "/sign-in") -> str:
    found = TOKEN.search(client.get(f"/{force}{path}").text)
    assert found
    return found[1]


def sends(client: Any, token: str) -> int:
    """What a form gets whose fields are empty: 400 with its errors, or 400 for a token that is no good."""
    answer = client.post(f"/{HERTS}/sign-in", data={"csrf_token": token})
    assert answer.status_code == 400
    return 200 if "Enter your crime reference" in answer.text else 400


def test_a_form_works_in_the_browser_that_opened_it_and_in_no_other(app: Flask) -> None:
    hers, his = app.test_client(), app.test_client()
    token = form_of(hers)
    assert sends(hers, token) == 200
    form_of(his)
    assert sends(his, token) == 400


def test_a_form_of_another_force_is_no_good_here(app: Flask) -> None:
    client = app.test_client()
    token = form_of(client, AVON)
    there = client.get_cookie(f"tmc-{AVON}")
    assert there
    client.set_cookie(COOKIE, there.value, path="/")
    assert sends(client, token) == 400


def test_forms_in_several_tabs_work_also_after_one_chose_welsh_and_one_gave_details(app: Flask) -> None:
    take(app, recorded())
    browser = Browser(app, HERTS)
    first = form_of(browser.client)
    second = form_of(browser.client, path="/can-i-track?lang=cy")
    browser.get("/sign-in?lang=en")
    assert sends(browser.client, second) == 200
    give(browser)
    assert sends(browser.client, first) == 200, "Back to a form that was open before"
    assert enter(browser, str(newest_code(app))).status_code == 303
    answer = browser.client.post(f"/{HERTS}/sign-out", data={"csrf_token": first})
    assert answer.status_code == 400, "signing in gives every form a new token"


@pytest.mark.parametrize("wrong", [
    "", "x", OLD, "AAAA", "é" * 43, "{cookie}x", "{cookie[0:42]}", "{other}",
], ids=range(8))
def test_a_cookie_that_was_not_made_here_is_as_none(app: Flask, wrong: str) -> None:
    client = app.test_client()
    token = form_of(client)
    cookie = str(client.get_cookie(COOKIE).value)  # type: ignore[union-attr]
    other = f"{'B' if cookie[5] == 'A' else 'A'}"
    changed = wrong.replace("{cookie[0:42]}", cookie[:42]).replace("{cookie}", cookie).replace(
        "{other}", cookie[:5] + other + cookie[6:])
    client.set_cookie(COOKIE, changed, path="/")
    assert sends(client, token) == 400
    assert sends(client, form_of(client)) == 200


def test_the_cookie_shows_nothing_of_what_it_remembers(app: Flask) -> None:
    """Two readers who do the same, and one who chose Welsh, hold what looks like chance."""
    held = []
    for query in ("", "", "?lang=cy"):
        client = app.test_client()
        client.get(f"/{HERTS}/sign-in{query}")
        held.append(str(client.get_cookie(COOKIE).value))  # type: ignore[union-attr]
    assert len(set(held)) == 3 and {len(one) for one in held} == {43}


# --- in time ------------------------------------------------------------------------------------


def test_a_language_is_kept_for_a_day_of_reading_and_forgotten_after_half_a_day(app: Flask) -> None:
    client = app.test_client()
    with clock.travel(NOON):
        client.get(f"/{HERTS}/?lang=cy")
    for hours in (6, 12, 18):
        with clock.travel(NOON + timedelta(hours=hours)):
            assert '<html lang="cy"' in client.get(f"/{HERTS}/").text
            assert sends_welsh(client)
    with clock.travel(NOON + timedelta(hours=18 + 13, minutes=1)):
        assert '<html lang="en"' in client.get(f"/{HERTS}/").text


def sends_welsh(client: Any) -> bool:
    token = form_of(client)
    return '<html lang="cy"' in client.post(f"/{HERTS}/sign-in", data={"csrf_token": token}).text


def test_the_language_lives_on_when_she_signs_in(app: Flask) -> None:
    take(app, recorded())
    browser = Browser(app, HERTS)
    browser.get("/?lang=cy")
    give(browser)
    assert enter(browser, str(newest_code(app))).status_code == 303
    assert '<html lang="cy"' in browser.client.get(f"/{HERTS}/your-reports", follow_redirects=True).text


def test_a_form_that_was_open_when_the_session_key_changed_is_taken(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret, client = SECRET_KEY.get(app), app.test_client()
    token, former = form_of(client), secret.in_use()
    monkeypatch.setattr(secret, "in_use", lambda: [new_key(), *former])
    assert sends(client, token) == 200
    monkeypatch.setattr(secret, "in_use", lambda: [new_key()])
    assert sends(client, token) == 400


# --- a browser that keeps no cookies --------------------------------------------------------------


@pytest.mark.parametrize(("language", "said"), [
    ("en", "Your browser sent us no cookie"), ("cy", "Ni anfonodd eich porwr gwci atom"),
])
@pytest.mark.parametrize("form", ["sign-in", "can-i-track"])
def test_a_browser_that_keeps_no_cookies_is_told_so_and_whom_to_call(
    app: Flask, form: str, language: str, said: str
) -> None:
    """In the language of the form, which no cookie keeps."""
    client = app.test_client(use_cookies=False)
    page = Page(client.get(f"/{HERTS}/{form}?lang={language}").text)
    [filled] = [one for one in page.forms if f"/{form}" in one["action"]]
    answer = client.post(filled["action"], data=filled["fields"])
    assert (answer.status_code, rows(app)) == (400, [])
    assert said in answer.text and "101" in answer.text and "999" in answer.text


def test_a_form_that_is_only_old_is_called_old(app: Flask) -> None:
    client = app.test_client()
    with clock.travel(NOON):
        token = form_of(client)
    with clock.travel(NOON + timedelta(hours=14)):
        answer = client.post(f"/{HERTS}/sign-in", data={"csrf_token": token})
    assert answer.status_code == 400 and "open for a long time" in answer.text
