"""What a day decides: asked the day before, on it, and the day after."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from core.base import clock
from core.cases.models import Staff
from core.cases.timeline import officer_of, still_to_come
from core.intake import updates
from core.intake.updates import (
    LONGEST_WAIT,
    NEEDS_REASONS,
    OFFICER_STAGES,
    Update,
    UpdateProblem,
    checked,
)
from core.storage.db import force_scope
from core.storage.sealed import seal
from core.testing import allocated, event, officer, recorded
from tests.conftest import HERTS
from tests.people import meet, officer_browser, person_browser, take

DAY = timedelta(days=1)
TODAY = date(2024, 6, 12)
NOON = datetime(2024, 6, 12, 12, tzinfo=UTC)


@pytest.mark.parametrize(("day", "shown"), [
    (None, None), (TODAY - DAY, None), (TODAY - 400 * DAY, None), (TODAY, TODAY), (TODAY + DAY, TODAY + DAY),
])
def test_a_promised_day_is_shown_until_it_is_over(day: date | None, shown: date | None) -> None:
    assert still_to_come(day, TODAY) == shown


@pytest.mark.parametrize(("away", "shown"), [(TODAY - DAY, None), (TODAY, TODAY), (TODAY + DAY, TODAY + DAY)])
def test_an_officer_is_away_to_the_last_rest_day(portal: Flask, away: date, shown: date | None) -> None:
    staff = UUID(int=5)
    with portal.app_context(), force_scope(HERTS):
        case = SimpleNamespace(
            staff_id=staff, name_sealed=seal(Staff, "name", staff, "Sam Officer"),
            collar_number_sealed=seal(Staff, "collar_number", staff, "12"),
            unit_sealed=seal(Staff, "unit", staff, "CID"), rest_days_until=away,
            cover_id=None)
        card = officer_of(case, TODAY)
        assert card is not None
        assert (card.name, card.collar_number, card.unit, card.away_until) == (
            "Sam Officer", "12", "CID", shown)
        assert officer_of(SimpleNamespace(staff_id=None), TODAY) is None


def test_the_page_of_a_case_keeps_a_promise_to_its_day_and_then_says_that_we_are_late(app: Flask) -> None:
    """And the note that the officer is away goes."""
    with clock.travel(datetime(2024, 6, 1, 11, tzinfo=UTC)):
        take(app, recorded(), allocated(officer=officer(rest_days_until="2024-06-12")), event(
            "crime.progress", text="We look at the film.", next_update_by="2024-06-12",
            time="2024-06-01T10:00:00Z"))
    met = meet(app)
    for days, late in ((-1, False), (0, False), (1, True)):
        # at one in the morning in London: the day is that of people here, not of UTC
        with clock.travel(datetime(2024, 6, 12, 0, 30, tzinfo=UTC) + days * DAY):
            hers = person_browser(app, met)
            hers.get(f"/case/{met.case}")
            assert hers.page
            head = hers.page.text.split("We look at the film.")[0]
            assert "Wednesday, 12 June 2024" in head, days
            assert ("We are late" in head) is late, days
            assert ("until 12 June 2024" in hers.page.text) is not late, days


# --- what an officer writes ---------------------------------------------------------------------


def problems(stage_now: str = "investigating", **given: Any) -> dict[str, str]:
    with clock.travel(NOON):
        try:
            checked(Update(**given), stage_now)
        except UpdateProblem as problem:
            return problem.problems
    return {}


@pytest.mark.parametrize(("by", "problem"), [
    (TODAY - DAY, "past"), (TODAY, None), (TODAY + DAY, None), (TODAY + LONGEST_WAIT - DAY, None),
    (TODAY + LONGEST_WAIT, None), (TODAY + LONGEST_WAIT + DAY, "too_far"), (None, None),
])
def test_the_next_update_is_promised_for_today_to_a_year_from_now(
    by: date | None, problem: str | None
) -> None:
    found = problems(text="We look at the film.", next_update_by=by)
    assert found == ({"next_update_by": problem} if problem else {})


@pytest.mark.parametrize("stage_now", ["recorded", *OFFICER_STAGES, "charged"])
@pytest.mark.parametrize("stage", [None, "", *OFFICER_STAGES])
@pytest.mark.parametrize("text", [None, "", "  \n ", "We look at the film."])
def test_the_stage_that_it_has_is_no_news_without_words(
    stage_now: str, stage: str | None, text: str | None
) -> None:
    found = problems(stage_now, stage=stage, text=text)
    if text and text.strip():
        assert found == {}
    elif stage in NEEDS_REASONS:
        assert found == {"text": "needs_reasons"}
    elif not stage or stage == stage_now:
        assert found == {"text": "nothing_new"}
    else:
        assert found == {}


@pytest.mark.parametrize("stage", ["charged", "recorded", "in_court", "nonsense"])
def test_a_stage_that_only_the_record_decides_is_refused_with_words_too(stage: str) -> None:
    assert problems(stage=stage, text="We look at the film.") == {"stage": "unknown"}


@pytest.mark.parametrize(("field", "longest"), [
    ("text", updates.MAX_TEXT), ("next_step", updates.MAX_NEXT_STEP)])
def test_words_may_be_as_long_as_is_said_and_not_a_sign_longer(field: str, longest: int) -> None:
    given = {"text": "New.", field: "x" * longest}
    assert problems(**given) == {}
    assert problems(**{**given, field: "x" * (longest + 1)}) == {field: "too_long"}
    assert problems(**{**given, field: f"  {'x' * longest}\r\n"}) == {}  # white space around is not counted
    assert problems(**{**given, field: "a\x07b"}) == {field: "unreadable"}


def test_every_field_at_fault_is_named_at_once() -> None:
    assert problems(stage="nonsense", text="\x00", next_step="x" * 501, next_update_by=TODAY - DAY) == {
        "stage": "unknown", "text": "unreadable", "next_step": "too_long", "next_update_by": "past"}


def test_what_is_kept_is_clean_and_empty_words_are_none() -> None:
    with clock.travel(NOON):
        found = checked(Update("decision", " One\r\ntwo \n", "", TODAY), "investigating")
    assert found == Update("decision", "One\ntwo", None, TODAY)


def test_a_day_is_that_of_people_in_the_united_kingdom() -> None:
    """At half past midnight on 12 June in London it is still 11 June in UTC."""
    late = datetime(2024, 6, 11, 23, 30, tzinfo=UTC)
    with clock.travel(late):
        assert clock.today() == TODAY
        with pytest.raises(UpdateProblem):
            checked(Update(text="New.", next_update_by=TODAY - DAY), "investigating")
        checked(Update(text="New.", next_update_by=TODAY), "investigating")


def test_an_officer_sees_whom_a_case_has_been_shown_to_since_the_last_change(app: Flask) -> None:
    """Shown, hidden, shown, hidden: the day of the latest change, not of the first."""
    from plugins.officer_desk import one_case

    take(app, recorded(), allocated())
    met, moment = meet(app), datetime(2024, 6, 1, 10, tzinfo=UTC)

    def since() -> datetime | None:
        with app.app_context(), force_scope(HERTS):
            return one_case.shown_since(met.case)

    assert since() is None
    for flags in (["domestic-abuse"], [], ["domestic-abuse"], []):
        moment += DAY
        with clock.travel(moment):
            take(app, event("crime.amended", flags=flags, time=moment.isoformat()))
        assert since() == moment
        with clock.travel(moment + timedelta(hours=1)):
            take(app, event("crime.amended", flags=flags, time=(moment + timedelta(hours=1)).isoformat()))
        assert since() == moment  # nothing changed, so nothing is said to have
        page = officer_browser(app, met.staff).get(f"/desk/case/{met.case}").get_data(as_text=True)
        assert f"{moment:%-d %B %Y}" in page
