"""Somebody who knows every detail, and types contacts of their own: nothing is shown, nothing is sent."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from core.base import clock
from core.cases.models import Person
from core.notices import letters, ways
from core.storage.db import db, force_scope
from core.testing import allocated, event, officer, person, recorded
from core.testing.people import Met
from plugins.sign_in import rules
from tests.conftest import HERTS
from tests.pages import Browser
from tests.people import meet, take
from tests.plugins.sign_in.classes import FACTS
from tests.plugins.sign_in.ways_in import NOON, give, looks_in, newest_code, post_of
from tests.security.checklist import protection, requirement

OWN_MAIL, OWN_PHONE = "stranger@example.net", "07400 666666"
CANARIES = ("SUMMARYCANARY", "NEWSCANARY", "OFFICERCANARY", "MESSAGECANARY")
ROOT = Path(__file__).resolve().parents[3]


def her_case(app: Flask) -> Met:
    with clock.travel(NOON):
        take(app, recorded(summary="SUMMARYCANARY", people=[person(1, phone="07400 123456")]),
             allocated(officer=officer(name="OFFICERCANARY")),
             event("crime.progress", time="2024-03-03T10:00:00Z", stage="investigating", text="NEWSCANARY"),
             event("message.sent", time="2024-03-04T10:00:00Z", text="MESSAGECANARY", officer=officer()))
    return meet(app)


def walks(app: Flask, met: Met) -> tuple[int, str]:
    """Every address that anybody can write, asked for and posted to with all facts right, and with the
    walker's own contacts in every field and parameter; how many, and all that came back."""
    browser, back, asked = Browser(app, HERTS, address="203.0.113.7"), [], 0
    own = dict.fromkeys(("email", "to", "address", "contact", "recipient", "mail", "cc"), OWN_MAIL)
    own |= dict.fromkeys(("phone", "number", "to_number", "mobile", "tel"), OWN_PHONE)
    fields = {"crime_reference": "41/1/24", **FACTS, "code": "123456", "checked": "41124", **own}
    ids = {"case_id": met.case, "person_id": met.people["P1"], "staff_id": met.staff,
           "code": 404, "source": "niche", "filename": "app.css"}
    give(browser)
    looks_in(app)
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: "leave" in rule.rule):
        if not rule.arguments <= ids.keys():
            continue
        with app.test_request_context():
            path = rule.build(ids, append_unknown=False)
        assert path
        address = f"/{HERTS}{path[1]}"
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            token = re.search(r'name="csrf_token" value="([^"]+)"', browser.client.get(
                f"/{HERTS}/sign-in", environ_base={"REMOTE_ADDR": "203.0.113.7"}).text)
            answer = browser.client.open(
                address, method=method, query_string=fields,
                data={**fields, "csrf_token": token[1] if token else ""} if method == "POST" else None,
                environ_base={"REMOTE_ADDR": "203.0.113.7"}, buffered=True,
            )
            if (answer.location or "").startswith("/"):
                answer = browser.client.get(answer.location, buffered=True)
            asked += 1
            back.append(answer.text if "/demo/" not in path[1] else "")
            looks_in(app)
    return asked, "\n".join(back)


@requirement("A1", "A2")
def test_all_facts_and_own_contacts_everywhere_show_nothing_and_send_nothing(
    app: Flask, record_property: Any
) -> None:
    met = her_case(app)
    with clock.travel(NOON), post_of(app) as post:
        asked, back = walks(app, met)
    assert asked > 40
    assert [canary for canary in CANARIES if canary in back] == []
    assert "amina1@example.com" in post.sent_to, "the code went where the record says"
    assert set(post.sent_to) <= {"amina1@example.com"}
    record_property("figure", ("addresses walked with all facts right", asked))


