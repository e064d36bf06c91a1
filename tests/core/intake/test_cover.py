"""While an officer is away, another answers: people read who, and that officer works on the case."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from core.base import clock
from core.cases.models import Case
from core.notices.models import Notice
from core.testing import allocated, event, officer, recorded
from tests.conftest import HERTS
from tests.core.intake.more_news import page_of, statuses
from tests.people import meet, officer_browser, staff_id, take, write_message
from tests.rows import rows

FIRST, LAST = date(2024, 6, 3), date(2024, 6, 14)
NAMED = {"id": "O2", "name": "Jo Cover", "unit": "Other unit", "email": "jo@example.org"}
COVER = {"officer": NAMED, "from": FIRST.isoformat(), "until": LAST.isoformat()}


def at_noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def begun(app: Flask, **more: Any) -> None:
    take(app, recorded(), allocated(cover={**COVER, **more}))


DAYS = [(FIRST - timedelta(1), False), (FIRST, True), (LAST, True), (LAST + timedelta(1), False)]


@pytest.mark.parametrize(("day", "runs"), DAYS)
def test_who_covers_works_on_the_case_while_it_runs_and_no_stranger_does(
    app: Flask, day: date, runs: bool
) -> None:
    begun(app)
    take(app, recorded("41/2/24"), allocated("41/2/24", officer=officer(3, unit="Third")))
    met, cover = meet(app), staff_id(app, "O2")
    with clock.travel(at_noon(day)):
        found = officer_browser(app, cover).get(f"/desk/case/{met.case}")
        stranger = officer_browser(app, staff_id(app, "O3")).get(f"/desk/case/{met.case}")
        own = officer_browser(app, met.staff).get(f"/desk/case/{met.case}")
        listed = "41/1/24" in officer_browser(app, cover).get("/desk/").text
    assert (found.status_code, stranger.status_code, own.status_code) == (200 if runs else 404, 404, 200)
    assert listed is runs
    assert ("Answers meanwhile" in own.text) is runs


@pytest.mark.parametrize(("day", "runs"), DAYS)
def test_people_read_who_answers_and_a_message_reaches_them_too(app: Flask, day: date, runs: bool) -> None:
    begun(app)
    with clock.travel(at_noon(day)):
        assert ("While Sam Officer is away until 14 June 2024, Jo Cover answers." in page_of(app)) is runs
        assert ("Tra bydd Sam Officer i ffwrdd" in page_of(app, language="cy")) is runs
        met = meet(app)
        write_message(app, met, "Is there news?")
    told = {one.staff_id for one in rows(app, Notice) if one.kind == "officer_message"}
    assert told == {met.staff, *([staff_id(app, "O2")] if runs else [])}


@pytest.mark.parametrize(("later", "covered"), [
    ([], True),
    ([allocated(time="2024-04-01T10:00:00Z", officer=officer(3))], False),
    ([allocated(time="2024-02-20T10:00:00Z", officer=officer(3))], True),
    ([event("crime.amended", time="2024-04-01T10:00:00Z", officer=officer(3))], False),
    ([event("crime.amended", time="2024-04-01T10:00:00Z", officer=officer(1))], True),
    ([event("crime.amended", time="2024-04-01T10:00:00Z", officer=officer(3)),
      event("crime.amended", time="2024-04-02T10:00:00Z", officer=officer(1))], True),
])
@pytest.mark.parametrize("turn", [1, -1])
def test_cover_is_for_one_officer_and_the_newest_allocation_decides(
    app: Flask, later: list[dict[str, Any]], covered: bool, turn: int
) -> None:
    take(app, recorded())
    for one in [allocated(cover=COVER), *later][::turn]:
        take(app, one)
    with clock.travel(at_noon(FIRST)):
        assert ("Jo Cover answers" in page_of(app)) is covered


@pytest.mark.parametrize(("said", "kept"), [
    ({"from": None}, (date(2024, 3, 2), LAST)), ({"until": None}, (FIRST, None)),
    ({"from": "soon"}, (None, None)), ({"officer": {"id": "O2"}}, (None, None)),
    ({"officer": officer(1)}, (None, None)),
])
def test_a_cover_without_a_day_is_open_and_one_that_is_not_understood_is_left_out(
    app: Flask, said: dict[str, Any], kept: tuple[date | None, date | None]
) -> None:
    begun(app, **said)
    [case] = rows(app, Case)
    assert (case.cover_from, case.cover_until) == kept
    assert (case.cover_id is None) is (kept[0] is None) and case.staff_id


def test_who_covers_has_no_role_and_a_word_of_safety_there_waits(app: Flask) -> None:
    begun(app)
    wrong = [{**COVER, "silent": True}, {"officer": {**NAMED, "removed": True}}]
    assert statuses(app, *(allocated(cover=one) for one in wrong)) == ["parked", "parked"]
    assert statuses(app, allocated(cover={**COVER, "officer": {**NAMED, "role": "sergeant"}})) == ["accepted"]
    assert rows(app, Case)[0].force == HERTS
