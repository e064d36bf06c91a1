"""Who waits for an answer: until somebody of the force gave one, or said that none is needed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from core.audit.models import AuditEntry
from core.base import clock
from core.cases.models import Message
from core.testing import allocated, event, officer, person, recorded
from tests.pages import Browser, shown
from tests.people import Met, form_on, meet, officer_browser, person_browser, staff_id, take
from tests.plugins.officer_desk.one_case import NOON, TEXT, ask, at, publish, reply, send
from tests.rows import rows
from tests.security.audited import audited

DAY = timedelta(days=1)


def waits(browser: Browser, path: str = "/desk/") -> str | None:
    """What the desk's list, or the case's page, says of somebody who waits."""
    found = re.search(r"(Waits for (?:your|an) answer.*?)</strong>", browser.get(path).text, re.DOTALL)
    return " ".join(found[1].split()) if found else None


def read_it(browser: Browser, met: Met) -> None:
    shown(browser, at(met))


def from_the_record_system(kind: str, **more: str) -> Callable[[Flask, Browser, Met], None]:
    def happen(app: Flask, browser: Browser, met: Met) -> None:
        take(app, event(kind, time=clock.now().isoformat(), **more))  # type: ignore[arg-type]
    return happen


# What happens after a person wrote, and whether they have an answer then.
HAPPENED: dict[str, tuple[Callable[[Flask, Browser, Met], object], bool]] = {
    "nothing": (lambda app, desk, met: None, False),
    "the officer reads it": (lambda app, desk, met: read_it(desk, met), False),
    "the officer reads it twice": (lambda app, desk, met: [read_it(desk, met) for _ in range(2)], False),
    "the officer sends nothing": (lambda app, desk, met: reply(desk, met, " "), False),
    "an update that is refused": (lambda app, desk, met: publish(desk, met, text=""), False),
    "the officer writes to somebody else": (lambda app, desk, met: reply(desk, met, "Yes", "P2"), False),
    "the stage changes on the record": (from_the_record_system("crime.progress", stage="decision"), False),
    "an answer": (lambda app, desk, met: reply(desk, met, "We have it."), True),
    "an update": (lambda app, desk, met: publish(desk, met, text=TEXT), True),
    "an answer by the record system": (lambda app, desk, met: take(app, event(
        "message.sent", time=clock.now().isoformat(), to="P1", text="Yes", officer=officer())), True),
    "an older answer by the record system": (lambda app, desk, met: take(app, event(
        "message.sent", time="2024-03-04T10:00:00Z", to="P1", text="Yes", officer=officer())), False),
    "marked as needing none": (
        lambda app, desk, met: send(desk, met, f"/messages/{met.people['P1']}/no-answer"), True),
}


@pytest.mark.parametrize("what", HAPPENED)
def test_a_person_waits_until_they_are_answered_and_being_read_is_no_answer(app: Flask, what: str) -> None:
    take(app, recorded(people=[person(1), person(2)]), allocated())
    met = meet(app)
    happen, answered = HAPPENED[what]
    with clock.travel(NOON):
        ask(app, met, "Have you found my bicycle?")
    with clock.travel(NOON + DAY):
        desk = officer_browser(app, met.staff)
        happen(app, desk, met)
    with clock.travel(NOON + 3 * DAY):
        desk = officer_browser(app, met.staff)
        said = None if answered else "Waits for your answer, 3 days"
        assert waits(desk) == said
        assert waits(desk, at(met)) == said
        assert waits(desk) == said


def test_a_case_with_somebody_who_waits_stays_at_the_top_after_it_was_read(app: Flask) -> None:
    for number in range(1, 21):
        take(app, recorded(f"41/{number}/24", people=[person(number)]),
             allocated(f"41/{number}/24", time=f"2024-03-02T09:{number:02}:00Z"))
    met = meet(app, "41/2/24")
    ask(app, met, "Have you found my bicycle?", "P2")
    desk = officer_browser(app, met.staff)
    for _ in range(2):
        listed = re.findall(r'tmc-desk__title"><a [^>]*><bdi>(.*?)</bdi></a>', desk.get("/desk/").text)
        assert listed[:2] == ["41/2/24", "41/20/24"]
        read_it(desk, met)
    reply(desk, met, "Not yet.", "P2")
    first, *_ = re.findall(r'tmc-desk__title"><a [^>]*><bdi>(.*?)</bdi></a>', desk.get("/desk/").text)
    assert first == "41/20/24"


@pytest.mark.parametrize(("asked", "now", "said"), [
    ("2024-03-05T12:00:00", "2024-03-05T23:59:00", "since today"),
    ("2024-03-05T23:59:00", "2024-03-06T00:01:00", ", 1 day"),
    ("2024-03-05T00:01:00", "2024-03-07T23:59:00", ", 2 days"),
    ("2024-06-05T23:30:00", "2024-06-06T00:10:00", "since today"),  # both are 6 June in London
    ("2024-06-05T22:30:00", "2024-06-05T23:10:00", ", 1 day"),
    ("2024-03-05T12:00:00", "2025-03-05T12:00:00", ", 365 days"),
])
def test_days_of_waiting_are_those_of_the_calendar(
    app: Flask, met: Met, asked: str, now: str, said: str
) -> None:
    """From the oldest message without an answer, however many came after it."""
    with clock.travel(datetime.fromisoformat(asked).replace(tzinfo=UTC)):
        ask(app, met, "Have you found my bicycle?")
    with clock.travel(datetime.fromisoformat(now).replace(tzinfo=UTC)):
        ask(app, met, "Hello?")
        words = waits(officer_browser(app, met.staff))
        assert words in (f"Waits for your answer{said}", f"Waits for your answer {said}")


@pytest.mark.parametrize("act", ["answer", "update", "no-answer"])
def test_what_came_while_the_officer_was_writing_is_not_answered_by_it(
    app: Flask, met: Met, act: str
) -> None:
    """It stands on the desk as new, and waits."""
    where = {"answer": f"/messages/{met.people['P1']}", "update": "/update",
             "no-answer": f"/messages/{met.people['P1']}/no-answer"}[act]
    with clock.travel(NOON):
        ask(app, met, "Have you found my bicycle?")
        desk = officer_browser(app, met.staff)
        action = desk.path(at(met) + where)
        filled = form_on(desk.get(at(met)).text, action)
    with clock.travel(NOON + timedelta(minutes=5)):
        ask(app, met, "I am afraid of him.")
    with clock.travel(NOON + timedelta(minutes=9)):
        box = {"answer": {f"answer-{met.people['P1'].hex}": "Not yet."}, "update": {"text": TEXT}}
        assert desk.client.post(action, data=filled | box.get(act, {})).status_code == 303
        assert "1 new message" in desk.get("/desk/").text
        assert waits(desk) == "Waits for your answer since today"
        assert desk.get(at(met)).text.count("tmc-message--new") == 1


@audited("answer_not_needed")
def test_that_no_answer_is_needed_is_written_down_for_the_officer_and_refused_to_strangers(
    app: Flask, met: Met
) -> None:
    other = officer(2, unit="Stevenage CID")
    take(app, recorded("41/2/24", people=[person(2)]), allocated("41/2/24", officer=other))
    ask(app, met, "Thank you!")
    stranger = officer_browser(app, staff_id(app, "O2"))
    path = f"{at(met)}/messages/{met.people['P1']}/no-answer"
    elsewhere = f"/desk/case/{meet(app, '41/2/24').case}"
    assert stranger.post(path, form_at=elsewhere).status_code == 404
    assert person_browser(app, met).post(path, form_at=f"/case/{met.case}/messages").status_code in (303, 404)
    own = officer_browser(app, met.staff)
    assert waits(own) == "Waits for your answer since today"
    assert send(own, met, path.removeprefix(at(met))).status_code == 303
    assert "Marked: needs no answer." in own.get(at(met)).text
    assert waits(own) is None
    [marked] = [one for one in rows(app, AuditEntry) if one.action == "answer_not_needed"]
    assert (marked.actor, marked.actor_id, marked.case_id) == ("staff", met.staff, met.case)
    assert marked.fields == {"person": str(met.people["P1"]), "count": 1}
    assert "Thank you!" in shown(person_browser(app, met), f"/case/{met.case}/messages")


def test_somebody_who_left_the_case_or_whose_case_is_not_shown_can_be_marked_too(
    app: Flask, met: Met
) -> None:
    ask(app, met, "A last word")
    take(app, event("crime.amended", flags=["domestic-abuse"], time="2024-03-03T10:00:00Z"),
         event("person.amended", person=person(1), removed=True, time="2024-03-03T10:00:00Z"))
    own = officer_browser(app, met.staff)
    read_it(own, met)
    assert waits(own) == "Waits for your answer since today"
    assert send(own, met, f"/messages/{met.people['P1']}/no-answer").status_code == 303
    assert waits(own) is None
    assert all(one.answered_at for one in rows(app, Message))


def test_a_colleague_reads_that_somebody_waits_and_can_answer(app: Flask, met: Met) -> None:
    second = officer(2, name="Jo Second")
    take(app, recorded("41/2/24", people=[person(2)]), allocated("41/2/24", officer=second))
    ask(app, met, "Have you found my bicycle?")
    colleague = officer_browser(app, staff_id(app, "O2"))
    assert waits(colleague, "/desk/unit") == "Waits for an answer since today"
    assert waits(colleague) is None
    assert reply(colleague, met, "We have it.").status_code == 303
    assert waits(officer_browser(app, met.staff)) is None


# --- who is named -------------------------------------------------------------------------------


def test_who_wrote_is_named_to_every_officer_of_the_case(app: Flask, met: Met) -> None:
    second = officer(2, name="Jo Second")
    take(app, recorded("41/2/24", people=[person(2)]), allocated("41/2/24", officer=second))
    colleague = officer_browser(app, staff_id(app, "O2"))
    reply(colleague, met, "We have it.")
    by = re.compile(r'tmc-message__by"><strong>(?:<bdi>)?(.*?)(?:</bdi>)?</strong>')
    assert by.findall(colleague.get(at(met)).text) == ["You"]
    assert by.findall(officer_browser(app, met.staff).get(at(met)).text) == ["Jo Second"]
