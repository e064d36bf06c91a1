"""A person writes with the officer in their case."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from core.audit.models import AuditEntry
from core.base import clock
from core.cases.models import Case, Message
from core.notices.models import Notice
from core.storage.db import db, force_scope
from core.testing import allocated, event, officer, person, recorded
from tests.conftest import AVON, HERTS
from tests.pages import Browser, shown
from tests.people import (
    Met,
    form_on,
    meet,
    officer_browser,
    person_browser,
    sign_in_as,
    take,
    write_message,
)
from tests.rows import rows, texts

NOON = datetime(2024, 3, 5, 12, tzinfo=UTC)
officer_writes = partial(write_message, from_person=False)


def at(met: Met) -> str:
    return f"/case/{met.case}/messages"


def write(browser: Browser, met: Met, text: str, **changed: str) -> TestResponse:
    """Fill in the form that the page shows, and send it."""
    page = browser.get(at(met)).get_data(as_text=True)
    filled = {**form_on(page, browser.path(at(met))), "text": text, **changed}
    return browser._seen(browser.client.post(browser.path(at(met)), data=filled, buffered=True))


def test_a_person_writes_to_their_officer_and_sees_what_they_wrote(app: Flask, met: Met) -> None:
    amina = person_browser(app, met)
    answer = write(amina, met, "Have you found my bicycle?")
    assert answer.status_code == 303
    assert answer.location == f"/{HERTS}{at(met)}#latest"
    page = shown(amina, at(met))
    assert "Have you found my bicycle?" in page
    assert "Your officer has not read it yet" in page


def test_the_officer_is_promised_a_notice_with_the_message(app: Flask, met: Met) -> None:
    write(person_browser(app, met), met, "Have you found my bicycle?")
    assert [(n.kind, n.staff_id, n.person_id) for n in rows(app, Notice)] == [
        ("officer_message", met.staff, None)
    ]


def test_nobody_reads_or_writes_before_signing_in(app: Flask, met: Met) -> None:
    assert Browser(app, HERTS).get(at(met)).location == f"/{HERTS}/sign-in"


def test_a_stranger_can_neither_read_nor_write_but_the_person_can(app: Flask, met: Met) -> None:
    take(app, recorded("41/2/24", people=[person(2)]), allocated("41/2/24"))
    officer_writes(app, met, "Come to the station on Monday.")
    stranger = person_browser(app, meet(app, "41/2/24"), "P2")
    assert stranger.get(at(met)).status_code == 404
    assert stranger.post(at(met), {"text": "Let me in"}, form_at="/safety").status_code == 404
    assert texts(app) == ["Come to the station on Monday."]
    amina = person_browser(app, met)
    assert "Come to the station on Monday." in shown(amina, at(met))
    assert write(amina, met, "I will.").status_code == 303


def test_two_people_on_one_case_do_not_read_each_other(app: Flask) -> None:
    take(app, recorded(people=[person(1), person(2, role="representative")]), allocated())
    met = meet(app)
    officer_writes(app, met, "For Amina only.", name="P1")
    assert "For Amina only." not in shown(person_browser(app, met, "P2"), at(met))
    assert "For Amina only." not in shown(person_browser(app, met, "P2"), f"/case/{met.case}")
    assert "For Amina only." in shown(person_browser(app, met, "P1"), f"/case/{met.case}")
    assert "For Amina only." in shown(person_browser(app, met, "P1"), at(met))


def test_the_other_force_knows_neither_the_case_nor_the_session(app: Flask, met: Met) -> None:
    there = recorded("5224000001", district="bristol", people=[person(9)])
    take(app, there, force=AVON)
    elsewhere = meet(app, "5224000001", force=AVON)
    officer_writes(app, met, "Come to the station on Monday.")
    avon = sign_in_as(Browser(app, AVON), person_id=elsewhere.people["P9"])
    assert avon.get(at(met)).status_code == 404
    herts = person_browser(app, met)
    assert herts.client.get(f"/{AVON}{at(met)}").status_code == 303
    assert "Come to the station on Monday." in shown(herts, at(met))


def test_a_person_taken_off_the_case_can_no_longer_write(app: Flask, met: Met) -> None:
    amina = person_browser(app, met)
    assert write(amina, met, "Hello").status_code == 303
    take(app, event("person.amended", person=person(1), removed=True, time="2024-03-03T10:00:00Z"))
    assert amina.get(at(met)).status_code == 404
    assert amina.post(at(met), {"text": "Hello again"}, form_at="/safety").status_code == 404
    assert texts(app) == ["Hello"]


def test_a_form_sent_twice_is_one_message(app: Flask, met: Met) -> None:
    amina = person_browser(app, met)
    filled = {
        **form_on(amina.get(at(met)).get_data(as_text=True), amina.path(at(met))),
        "text": "Once",
    }
    answers = [amina.client.post(amina.path(at(met)), data=filled) for _ in range(2)]
    assert [a.status_code for a in answers] == [303, 303]
    assert texts(app) == ["Once"]
    assert len(rows(app, Notice)) == 1


def test_other_words_sent_with_the_same_form_are_not_lost(app: Flask, met: Met) -> None:
    amina = person_browser(app, met)
    filled = form_on(amina.get(at(met)).get_data(as_text=True), amina.path(at(met)))
    for text in ("First", "Second, after going back"):
        amina.client.post(amina.path(at(met)), data={**filled, "text": text})
    assert texts(app) == ["First", "Second, after going back"]


@pytest.mark.parametrize("text", ["", "  \r\n  ", "\u200b\u00ad", "\u2800\u3164"])
def test_an_empty_message_is_not_sent_and_the_page_says_so(app: Flask, met: Met, text: str) -> None:
    amina = person_browser(app, met)
    answer = write(amina, met, text)
    assert answer.status_code == 400
    assert amina.page
    assert "There is a problem Write your message" in amina.page.text
    assert amina.page.title.startswith("Error: ")
    assert texts(app) == []


def test_a_message_that_is_too_long_is_kept_in_the_form(app: Flask, met: Met) -> None:
    amina = person_browser(app, met)
    long = "I remember more. " * 300
    answer = write(amina, met, long)
    assert answer.status_code == 400
    kept = form_on(answer.get_data(as_text=True), amina.path(at(met)))
    assert kept["text"] == long.strip()
    assert amina.page
    assert "4000 characters or fewer" in amina.page.text
    shorter = {**kept, "text": long[:4000]}
    assert amina.client.post(amina.path(at(met)), data=shorter).status_code == 303
    assert texts(app) == [long[:4000].strip()]


def test_line_ends_of_a_browser_count_once(app: Flask, met: Met) -> None:
    text = "\r\n".join(["a"] * 2000)
    assert write(person_browser(app, met), met, text).status_code == 303
    assert texts(app) == [text.replace("\r\n", "\n")]


def test_what_people_write_is_shown_and_never_run(app: Flask, met: Met) -> None:
    amina = person_browser(app, met)
    write(amina, met, "<script>alert(1)</script> & “so”")
    html = amina.get(at(met)).get_data(as_text=True)
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; “so”" in html


def test_signs_that_no_keyboard_has_are_refused_with_the_words_kept(app: Flask, met: Met) -> None:
    answer = write(person_browser(app, met), met, "a\x00b")
    assert answer.status_code == 400
    assert "a sign that we cannot read" in answer.get_data(as_text=True)


def test_reading_tells_the_officer_that_it_was_read(app: Flask, met: Met) -> None:
    with clock.travel(NOON):
        officer_writes(app, met, "We found a bicycle.")
        amina = person_browser(app, met)
        page = amina.get(at(met)).get_data(as_text=True)
        assert "tmc-message--new" in page
        assert [m.read_at for m in rows(app, Message)] == [NOON]
    with clock.travel(NOON + timedelta(minutes=1)):
        page = amina.get(at(met)).get_data(as_text=True)
        assert "tmc-message--new" not in page
        assert [m.read_at for m in rows(app, Message)] == [NOON]


def test_the_person_sees_when_the_officer_read_it(app: Flask, met: Met) -> None:
    amina = person_browser(app, met)
    with clock.travel(NOON):
        sign_in_as(amina, person_id=met.people["P1"])
        write(amina, met, "Have you found my bicycle?")
        assert "not read it yet" in shown(amina, at(met))
        officer_browser(app, met.staff).get(f"/desk/case/{met.case}")
        assert "Read by your officer on 5 March 2024, 12:00" in shown(amina, at(met))


def test_looking_at_ones_own_message_does_not_make_it_read(app: Flask, met: Met) -> None:
    amina = person_browser(app, met)
    write(amina, met, "Have you found my bicycle?")
    shown(amina, at(met))
    assert [m.read_at for m in rows(app, Message)] == [None]


def test_before_an_officer_is_named_the_page_says_what_to_do_instead(app: Flask) -> None:
    take(app, recorded())
    met = meet(app)
    amina = person_browser(app, met)
    page = shown(amina, at(met))
    assert "You can write here once an officer is named" in page
    assert "call 101" in page
    assert "<textarea" not in amina.get(at(met)).get_data(as_text=True)
    answer = amina.post(at(met), {"text": "Is anybody there?"})
    assert answer.status_code == 409
    assert "Is anybody there?" in answer.get_data(as_text=True)
    assert texts(app) == []
    take(app, allocated())
    assert write(amina, met, "Now there is somebody.").status_code == 303


def test_the_first_page_says_what_to_know_before_writing(app: Flask, met: Met) -> None:
    page = shown(person_browser(app, met), at(met))
    for words in (
        "Your officer reads messages when on duty, not day and night",
        "call 999",
        "the court and the defence may read it",
    ):
        assert words in page


def test_an_officer_on_rest_days_is_shown_as_away(app: Flask) -> None:
    take(app, recorded(), allocated(officer=officer(rest_days_until="2024-03-09")))
    with clock.travel(NOON):
        met = meet(app)
        assert "Away until 9 March 2024" in shown(person_browser(app, met), at(met))
    with clock.travel(NOON + timedelta(days=9)):
        assert "Away until" not in shown(person_browser(app, met), at(met))


def test_the_case_page_shows_the_last_two_messages_and_how_many_are_new(
    app: Flask, met: Met
) -> None:
    for text in ("First news", "Second news", "Third news"):
        officer_writes(app, met, text)
    amina = person_browser(app, met)
    page = shown(amina, f"/case/{met.case}")
    assert "Messages 3 new" in page
    assert "First news" not in page
    assert "Second news" in page
    assert "Third news" in page
    shown(amina, at(met))
    assert "new" not in shown(amina, f"/case/{met.case}").split("Messages")[1][:20]


def test_the_case_page_leads_to_the_messages_once_an_officer_is_named(app: Flask) -> None:
    take(app, recorded())
    met = meet(app)
    amina = person_browser(app, met)
    amina.get(f"/case/{met.case}")
    assert amina.page
    assert not [link for link in amina.page.links if "/messages" in link]
    take(app, allocated())
    amina.get(f"/case/{met.case}")
    assert [link for link in amina.page.links if "/messages" in link]


def test_reading_leaves_a_mark_in_the_audit(app: Flask, met: Met) -> None:
    shown(person_browser(app, met), at(met))
    seen = [a for a in rows(app, AuditEntry) if a.action == "messages_seen"]
    assert [(a.actor_id, a.case_id, a.fields) for a in seen] == [
        (met.people["P1"], met.case, {"viewer": "person"})
    ]


def test_the_page_is_there_in_welsh(app: Flask, met: Met) -> None:
    amina = person_browser(app, met)
    answer = amina.get(f"{at(met)}?lang=cy")
    assert answer.status_code == 200
    assert '<html lang="cy"' in answer.get_data(as_text=True)


def test_messages_are_sealed_in_the_database(app: Flask, met: Met) -> None:
    write(person_browser(app, met), met, "My new address is secret")
    [row] = rows(app, Message)
    assert b"secret" not in row.text_sealed


def test_a_case_that_turns_sensitive_is_closed_to_messages(app: Flask, met: Met) -> None:
    amina = person_browser(app, met)
    assert amina.get(at(met)).status_code == 200
    take(app, event("crime.amended", flags=["domestic-abuse"], time="2024-03-04T10:00:00Z"))
    assert amina.get(at(met)).status_code == 404
    with app.app_context(), force_scope(HERTS):
        assert db.session.scalars(sa.select(Case.offered)).one() is False
