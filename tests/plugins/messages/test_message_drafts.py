"""What a person has begun to write to their officer is there again, in whatever language, in this visit."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from core.cases.models import Message, PortalSession
from core.storage.db import db, force_scope
from core.testing import allocated, person, recorded
from tests.conftest import HERTS
from tests.pages import Browser
from tests.people import Met, form_on, meet, person_browser, take

DRAFT = "I remember <b>the colour</b>."


@pytest.fixture
def met(app: Flask) -> Met:
    take(app, recorded(people=[person(1), person(2)]), allocated())
    return meet(app)


def box(browser: Browser, met: Met, query: str = "") -> str:
    path = f"/case/{met.case}/messages"
    return form_on(browser.get(path + query).text, browser.path(path))["text"]


def switch(browser: Browser, met: Met, text: str, code: str = "cy") -> str:
    """Press the other language on the page, with this in the box: where it leads."""
    path = f"/case/{met.case}/messages"
    html = browser.get(path).text
    [button] = re.findall(rf"<button [^>]*formaction=\"([^\"]*lang={code})\"[^>]*>", html)
    fields = form_on(html, browser.path(path)) | {"text": text, "keep": "1"}
    return str(browser.client.post(button, data=fields).location)


def drafts(app: Flask) -> list[object]:
    with app.app_context(), force_scope(HERTS):
        return [one.notes["drafts"] for one in db.session.query(PortalSession) if one.notes.get("drafts")]


@pytest.mark.parametrize("text", [DRAFT, "Wêdi’i ddwyn\r\n\r\n– o’r sied", "x" * 4001, "\u202eodd", " "])
def test_the_other_language_keeps_what_is_begun(app: Flask, met: Met, text: str) -> None:
    amina = person_browser(app, met)
    where = switch(amina, met, text)
    assert where == f"/{HERTS}/case/{met.case}/messages?lang=cy"
    assert box(amina, met, "?lang=cy") == text.strip().replace("\r\n", "\n")
    assert '<html lang="cy"' in amina.get(f"/case/{met.case}/messages").text
    with app.app_context(), force_scope(HERTS):
        assert db.session.query(Message).count() == 0


def test_what_is_begun_is_there_again_after_another_page_and_gone_once_it_is_sent(
    app: Flask, met: Met
) -> None:
    amina, path = person_browser(app, met), f"/case/{met.case}/messages"
    switch(amina, met, DRAFT, "cy")
    amina.get(f"/case/{met.case}?lang=en")
    assert box(amina, met) == DRAFT
    filled = form_on(amina.get(path).text, amina.path(path))
    assert amina.client.post(amina.path(path), data=filled).status_code == 303
    assert box(amina, met) == ""
    assert drafts(app) == []


def test_nobody_else_and_no_other_visit_gets_what_is_begun(app: Flask, met: Met) -> None:
    amina = person_browser(app, met)
    switch(amina, met, DRAFT)
    assert box(person_browser(app, met, "P2"), met) == ""
    assert box(person_browser(app, met), met) == ""
    assert box(amina, met) == DRAFT


@pytest.mark.parametrize("way", ["/leave", "/sign-out"])
def test_leaving_takes_it_away(app: Flask, met: Met, way: str) -> None:
    amina = person_browser(app, met)
    switch(amina, met, DRAFT)
    assert len(drafts(app)) == 1
    if way == "/leave":
        amina.get(way)
    else:
        amina.post(way, form_at=f"/case/{met.case}/messages")
    assert drafts(app) == []