@protection("A1")
def test_if_any_code_would_do_the_walk_would_find_her_case(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    met = her_case(app)
    monkeypatch.setattr(rules, "same_code", lambda expected, given: expected is not None)
    with clock.travel(NOON), post_of(app):
        _, back = walks(app, met)
    assert "NEWSCANARY" in back


@protection("A2")
def test_if_codes_went_where_the_visitor_says_the_walker_would_get_one(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    met = her_case(app)
    for module in (letters, ways):
        monkeypatch.setattr(module, "contact", lambda person, channel: OWN_MAIL)
    monkeypatch.setattr(Person, "email", property(lambda self: OWN_MAIL))
    with clock.travel(NOON), post_of(app) as post:
        give(Browser(app, HERTS))
        looks_in(app)
    assert met and post.sent_to == [OWN_MAIL]


# --- letters ------------------------------------------------------------------------------------


@requirement("A3")
@pytest.mark.parametrize("words", ["named", "discreet"])
def test_nothing_in_any_letter_opens_the_case_on_another_device(app: Flask, words: str) -> None:
    """Letters hold the portal's plain address or none: there is no link that would be worth stealing."""
    safe = {"words": words}
    with clock.travel(NOON):
        take(app, recorded(people=[person(1, safe_contact=safe)], summary="SUMMARYCANARY"), allocated())
    hers = Browser(app, HERTS)
    with clock.travel(NOON), post_of(app) as post:
        give(hers)
        newest_code(app)
        news = (event("crime.progress", time="2024-03-05T10:00:00Z", stage="investigating", text="NEWS"),
                event("message.sent", time="2024-03-06T10:00:00Z", text="HELLO", officer=officer()))
        with app.app_context(), force_scope(HERTS):
            from core.intake.take_in import take_in
            from core.plugin_host.host import host
            take_in(host().get(HERTS).force, "niche", list(news), announce=True)
            db.session.commit()
        looks_in(app)
        assert len(post.letters) == 3
        links = {link for one in post.letters for link in links_in(one.text + one.html)}
        assert links <= {"http://portal.test/hertfordshire/", "http://portal.test/hertfordshire/?lang=en"}
        assert bool(links) is (words == "named")
        for link in [*links, "http://portal.test/hertfordshire/sign-in"]:
            other = Browser(app, HERTS)
            assert "SUMMARYCANARY" not in other.get(link.removeprefix("http://portal.test")).text
            assert other.get("/your-reports").location == f"/{HERTS}/sign-in"
        code = codes_in(post.letters)[0]
        other = Browser(app, HERTS)
        assert other.post("/sign-in/code", {"code": code}, form_at="/sign-in").status_code == 400
        assert hers.post("/sign-in/code", {"code": code}).status_code == 303


def links_in(text: str) -> set[str]:
    return set(re.findall(r"https?://[^\s\"'<>]+", text))


def codes_in(letters: Any) -> list[str]:
    return [found[0] for one in letters if (found := re.search(r"\b\d{6}\b", one.text))]


# --- no other way in --------------------------------------------------------------------------


@requirement("A12")
def test_a_person_is_signed_in_at_one_place_only() -> None:
    """Every way to a session of a person passes the code: there is no other call. The preview is a
    portal of its own with nobody but sample people in it."""
    found = set()
    for folder in ("core", "plugins", "forces"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and _signs_in_a_person(node):
                    found.add(str(path.relative_to(ROOT)))
    assert found - {"plugins/preview/personas.py"} == {"plugins/sign_in/routes.py", "core/web/sessions.py"}


def _signs_in_a_person(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    return name in ("sign_in", "begin") and any(word.arg == "person_id" for word in call.keywords)


@requirement("A12")
def test_who_lost_the_reference_is_led_to_people_and_nothing_is_looked_up(app: Flask) -> None:
    take(app, recorded())
    browser = Browser(app, HERTS)
    browser.get("/sign-in")
    assert browser.page and f"/{HERTS}/sign-in/lost-reference" in browser.page.links
    browser.get("/sign-in/lost-reference")
    page = browser.page
    assert page and "call 101" in page.text and "They make sure it is you" in page.text
    assert {name for form in page.forms for name in form["fields"]} <= {"csrf_token", "lang"}
    path = f"/{HERTS}/sign-in/lost-reference"
    assert browser.client.post(path, data=FACTS).status_code in (400, 405)
