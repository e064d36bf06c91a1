"""No press loses what was begun in another box of the same page; what is sent is begun no more."""

from __future__ import annotations

import json
import re

import pytest
from flask import Flask

from core.cases.models import Contact, Entry, PortalSession
from core.testing import allocated, officer, person, recorded
from tests.conftest import HERTS
from tests.pages import Browser
from tests.people import Met, form_on, meet, officer_browser, staff_id, take
from tests.plugins.officer_desk.one_case import TEXT, ask, at
from tests.rows import rows, texts

DAY = {"next_update_by-day": "9", "next_update_by-month": "1", "next_update_by-year": "2999"}


@pytest.fixture
def two(app: Flask) -> Met:
    """A case with an officer and two people, one of whom wrote."""
    take(app, recorded(people=[person(1), person(2)]), allocated())
    met = meet(app)
    ask(app, met, "Have you found my bicycle?")
    return met


def answer(met: Met, name: str) -> str:
    return f"answer-{met.people[name].hex}"


def begun(met: Met) -> dict[str, str]:
    """Every box of the page, filled in."""
    return {answer(met, "P1"): "Not <b>yet</b>.", answer(met, "P2"): "Hello", "text": TEXT,
            "next_step": "I will call.", "stage": "investigating"}


def press(desk: Browser, met: Met, button: str, **filled: str) -> dict[str, str]:
    """Press one button of the page with its boxes filled in: what stands in the boxes then."""
    action = desk.path(at(met) + button)
    html = desk.get(at(met)).text
    assert f'action="{action}' in html
    fields = form_on(html, desk.path(f"{at(met)}/update"))
    pressed = desk.client.post(action, data=fields | filled)
    page = pressed if pressed.status_code == 400 else desk.get(at(met))
    return form_on(page.text, desk.path(f"{at(met)}/update"))


BUTTONS = {
    "answer": ("/messages/{P1}", {"answer P1"}),
    "answer to another": ("/messages/{P2}", {"answer P2"}),
    "update": ("/update", {"text", "next_step", "stage"}),
    "no answer needed": ("/messages/{P1}/no-answer", set()),
    "the other language": ("", set()),
}


@pytest.mark.parametrize("button", BUTTONS)
def test_a_press_takes_what_it_sends_and_leaves_the_rest_in_its_boxes(
    app: Flask, two: Met, button: str
) -> None:
    path, sent = BUTTONS[button]
    gone = {answer(two, one.split()[1]) if one.startswith("answer") else one for one in sent}
    desk = officer_browser(app, two.staff)
    left = press(desk, two, path.format(**two.people), **begun(two))
    assert {name: left[name] for name in begun(two)} == {
        name: "" if name in gone else text for name, text in begun(two).items()}


@pytest.mark.parametrize(("button", "slip"), [
    ("/messages/{P1}", {"answer P1": " "}), ("/messages/{P1}", {"answer P1": "x" * 4001}),
    ("/update", {"text": "x" * 2001}), ("/update", DAY),
    ("/update", DAY | {"next_update_by-month": "13"}),
])
def test_a_slip_leaves_everything_in_its_boxes(
    app: Flask, two: Met, button: str, slip: dict[str, str]
) -> None:
    wrong = {answer(two, "P1") if name == "answer P1" else name: text for name, text in slip.items()}
    filled = begun(two) | wrong
    left = press(officer_browser(app, two.staff), two, button.format(**two.people), **filled)
    assert {name: left[name].strip() for name in filled} == {n: text.strip() for n, text in filled.items()}
    assert texts(app) == ["Have you found my bicycle?"]


def test_what_is_begun_is_still_there_after_looking_elsewhere_in_this_visit_only(
    app: Flask, two: Met
) -> None:
    desk = officer_browser(app, two.staff)
    press(desk, two, "", **begun(two))
    desk.get("/desk/")
    box = desk.path(f"{at(two)}/update")
    assert form_on(desk.get(f"{at(two)}?lang=cy").text, box)["text"] == TEXT
    assert form_on(officer_browser(app, two.staff).get(at(two)).text, box)["text"] == ""
    token = form_on(desk.get("/desk/").text, desk.path("/sign-out"))
    desk.client.post(desk.path("/sign-out"), data=token)
    assert [one.notes for one in rows(app, PortalSession) if "drafts" in one.notes] == []


