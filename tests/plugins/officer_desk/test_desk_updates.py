"""An update that an officer publishes: what people read, and what is kept where it cannot go."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from core.audit.models import AuditEntry
from core.base import clock
from core.cases.models import Entry
from core.notices.models import Notice
from core.testing import allocated, event, recorded
from tests.pages import shown
from tests.people import Met, form_on, meet, officer_browser, person_browser, take
from tests.plugins.officer_desk.one_case import NOON, TEXT, at, case_now, publish
from tests.rows import rows


def test_an_update_is_on_the_persons_timeline_in_the_officers_words(app: Flask) -> None:
    with clock.travel(NOON - timedelta(days=1)):
        take(app, recorded(), allocated())
    met = meet(app)
    with clock.travel(NOON):
        desk = officer_browser(app, met.staff)
        answer = publish(
            desk,
            met,
            stage="investigating",
            text=TEXT,
            next_step="I will look at it.",
            **{
                "next_update_by-day": "19",
                "next_update_by-month": "3",
                "next_update_by-year": "2024",
            },
        )
        assert answer.status_code == 303
        assert "Your update is on the timeline" in shown(desk, at(met))
        page = shown(person_browser(app, met), f"/case/{met.case}")
    for words in (
        TEXT,
        "I will look at it.",
        "You will hear from us by Tuesday, 19 March 2024",
        "Your case is being investigated",
        "5 March 2024, 12:00",
    ):
        assert words in page
    assert case_now(app).stage == "investigating"


def test_the_people_on_the_case_are_promised_a_notice_of_an_update(app: Flask, met: Met) -> None:
    publish(officer_browser(app, met.staff), met, text=TEXT)
    entry = rows(app, Entry)[-1]
    assert [(n.kind, n.person_id, n.cause_id) for n in rows(app, Notice)] == [
        ("entry", met.people["P1"], entry.id)
    ]
    assert entry.staff_id == met.staff
    written = [a for a in rows(app, AuditEntry) if a.action == "entry_written"]
    assert [(a.actor_id, a.case_id, a.fields) for a in written] == [
        (met.staff, met.case, {"kind": "progress"})
    ]


def test_an_update_sent_twice_is_one_entry(app: Flask, met: Met) -> None:
    desk = officer_browser(app, met.staff)
    action = desk.path(f"{at(met)}/update")
    filled = {
        **form_on(desk.get(at(met)).get_data(as_text=True), action),
        "stage": "decision",
        "text": "",
    }
    for _ in range(2):
        assert desk.client.post(action, data=filled).status_code == 303
    assert [e.kind for e in rows(app, Entry)] == ["recorded", "allocated", "progress"]
    assert len(rows(app, Notice)) == 1


CHANGED = {
    "other words": {"text": "The footage shows nobody."},
    "a next step": {"next_step": "I will ask the bank."},
    "another stage": {"stage": "decision"},
    "a day": {"next_update_by-day": "19", "next_update_by-month": "3", "next_update_by-year": "2024"},
}


@pytest.mark.parametrize("what", CHANGED)
def test_another_update_sent_with_the_same_form_is_never_lost(app: Flask, met: Met, what: str) -> None:
    """Who goes back in the browser has the form of before, and writes on in it."""
    with clock.travel(NOON):
        desk = officer_browser(app, met.staff)
        action = desk.path(f"{at(met)}/update")
        filled = {**form_on(desk.get(at(met)).get_data(as_text=True), action), "text": TEXT}
        for sent in (filled, {**filled, **CHANGED[what]}):
            assert desk.client.post(action, data=sent).status_code == 303
        assert [e.kind for e in rows(app, Entry)][2:] == ["progress", "progress"]


def test_a_form_that_was_sent_on_one_case_is_not_taken_for_repeated_on_another(app: Flask, met: Met) -> None:
    take(app, recorded(subject="41/2/24"), allocated(subject="41/2/24"))
    desk, other = officer_browser(app, met.staff), meet(app, "41/2/24")
    filled = {**form_on(desk.get(at(met)).text, desk.path(f"{at(met)}/update")), "text": TEXT}
    for case in (met, other):
        assert desk.client.post(desk.path(f"{at(case)}/update"), data=filled).status_code == 303
    assert {e.case_id for e in rows(app, Entry) if e.kind == "progress"} == {met.case, other.case}


WRONG = {
    "nothing said": ({}, "Write what is new, or choose where the case stands now"),
    "too long": ({"text": "x" * 2001}, "This must be 2000 characters or fewer"),
    "next step too long": (
        {"text": TEXT, "next_step": "x" * 501},
        "This must be 500 characters or fewer",
    ),
    "closed without reasons": ({"stage": "closed"}, "Give the reasons"),
    "a stage of the record": ({"stage": "charged", "text": TEXT}, "Choose one of the stages"),
    "yesterday": (
        {"text": TEXT, "day": "4", "month": "3", "year": "2024"},
        "The date must be today or later",
    ),
    "in ten years": ({"text": TEXT, "day": "4", "month": "3", "year": "2034"}, "within a year"),
    "30 February": ({"text": TEXT, "day": "30", "month": "2", "year": "2024"}, "Enter a real date"),
    "half a date": ({"text": TEXT, "day": "30"}, "Enter a real date"),
    "a control character": ({"text": "a\x07b"}, "a sign that cannot be shown"),
}


@pytest.mark.parametrize("which", WRONG)
def test_a_slip_is_explained_and_nothing_typed_is_lost(app: Flask, met: Met, which: str) -> None:
    given, words = WRONG[which]
    filled = {
        f"next_update_by-{k}" if k in ("day", "month", "year") else k: v for k, v in given.items()
    }
    with clock.travel(NOON):
        desk = officer_browser(app, met.staff)
        before = form_on(desk.get(at(met)).get_data(as_text=True), desk.path(f"{at(met)}/update"))
        answer = publish(desk, met, **{**before, **filled})
    assert answer.status_code == 400
    assert desk.page
    assert desk.page.title.startswith("Error: ")
    assert words in desk.page.text
    kept = form_on(answer.get_data(as_text=True), desk.path(f"{at(met)}/update"))
    expected = {**before, **filled, "csrf_token": kept["csrf_token"]}
    if which == "a stage of the record":
        expected["stage"] = ""
    assert kept == expected
    assert len(rows(app, Entry)) == 2


@pytest.mark.parametrize("blank", [
    " ", "\u00a0", "\u200b", "\ufeff", "\u00ad", "\u2060\n\u200d", "\u0301", "\u2800", "\u3164\u115f"])
def test_reasons_that_nobody_can_read_are_none(app: Flask, met: Met, blank: str) -> None:
    """They come with what is pasted; a case would end, and its page would show no word why."""
    with clock.travel(NOON):
        desk = officer_browser(app, met.staff)
        assert publish(desk, met, stage="closed", text=blank, next_step=blank).status_code == 400
        assert desk.page
        assert "Give the reasons" in desk.page.text
        assert publish(desk, met, stage="decision", text=blank, next_step=blank).status_code == 303
    [line] = [e for e in rows(app, Entry) if e.kind == "progress"]
    assert (line.stage, line.details_sealed) == ("decision", None)


def test_an_update_for_today_is_fine(app: Flask, met: Met) -> None:
    with clock.travel(datetime(2024, 3, 5, 23, 59, tzinfo=UTC)):
        answer = publish(
            officer_browser(app, met.staff),
            met,
            text=TEXT,
            **{
                "next_update_by-day": "5",
                "next_update_by-month": "3",
                "next_update_by-year": "2024",
            },
        )
        assert answer.status_code == 303


def named(app: Flask) -> list[date | None]:
    """The day that each update names."""
    return [one.promised_by for one in rows(app, Entry, Entry.kind == "progress")]


@pytest.mark.parametrize(("month", "year"), [("3", "24"), ("March", "2024"), ("mar", "24"), ("Mawrth", "24")])
def test_a_date_is_promised_as_the_officer_means_it(app: Flask, met: Met, month: str, year: str) -> None:
    with clock.travel(NOON):
        answer = publish(officer_browser(app, met.staff), met, text=TEXT, **{
            "next_update_by-day": "19", "next_update_by-month": month, "next_update_by-year": year})
    assert answer.status_code == 303
    assert named(app) == [date(2024, 3, 19)]


@pytest.mark.parametrize("year", ["224", "0024", "4", "2o24", ""])
def test_a_year_that_lacks_figures_is_told_as_that_and_not_as_past(
    app: Flask, met: Met, year: str
) -> None:
    with clock.travel(NOON):
        answer = publish(officer_browser(app, met.staff), met, text=TEXT, **{
            "next_update_by-day": "19", "next_update_by-month": "3", "next_update_by-year": year})
    assert answer.status_code == 400
    assert "Enter the whole year, like 2027" in answer.text
    assert "must be today or later" not in answer.text


@pytest.mark.parametrize(("typed", "wrong"), [
    (("32x", "3", "2024"), ["day"]), (("19", "Mars", "2024"), ["month"]), (("19", "3", "224"), ["year"]),
    (("31", "2", "2024"), ["day"]), (("19", "3", "2020"), ["day", "month", "year"]),
])
def test_only_the_box_that_is_wrong_is_marked_and_led_to(
    app: Flask, met: Met, typed: tuple[str, str, str], wrong: list[str]
) -> None:
    boxes = [f"next_update_by-{part}" for part in ("day", "month", "year")]
    with clock.travel(NOON):
        text = publish(officer_browser(app, met.staff), met, text=TEXT,
                       **dict(zip(boxes, typed, strict=True))).text
    marked = re.findall(r'govuk-input--error" id="next_update_by-(\w+)"', text)
    assert marked == wrong and f'href="#next_update_by-{wrong[0]}"' in text


@pytest.mark.parametrize("desk_first", [True, False])
@pytest.mark.parametrize(
    ("record_says_at", "stage"),
    [
        ("2024-03-05T11:00:00Z", "investigating"),
        ("2024-03-05T13:00:00Z", "decision"),
    ],
)
def test_the_newest_news_decides_whichever_arrives_first(
    app: Flask, met: Met, desk_first: bool, record_says_at: str, stage: str
) -> None:
    """The desk writes at noon; the record system's news is an hour older or newer."""
    news = event(
        "crime.progress", time=record_says_at, stage="decision", next_update_by="2024-04-01"
    )
    if not desk_first:
        take(app, news)
    with clock.travel(NOON):
        publish(
            officer_browser(app, met.staff),
            met,
            stage="investigating",
            text=TEXT,
            **{
                "next_update_by-day": "19",
                "next_update_by-month": "3",
                "next_update_by-year": "2024",
            },
        )
    if desk_first:
        take(app, news)
    found = case_now(app)
    assert found.stage == stage
    assert found.latest_at.hour == (12 if stage == "investigating" else 13)


def test_words_of_an_update_are_shown_and_never_run_and_kept_sealed(app: Flask, met: Met) -> None:
    publish(officer_browser(app, met.staff), met, text="<b>secret</b>")
    html = person_browser(app, met).get(f"/case/{met.case}").get_data(as_text=True)
    assert "&lt;b&gt;secret&lt;/b&gt;" in html
    assert "<b>secret" not in html
    assert b"secret" not in rows(app, Entry)[-1].details_sealed
