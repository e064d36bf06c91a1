"""Pages come in the language that people chose; else in their own; else in that of their browser, where the
force has texts in it; else in English."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask, session
from flask_babel import get_domain

from core.base import clock
from core.base.installation import installation
from core.base.languages import installed
from core.base.scope import scope_of
from core.cases.models import Person
from core.cli.services import letter_for
from core.hookspecs import Channel
from core.intake import conversation
from core.notices.models import Notice
from core.storage.db import db, force_scope
from core.testing import allocated, event, person, recorded
from core.testing.browser import VOID
from core.web import sessions
from tests.conftest import AVON, HERTS
from tests.pages import Browser
from tests.people import meet, officer_browser, person_browser, take

WELSH_BROWSER = {"headers": {"Accept-Language": "cy-GB,cy;q=0.9,en;q=0.8"}}
NEWS = {"en": "We have looked at the footage.", "cy": "Rydym wedi edrych ar y lluniau."}
NEXT = {"en": "We will write to you next week.", "cy": "Byddwn yn ysgrifennu atoch yr wythnos nesaf."}
ASKED = {"en": "Have you found the bicycle?", "cy": "A oes gennych chi luniau o'r beic?"}
NUMBER = "07700 900123"


@pytest.fixture
def welsh_force(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hertfordshire as a force that has its own texts in Welsh too."""
    host = installation(app).host
    found = host.get(HERTS)
    both = replace(found, force=found.force.model_copy(update={"languages": ("en", "cy")}))
    monkeypatch.setitem(host.installed, HERTS, both)


def language_of(browser: Browser, path: str = "/", **more: object) -> str:
    text = browser.get(path, **more).text
    return next(code for code in installed() if f'<html lang="{code}"' in text)


@pytest.mark.parametrize(("asked", "shown"), [
    ("cy", "cy"), ("cy-GB", "cy"), ("cy-GB,cy;q=0.9,en-GB;q=0.8,en;q=0.7", "cy"), ("de,cy;q=0.5", "cy"),
    ("en-GB,en;q=0.9,cy;q=0.8", "en"), ("de-DE", "en"), ("*", "en"), ("", "en"), ("cy;q=x,,;=", "en"),
    ("CY", "cy"), ("cy;q=0", "en"), ("\xff", "en"),
])
@pytest.mark.usefixtures("welsh_force")
def test_the_browsers_language_is_that_of_the_pages_where_nothing_was_chosen(
    app: Flask, asked: str, shown: str
) -> None:
    asking = {"headers": {"Accept-Language": asked}}
    assert language_of(Browser(app, HERTS), **asking) == shown
    assert language_of(Browser(app, HERTS), "/nothing-here", **asking) == shown
    assert language_of(Browser(app, AVON), **asking) == "en", "a force that has no texts in Welsh"


@pytest.mark.usefixtures("welsh_force")
def test_what_was_chosen_by_hand_wins_over_the_browser_also_after_signing_out(app: Flask) -> None:
    visitor = Browser(app, HERTS)
    assert language_of(visitor, **WELSH_BROWSER) == "cy"
    assert language_of(visitor, "/?lang=en", **WELSH_BROWSER) == "en"
    assert language_of(visitor, "/safety", **WELSH_BROWSER) == "en"
    left = visitor.post("/sign-out", form_at="/sign-in", **WELSH_BROWSER)
    assert language_of(visitor, left.location, **WELSH_BROWSER) == "en"
    assert language_of(Browser(app, HERTS), "/?lang=cy") == "cy"


@pytest.mark.parametrize(("chosen", "of_record", "browser", "shown"), [
    (None, "en", "cy", "cy"), (None, "en", "en", "en"), (None, "cy", "en", "cy"), ("cy", "en", "en", "cy"),
    ("en", "en", "cy", "en"), ("en", "cy", "cy", "en"),
])
@pytest.mark.usefixtures("welsh_force")
def test_a_person_who_signs_in_goes_on_in_their_own_language_and_the_browsers_where_none_is_known(
    app: Flask, chosen: str | None, of_record: str, browser: str, shown: str
) -> None:
    take(app, recorded(), allocated())
    who = meet(app).people["P1"]
    with app.app_context(), force_scope(HERTS):
        db.session.execute(sa.update(Person).values(chosen_language=chosen, language=of_record))
        db.session.commit()
    with scope_of(HERTS), app.test_request_context(headers={"Accept-Language": browser}):
        sessions.sign_in(person_id=who, language=chosen or of_record)
        assert (session.get("language") or browser) == shown
        db.session.rollback()


