"""One case at the desk: what the officer reads and answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from core.audit.models import AuditEntry
from core.base import clock
from core.cases.models import Case, Entry, Message
from core.hookspecs import hookimpl
from core.notices.models import Notice
from core.storage.db import db
from core.testing import allocated, event, officer, person, recorded
from tests.conftest import AVON, HERTS
from tests.core.plugin_host.hostile import at_hertfordshire
from tests.pages import shown
from tests.people import Met, form_on, meet, officer_browser, person_browser, staff_id, take
from tests.plugins.officer_desk.one_case import NOON, TEXT, ask, at, publish, reply
from tests.rows import rows, texts
from tests.security.audited import audited

# --- reading -----------------------------------------------------------------------------------


def test_the_officer_sees_what_they_need_of_the_case(app: Flask) -> None:
    take(
        app,
        recorded(flags=["online"], service_level="enhanced", incident_reference="INC-77"),
        allocated(),
    )
    met = meet(app)
    page = shown(officer_browser(app, met.staff), at(met))
    for words in (
        "Crime reference: 41/1/24",
        "Watford",
        "INC-77",
        "Enhanced",
        "Online crime",
        "Amina Khan",
        "With an officer or team",
        "We recorded the crime you reported",
        "Who can sign in",
    ):
        assert words in page


def _break_the_transaction(viewing: object) -> None:
    db.session.execute(sa.select(Case).where(sa.cast(Case.crime_type, sa.Integer) == 1)).all()


def _change_a_row(viewing: object) -> None:
    for found in db.session.scalars(sa.select(Case)):
        found.crime_type = "noisy"


@pytest.mark.parametrize("fails", [_break_the_transaction, _change_a_row])
def test_what_the_officer_read_is_marked_though_what_a_plugin_did_is_undone(
    app: Flask, met: Met, fails: Callable[[object], None]
) -> None:
    ask(app, met, "Is there news?")
    take(app, allocated(officer=officer(2), time="2024-03-04T09:00:00Z"), announce=True)
    with at_hertfordshire(app, case_panels=hookimpl(fails)):
        assert "Is there news?" in shown(officer_browser(app, staff_id(app, "O2")), at(met))
    [asked], [seen] = rows(app, Message), rows(app, Case)
    assert asked.read_at is not None and seen.hand_over_seen_at is not None
    assert seen.crime_type == "bicycle-theft"


@audited("entry_written")
def test_an_officer_of_another_unit_cannot_open_answer_or_update_the_case_but_its_officer_can(
    app: Flask, met: Met
) -> None:
    other = officer(2, unit="Stevenage CID")
    take(app, recorded("41/2/24", people=[person(2)]), allocated("41/2/24", officer=other))
    colleague = officer_browser(app, staff_id(app, "O2"))
    assert colleague.get(at(met)).status_code == 404
    elsewhere = f"/desk/case/{meet(app, '41/2/24').case}"
    for action in (f"/messages/{met.people['P1']}", "/update"):
        assert (
            colleague.post(at(met) + action, {"text": "Mine now"}, form_at=elsewhere).status_code
            == 404
        )
    assert texts(app) == []
    assert len(rows(app, Entry)) == 4
    own = officer_browser(app, met.staff)
    assert "Amina Khan" in shown(own, at(met))
    assert reply(own, met, "Hello").status_code == 303
    assert publish(own, met, text=TEXT).status_code == 303


def test_an_officer_of_the_other_force_gets_nowhere_and_the_right_one_does(
    app: Flask, met: Met
) -> None:
    take(app, recorded("5224000001", district="bristol"), allocated("5224000001"), force=AVON)
    avon = officer_browser(app, staff_id(app, "O1", force=AVON), force=AVON)
    assert avon.get(at(met)).status_code == 404
    assert avon.client.get(f"/{HERTS}{at(met)}").status_code in (303, 404)
    assert shown(officer_browser(app, met.staff), at(met))


def test_a_person_on_the_case_does_not_see_the_desk_and_the_officer_not_the_persons_page(
    app: Flask, met: Met
) -> None:
    assert person_browser(app, met).get(at(met)).status_code in (303, 404)
    own = officer_browser(app, met.staff)
    assert own.get(f"/case/{met.case}/messages").status_code in (303, 404)
    assert own.get(at(met)).status_code == 200


def test_reading_a_message_marks_it_read_once(app: Flask, met: Met) -> None:
    with clock.travel(NOON):
        ask(app, met, "Have you found my bicycle?")
        desk = officer_browser(app, met.staff)
        html = desk.get(at(met)).get_data(as_text=True)
        assert "Have you found my bicycle?" in html
        assert "tmc-message--new" in html
    with clock.travel(NOON + timedelta(minutes=2)):
        assert "tmc-message--new" not in desk.get(at(met)).get_data(as_text=True)
    assert [m.read_at for m in rows(app, Message)] == [NOON]


def test_an_answer_is_unread_until_the_person_reads_it(app: Flask, met: Met) -> None:
    desk = officer_browser(app, met.staff)
    reply(desk, met, "We found it.")
    assert "Not read yet" in shown(desk, at(met))
    assert [m.read_at for m in rows(app, Message)] == [None]
    shown(person_browser(app, met), f"/case/{met.case}/messages")
    assert "Not read yet" not in shown(desk, at(met))


def test_looking_at_a_case_leaves_a_mark_in_the_audit(app: Flask, met: Met) -> None:
    shown(officer_browser(app, met.staff), at(met))
    seen = [a for a in rows(app, AuditEntry) if a.action == "case_seen"]
    assert [(a.actor, a.actor_id, a.case_id, a.fields) for a in seen] == [
        ("staff", met.staff, met.case, {"viewer": "officer", "relation": "lead"})
    ]


def test_the_page_is_there_in_welsh(app: Flask, met: Met) -> None:
    answer = officer_browser(app, met.staff).get(f"{at(met)}?lang=cy")
    assert answer.status_code == 200
    assert '<html lang="cy"' in answer.get_data(as_text=True)


# --- answering ---------------------------------------------------------------------------------


def test_the_officers_answer_reaches_the_person_it_is_for(app: Flask) -> None:
    take(app, recorded(people=[person(1), person(2, role="representative")]), allocated())
    met = meet(app)
    answer = reply(officer_browser(app, met.staff), met, "We found it.", "P2")
    assert answer.location == f"/{HERTS}{at(met)}#latest-{met.people['P2'].hex}"
    assert "We found it." in shown(person_browser(app, met, "P2"), f"/case/{met.case}/messages")
    assert "We found it." not in shown(person_browser(app, met, "P1"), f"/case/{met.case}/messages")
    assert [(n.kind, n.person_id) for n in rows(app, Notice)] == [("message", met.people["P2"])]


def test_an_answer_sent_twice_is_one_message(app: Flask, met: Met) -> None:
    desk = officer_browser(app, met.staff)
    action = desk.path(f"{at(met)}/messages/{met.people['P1']}")
    written = {f"answer-{met.people['P1'].hex}": "Once"}
    filled = {**form_on(desk.get(at(met)).get_data(as_text=True), action), **written}
    for _ in range(2):
        assert desk.client.post(action, data=filled).status_code == 303
    assert texts(app) == ["Once"]


@pytest.mark.parametrize(
    ("text", "words"), [("", "Write your answer"), ("x" * 4001, "4000 characters or fewer")]
)
def test_an_answer_that_cannot_be_sent_is_kept(app: Flask, met: Met, text: str, words: str) -> None:
    desk = officer_browser(app, met.staff)
    answer = reply(desk, met, text)
    assert answer.status_code == 400
    assert desk.page
    assert f"There is a problem {words}" in desk.page.text or words in desk.page.text
    action = desk.path(f"{at(met)}/messages/{met.people['P1']}")
    shown_again = form_on(answer.get_data(as_text=True), action)
    assert shown_again[f"answer-{met.people['P1'].hex}"] == text
    assert texts(app) == []


def test_nobody_can_be_written_to_who_is_not_on_the_case(app: Flask, met: Met) -> None:
    take(app, recorded("41/2/24", people=[person(2)]), allocated("41/2/24"))
    other = meet(app, "41/2/24").people["P2"]
    desk = officer_browser(app, met.staff)
    assert (
        desk.post(f"{at(met)}/messages/{other}", {"text": "Hi"}, form_at=at(met)).status_code == 404
    )
    assert reply(desk, met, "Hi").status_code == 303


def test_somebody_taken_off_the_case_is_shown_but_cannot_be_answered(app: Flask, met: Met) -> None:
    ask(app, met, "A last word")
    take(app, event("person.amended", person=person(1), removed=True, time="2024-03-03T10:00:00Z"))
    desk = officer_browser(app, met.staff)
    page = shown(desk, at(met))
    assert "A last word" in page
    assert "no longer follows the case" in page
    answer = desk.post(f"{at(met)}/messages/{met.people['P1']}", {"text": "Hi"}, form_at=at(met))
    assert answer.status_code == 404
    assert [m.read_at is not None for m in rows(app, Message)] == [True]


def test_a_case_that_is_not_open_takes_neither_answers_nor_updates(app: Flask, met: Met) -> None:
    desk = officer_browser(app, met.staff)
    take(app, event("crime.amended", flags=["domestic-abuse"], time="2024-03-03T10:00:00Z"))
    page = shown(desk, at(met))
    assert "not open in the portal" in page
    assert "Send to" not in page
    for action in (f"/messages/{met.people['P1']}", "/update"):
        answer = desk.post(at(met) + action, {"text": "Hello"}, form_at=at(met))
        assert answer.status_code == 409
        assert "Nobody would read this" in answer.get_data(as_text=True)
    assert texts(app) == []
