"""The page for call handlers: the same answer, with the words to say."""

from __future__ import annotations

import pytest
from flask import Flask

from core.base import clock
from core.force.eligibility import eligibility
from core.plugin_host.host import host
from tests.conftest import HERTS
from tests.pages import Browser, shown
from tests.people import meet, person_browser

DESK = "/desk/can-they-track"
YES = {"kind": "bicycle-theft", "district": "watford"}


def ask(browser: Browser, **asked: str) -> str:
    return shown(browser, DESK, query_string=asked)


def test_only_staff_come_to_the_page(app: Flask, handler: Browser) -> None:
    for stranger in (Browser(app, HERTS), person_browser(app, meet(app))):
        assert stranger.get(DESK).status_code in (303, 404)
    assert handler.get(DESK).status_code == 200


def test_the_desk_leads_to_it_and_back(handler: Browser) -> None:
    handler.get("/desk/")
    assert handler.page and f"/hertfordshire{DESK}" in handler.page.links
    handler.get(DESK)
    assert handler.page and "/hertfordshire/desk/" in handler.page.links


def test_a_yes_comes_with_how_to_sign_in(handler: Browser) -> None:
    said = ask(handler, **YES)
    for part in ("Yes, you can follow it online", "Say this", "portal.test/hertfordshire",
                 "your surname, date of birth and postcode", "we send a code", "Look at the record"):
        assert part in said, part


def test_a_no_comes_with_what_instead(handler: Browser) -> None:
    said = ask(handler, kind="antisocial-behaviour", district="watford")
    assert "No, you cannot follow it online" in said
    assert "You can call 101 at any time" in said
    assert "Support you can offer" in said
    assert "we send a code" not in said


@pytest.mark.parametrize("asked", [{"kind": "rape"}, {"flagged": "yes"}])
def test_what_needs_care_is_answered_without_saying_why(
    handler: Browser, asked: dict[str, str]
) -> None:
    said = ask(handler, **{**YES, **asked})
    assert "Do not say why" in said
    assert "Some crimes are not followed online, to keep people safe." in said
    assert "we send a code" not in said


def test_the_answer_to_all_is_that_of_the_one_function(app: Flask, handler: Browser) -> None:
    force = host(app).get(HERTS).force
    for kind in force.crime_types:
        answer = eligibility(force, "watford", kind.id, (), clock.today())
        assert str(answer.text) in ask(handler, kind=kind.id, district="watford"), kind.id


def test_a_slip_is_said_beside_its_field(handler: Browser) -> None:
    assert handler.get(DESK, query_string={"kind": "", "district": "watford"}).status_code == 400
    assert handler.page and "#kind" in handler.page.links


def test_the_first_field_takes_the_keys_and_then_the_answer_does(handler: Browser) -> None:
    empty = handler.get(DESK).text
    assert empty.count("autofocus") == 1
    assert '<select class="govuk-select" id="kind" name="kind" autofocus>' in empty
    answered = handler.get(DESK, query_string=YES).text
    assert answered.count("autofocus") == 1
    assert 'id="answer" tabindex="-1" autofocus' in answered