@pytest.mark.parametrize(("path", "more", "shown"), [
    ("/?lang=cy", {}, "cy"), ("/", {}, "en"), ("/", WELSH_BROWSER, "cy"), ("/?lang=en", WELSH_BROWSER, "en"),
])
@pytest.mark.usefixtures("welsh_force")
def test_whoever_chooses_a_force_in_one_language_goes_on_in_it(
    app: Flask, path: str, more: dict[str, object], shown: str
) -> None:
    chooser = Browser(app, None)
    assert language_of(chooser, path, **more) == shown
    assert chooser.page
    leading = [link for link in chooser.page.links if link.startswith((f"/{HERTS}/", f"/{AVON}/"))]
    assert {link.split("/")[1] for link in leading} == {HERTS, AVON}
    assert [language_of(Browser(app, link.split("/")[1]), link, **more) for link in leading] == [shown] * 2


@pytest.mark.usefixtures("welsh_force")
def test_a_language_that_is_no_longer_offered_is_shown_to_nobody(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever chose it, whose record says so and whose browser asks for it reads English."""
    take(app, recorded(people=[person(language="cy")]), allocated())
    met = meet(app)
    visitor, amina = Browser(app, HERTS), person_browser(app, met)
    assert language_of(visitor, "/?lang=cy") == "cy"
    assert 'href="?lang=cy"' in Browser(app, HERTS).get("/").text
    with app.app_context():
        monkeypatch.setattr(get_domain(), "offered", {"en": "English"})
    monkeypatch.setattr(app.jinja_env, "of_languages", {})
    assert language_of(visitor) == language_of(visitor, "/?lang=cy") == "en"
    assert language_of(Browser(app, HERTS), **WELSH_BROWSER) == "en"
    assert language_of(amina, f"/case/{met.case}") == "en"
    assert "?lang=cy" not in visitor.get("/").text
    with app.app_context(), force_scope(HERTS):
        letter = letter_for(Notice(
            kind="entry", channel="email", cause_id=uuid4(), made_at=clock.now(),
            case_id=met.case, person_id=met.people["P1"]))
        assert letter.channel is Channel.EMAIL
        assert letter.language == "en" and letter.html.count('<html lang="en" dir="ltr">') == 1


@pytest.mark.parametrize("page", installed())
def test_what_somebody_wrote_is_marked_in_the_language_it_is_written_in(app: Flask, page: str) -> None:
    """Updates and their next steps on the case, and messages on each page that shows them, to both sides."""
    take(app, recorded(), allocated(),
         *(event("crime.progress", stage="investigating", time=f"2024-03-{day}T10:00:00Z", text=NEWS[code],
                 next_step=NEXT[code]) for day, code in (("04", "cy"), ("05", "en"))))
    met = meet(app)
    with app.app_context(), force_scope(HERTS):
        for number, text in enumerate((ASKED["cy"], ASKED["en"], NUMBER)):
            conversation.post_message(
                case_id=met.case, person_id=met.people["P1"], staff_id=met.staff,
                from_person=bool(number), text=text, form_key=str(number))
        db.session.commit()
    amina, officer = person_browser(app, met), officer_browser(app, met.staff)
    case, messages = f"/case/{met.case}", f"/case/{met.case}/messages"
    shown = {
        case: {*NEWS.items(), *NEXT.items(), ("en", ASKED["en"]), ("", NUMBER)},
        messages: {*ASKED.items(), ("", NUMBER)}, f"/desk{case}": {*NEWS.items(), *NEXT.items(),
                                                                   *ASKED.items(), ("", NUMBER)},
    }
    for path, texts in shown.items():
        browser = officer if path.startswith("/desk") else amina
        said = Spoken(browser.get(f"{path}?lang={page}").text).said
        assert {(code, text) for text, code in said if text in {text for _, text in texts}} == texts, path


class Spoken(HTMLParser):
    """Each text of a page with the language that a screen reader takes it to be in."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.said: list[tuple[str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(dict(attrs).get("lang", self.open[-1] if self.open else "") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        self.said.append((data.strip(), self.open[-1] if self.open else ""))
