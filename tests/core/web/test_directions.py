"""Whoever has a name that is written from right to left, or a number that is not, reads it whole: no sentence
around it is turned, and it turns none."""

from __future__ import annotations

from html.parser import HTMLParser
from uuid import uuid4

import pytest
from flask import Flask

from core.base import clock
from core.cli.services import letter_for
from core.hookspecs import Channel
from core.notices.models import Notice
from core.plugin_host.host import the_force
from core.storage.db import force_scope
from core.testing import allocated, event, officer, person, recorded
from core.testing.browser import VOID
from tests.conftest import HERTS
from tests.pages import Browser
from tests.people import Met, meet, officer_browser, person_browser, take

PERSON, OFFICER, UNIT = "ليلى", "דוד", "یونٹ"
REFERENCE = "41/1/24"


class Isolated(HTMLParser):
    """Each text of a page, and whether it has its own direction: in ``bdi``, or where ``dir`` says so."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.texts: list[tuple[str, bool]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = tag == "bdi" or (tag != "html" and dict(attrs).get("dir") is not None)
        if tag not in VOID:
            self.open.append((tag, own or any(one for _, one in self.open)))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1][0] not in ("title", "option", "textarea"):  # these hold text alone
            self.texts.append((data, self.open[-1][1]))


@pytest.fixture
def met(app: Flask) -> Met:
    take(app,
         recorded(REFERENCE, people=[person(name={"given": PERSON, "family": PERSON})]),
         allocated(REFERENCE, officer=officer(name=OFFICER, unit=UNIT)),
         event("crime.progress", REFERENCE, stage="investigating", time="2024-03-05T10:00:00Z",
               text=f"{OFFICER} {UNIT}"))
    return meet(app)


def turned(browser: Browser, *paths: str) -> tuple[set[str], list[tuple[str, str]]]:
    """What was met of the names on these pages, and where one stands without a direction of its own."""
    seen, bare = set(), []
    for path in paths:
        for text, isolated in Isolated(browser.get(path).text).texts:
            held = {name for name in (PERSON, OFFICER, UNIT, REFERENCE) if name in text}
            seen |= held
            bare += [(path, text.strip())] if held and not isolated else []
    return seen, bare


def test_what_the_record_says_has_its_own_direction_on_the_pages_of_a_person(app: Flask, met: Met) -> None:
    case = f"/case/{met.case}"
    assert turned(person_browser(app, met), case, f"{case}/messages", "/your-reports", "/your-account") == (
        {OFFICER, UNIT, REFERENCE}, [])


def test_what_the_record_says_has_its_own_direction_at_the_desk(app: Flask, met: Met) -> None:
    case, one = f"/desk/case/{met.case}", met.people["P1"]
    assert turned(officer_browser(app, met.staff), "/desk/", case, f"{case}/person/{one}",
                  f"{case}/sign-in-code/{one}") == ({PERSON, OFFICER, UNIT, REFERENCE}, [])


@pytest.mark.parametrize("language", ["en", "cy"])
def test_the_forces_name_has_its_own_direction_in_a_letter(app: Flask, language: str) -> None:
    take(app, recorded(REFERENCE, people=[person(language=language, safe_contact={"words": "named"})]),
         allocated(REFERENCE))
    met = meet(app)
    with app.app_context(), force_scope(HERTS):
        for kind in ("entry", "message"):
            letter = letter_for(Notice(
                kind=kind, channel="email", cause_id=uuid4(), made_at=clock.now(), case_id=met.case,
                person_id=met.people["P1"]))
            assert letter.channel is Channel.EMAIL
            name = the_force().name_in(language)
            named = [isolated for text, isolated in Isolated(letter.html).texts if name in text]
            assert named and all(named), kind


def test_a_name_without_a_direction_of_its_own_is_found() -> None:
    page = Isolated(f"<html dir='ltr'><title>{PERSON}</title><p>To {PERSON}<br><bdi>{PERSON}</bdi></p>")
    assert [isolated for text, isolated in page.texts if PERSON in text] == [False, True]
