"""Unmet demand: what is counted, once, and what never is."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from core.base import clock
from core.storage.db import db, force_scope
from core.testing.commands import run_command
from plugins.eligibility import counting
from plugins.eligibility.models import Demand
from tests.conftest import AVON, HERTS
from tests.pages import Browser, check_page
from tests.people import form_on

PAGE, DESK = "/can-i-track", "/desk/can-they-track"
NO = {"kind": "antisocial-behaviour", "district": "watford"}
NOON = datetime(2026, 11, 3, 12, tzinfo=UTC)


def counts(app: Flask, force: str = HERTS) -> dict[tuple[str, ...], int]:
    with app.app_context(), force_scope(force):
        rows = db.session.scalars(sa.select(Demand)).all()
        return {(r.district, r.crime_type, r.month, r.asked_by): r.count for r in rows}


def ask(browser: Browser, **asked: str) -> Any:
    """The form, filled in and sent."""
    form = form_on(browser.get(PAGE).text, browser.path(PAGE))
    answer = browser.client.post(browser.path(PAGE), data=form | asked)
    assert answer.status_code == 303
    return answer


def test_a_no_is_counted_by_district_crime_type_and_month(app: Flask) -> None:
    with clock.travel(NOON):
        for _ in range(3):
            ask(Browser(app, HERTS), **NO)
        ask(Browser(app, HERTS), kind="fraud", district="dacorum")
    assert counts(app) == {
        ("watford", "antisocial-behaviour", "2026-11", "public"): 3,
        ("dacorum", "fraud", "2026-11", "public"): 1,
    }
    assert counts(app, AVON) == {}


@pytest.mark.parametrize("asked", [
    {"kind": "bicycle-theft", "district": "watford"},  # a yes
    {"kind": "other", "district": "watford"}, {"kind": "antisocial-behaviour", "district": "other"},
    {"kind": "in-person", "district": "watford"},
])
def test_a_yes_or_an_unsure_question_is_not_counted(app: Flask, asked: dict[str, str]) -> None:
    ask(Browser(app, HERTS), **asked)
    assert counts(app) == {}


def test_a_crime_that_needs_care_is_counted_once_and_not_again_where_it_leads(app: Flask) -> None:
    browser = Browser(app, HERTS)
    browser.get(ask(browser, kind="stalking", district="watford").location.removeprefix("/hertfordshire"))
    assert list(counts(app).values()) == [1]


def test_one_browser_is_counted_once_an_hour_for_a_question(app: Flask) -> None:
    browser = Browser(app, HERTS)
    with clock.travel(NOON):
        browser = Browser(app, HERTS)
        for _ in range(5):
            ask(browser, **NO)
            browser.get(PAGE)
        ask(browser, kind="fraud", district="watford")
    assert sorted(counts(app).values()) == [1, 1]
    with clock.travel(NOON + timedelta(minutes=59)):
        ask(browser, **NO)
    assert sorted(counts(app).values()) == [1, 1]
    with clock.travel(NOON + timedelta(minutes=61)):
        ask(browser, **NO)
    assert sorted(counts(app).values()) == [1, 2]


def test_a_program_without_the_form_or_without_cookies_is_not_counted(app: Flask) -> None:
    for _ in range(3):
        assert Browser(app, HERTS).get(PAGE, query_string=NO).status_code == 200
        stranger = Browser(app, HERTS)
        assert stranger.client.post(stranger.path(PAGE), data=NO).status_code == 400
    assert counts(app) == {}
    ask(Browser(app, HERTS), **NO)
    assert list(counts(app).values()) == [1]


def test_an_answer_that_is_read_again_or_given_to_a_friend_is_not_counted_again(app: Flask) -> None:
    address = ask(Browser(app, HERTS), **NO).location.removeprefix("/hertfordshire")
    for reader in (Browser(app, HERTS), Browser(app, HERTS)):
        assert reader.get(address).status_code == 200
    assert list(counts(app).values()) == [1]


def test_questions_at_the_same_moment_are_all_counted(app: Flask) -> None:
    def one(_: int) -> None:
        with app.app_context(), force_scope(HERTS):
            counting.count("watford", "fraud", counting.PUBLIC)
            db.session.commit()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(one, range(12)))
    assert list(counts(app).values()) == [12]


def test_the_table_has_no_column_for_a_person() -> None:
    assert set(Demand.__table__.columns.keys()) == {
        "force", "id", "district", "crime_type", "month", "asked_by", "count"}


def call(browser: Browser, **asked: str) -> Any:
    """A new call: the form as it is shown, filled in."""
    form = form_on(browser.get(DESK).text, f"/hertfordshire{DESK}")
    return browser.get(DESK, query_string={**form, "flagged": "", **asked})


def call_again(browser: Browser, *, shown: Any = None, **asked: str) -> Any:
    """The form beside the answer, with other answers."""
    shown = shown or call(browser, kind="bicycle-theft", district="watford")
    form = form_on(shown.text, f"/hertfordshire{DESK}")
    return browser.get(DESK, query_string={**form, "flagged": "", **asked})


def test_every_call_counts_and_a_page_shown_again_does_not(app: Flask, handler: Browser) -> None:
    with clock.travel(NOON):
        for _ in range(2):
            answer = call(handler, **NO)
            again = handler.get(answer.request.full_path.removeprefix("/hertfordshire"))
            assert again.status_code == 200
    assert counts(app) == {("watford", "antisocial-behaviour", "2026-11", "call handler"): 2}


def test_answers_changed_during_a_call_are_the_same_call(app: Flask, handler: Browser) -> None:
    answer = call_again(handler, **NO)
    call_again(handler, **{**NO, "kind": "fraud"}, shown=answer)
    assert list(counts(app).values()) == [1]


def test_a_flag_on_the_record_is_no_demand(app: Flask, handler: Browser) -> None:
    assert "Do not say why" in call(handler, **NO, flagged="yes").text
    assert counts(app) == {}


# --- the command --------------------------------------------------------------------------------


@pytest.fixture
def asked(app: Flask) -> None:
    for month in (9, 10, 11):
        with clock.travel(datetime(2026, month, 3, 12, tzinfo=UTC)):
            ask(Browser(app, HERTS), **NO)


def test_the_command_prints_the_table(app: Flask, asked: None) -> None:
    shown = run_command(app, "demand", "--force", HERTS)
    assert shown.exit_code == 0
    lines = shown.stdout.splitlines()
    assert lines[0].split()[:2] == ["month", "district"]
    assert len(lines) == 4
    assert "crime_type_not_covered" in lines[1]
    assert "3 in all" in shown.stderr
    assert "in all" not in run_command(app, "demand", "--force", HERTS, "--quiet").output
    assert len(run_command(app, "demand", "--force", AVON).stdout.splitlines()) == 1


def test_the_command_begins_with_a_month_and_gives_json(app: Flask, asked: None) -> None:
    found = json.loads(run_command(app, "demand", "--force", HERTS, "--json", "--from", "2026-10").stdout)
    assert [row["month"] for row in found] == ["2026-10", "2026-11"]
    assert found[0] == {
        "month": "2026-10", "district": "watford", "crime_type": "antisocial-behaviour",
        "asked_by": "public", "count": 1, "now": "crime_type_not_covered",
    }


@pytest.mark.parametrize("month", ["2026-13", "october", "2026-1", "2026-10-01"])
def test_a_month_that_is_none_is_refused_in_one_line(app: Flask, month: str) -> None:
    refused = run_command(app, "demand", "--force", HERTS, "--from", month)
    assert refused.exit_code == 2
    assert "a month is written like 2026-11" in refused.stderr


def test_the_page_of_the_form_is_sound(app: Flask) -> None:
    check_page(Browser(app, HERTS).get(PAGE))