def test_what_is_begun_is_kept_sealed_and_opens_on_its_own_case_only(app: Flask, two: Met) -> None:
    take(app, recorded("41/2/24"), allocated("41/2/24"))
    desk = officer_browser(app, two.staff)
    press(desk, two, "", **begun(two))
    [kept] = [one.notes for one in rows(app, PortalSession) if "drafts" in one.notes]
    assert TEXT not in json.dumps(kept) and "camera" not in json.dumps(kept)
    other = meet(app, "41/2/24")
    assert form_on(desk.get(at(other)).text, desk.path(f"{at(other)}/update"))["text"] == ""


def test_enter_in_a_box_sends_nothing_and_keeps_all_that_stands_there(app: Flask, two: Met) -> None:
    """It presses the first button of the form, wherever that stands, which has the form's own address. The
    header's, for the other language, are buttons of the form too. (Scripts press the button of its part.)"""
    desk = officer_browser(app, two.staff)
    html = desk.get(at(two)).text
    first, *others = re.findall(r'<button[^>]* form="write"[^>]*>', html)
    assert 'type="submit"' in first and "formaction" not in first
    assert others and html.index(first) < html.index('id="write"')
    assert f'action="/{HERTS}{at(two)}" id="write"' in html
    filled = {**form_on(html, desk.path(at(two))), **begun(two), **DAY, "nothing_reason": "cctv",
              "nothing_by-day": "9", "contact_outcome": "tried"}
    answer = desk.client.post(desk.path(at(two)), data=filled)
    assert answer.status_code == 200 and "Nothing is sent yet" in answer.text
    left = form_on(answer.text, desk.path(at(two)))
    assert {name: left[name] for name in filled if name != "seen"} == {
        name: text for name, text in filled.items() if name != "seen"}
    assert rows(app, Entry, Entry.kind == "progress") == [] and rows(app, Contact) == []
    assert texts(app) == ["Have you found my bicycle?"]


@pytest.mark.parametrize(("sent", "action", "opened"), [
    ({"nothing_reason": ""}, "/nothing-new", "nothing-new"),
    ({"contact_outcome": ""}, "/contact/P2", "contact"),
    ({"text": ""}, "/update", "update"),
    ({}, "/messages/P2", "answer-P2"),
    ({"contact_line": "We spoke.", "nothing_reason": ""}, "/nothing-new", "nothing-new"),
])
def test_what_is_to_be_put_right_stands_open_and_nothing_else(
    app: Flask, two: Met, sent: dict[str, str], action: str, opened: str
) -> None:
    desk = officer_browser(app, two.staff)
    for name in ("P1", "P2"):
        action = action.replace(f"/{name}", f"/{two.people[name]}")
        opened = opened.replace(f"-{name}", f"-{two.people[name].hex}")
    assert open_on(desk.get(at(two)).text) == []
    form = form_on(desk.get(at(two)).text, desk.path(at(two)))
    answer = desk.client.post(desk.path(at(two) + action), data={**form, **sent})
    assert answer.status_code == 400 and open_on(answer.text) == [opened]


def test_what_was_begun_stands_open_when_its_writer_comes_back(app: Flask, two: Met) -> None:
    desk = officer_browser(app, two.staff)
    press(desk, two, "", contact_line="We spoke.")
    assert open_on(desk.get(at(two)).text) == ["contact"]


def open_on(html: str) -> list[str]:
    """The parts that are open, by their ids."""
    return re.findall(r'<details[^>]* open>\s*<summary id="([^"]+)"', html)


def test_a_stranger_keeps_nothing_on_a_case(app: Flask, two: Met) -> None:
    take(app, recorded("41/2/24"), allocated("41/2/24", officer=officer(2, unit="Stevenage CID")))
    elsewhere, stranger = at(meet(app, "41/2/24")), officer_browser(app, staff_id(app, "O2"))
    assert stranger.post(at(two), begun(two), form_at=elsewhere).status_code == 404
    assert [one.notes for one in rows(app, PortalSession) if "drafts" in one.notes] == []
