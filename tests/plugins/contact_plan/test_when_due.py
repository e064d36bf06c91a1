"""Until when the next contact is promised: by the plan, bank holidays, and when it was changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from core.force.model import Force
from core.force.working_days import LONDON
from core.plugin_host.host import host
from plugins.contact_plan.rhythm import DAYS, Every, due_at
from plugins.contact_plan.settings import ContactPlanSettings
from tests.conftest import AVON, HERTS

WEEKLY, TWO_WEEKLY, USUAL, QUIET = Every


@dataclass(frozen=True)
class Agreed:
    every: str
    made_at: datetime


def moment(text: str) -> datetime:
    """A day of 2024 (``03-05``), at noon or the hour that is said."""
    day, _, hour = text.partition(" ")
    return datetime.fromisoformat(f"2024-{day}T{hour or '12:00'}").replace(tzinfo=UTC)


def due(force: Force, contact: str, *plans: tuple[Every, str], usual: Every = USUAL) -> str:
    """The day by which they hear from the force, at its end in the United Kingdom."""
    found = due_at(force, moment(contact), [Agreed(every, moment(at)) for every, at in plans], usual)
    assert found.tzinfo == UTC
    return f"{found.astimezone(LONDON):%m-%d %H:%M}".removesuffix(" 23:59")


@pytest.fixture
def herts(portal: Flask) -> Force:
    return host(portal).get(HERTS).force


@pytest.mark.parametrize(("every", "contact", "day"), [
    (WEEKLY, "03-05", "03-12"), (TWO_WEEKLY, "03-05", "03-19"), (USUAL, "03-05", "04-02"),
    (QUIET, "03-05", "06-03"),
    # not on a Saturday or Sunday, but before: a week from a Saturday, and from a Sunday
    (WEEKLY, "03-09", "03-15"), (WEEKLY, "03-10", "03-15"),
    # not on Easter Monday or Good Friday, but before them; 28 days to a holiday in May
    (WEEKLY, "03-25", "03-28"), (WEEKLY, "03-22", "03-28"), (USUAL, "04-08", "05-03"),
    # a week over Christmas; at half past eleven in the evening in British summer time it is the next day
    (WEEKLY, "12-19", "12-24"), (WEEKLY, "06-03 22:30", "06-10"), (WEEKLY, "06-03 23:30", "06-11"),
])
def test_she_hears_by_the_last_working_day_of_the_time_agreed(
    herts: Force, every: Every, contact: str, day: str
) -> None:
    assert due(herts, contact, (every, "01-01")) == day


def test_a_bank_holiday_is_one_of_her_own_nation(portal: Flask, herts: Force) -> None:
    scotland = host(portal).get("police-scotland").force
    assert due(herts, "11-25", (WEEKLY, "01-01")) == "12-02"
    assert due(scotland, "11-25", (WEEKLY, "01-01")) == "11-29"  # Monday is Saint Andrew's Day


def test_nobody_is_promised_to_hear_again_on_the_day_itself(
    herts: Force, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(DAYS, WEEKLY, DAYS[WEEKLY] * 0)
    assert due(herts, "03-08", (WEEKLY, "01-01")) == "03-11"


@pytest.mark.parametrize(("plans", "day"), [
    ((), "04-02"),
    (((WEEKLY, "02-01"),), "03-12"), (((WEEKLY, "03-05"),), "03-12"),
    # the newest before the contact
    (((WEEKLY, "02-01"), (TWO_WEEKLY, "02-02")), "03-19"),
    # changed meanwhile: counted from the contact, where that is not too soon
    (((WEEKLY, "03-06"),), "03-12"), (((WEEKLY, "03-08"),), "03-12"), (((WEEKLY, "03-10"),), "03-12"),
    (((WEEKLY, "03-11"),), "03-13"), (((WEEKLY, "03-15"),), "03-19"),
    # no sooner than two working days, and never later than it was promised
    (((WEEKLY, "03-28"),), "04-02"), (((WEEKLY, "03-27"),), "04-02"), (((WEEKLY, "04-02"),), "04-02"),
    (((TWO_WEEKLY, "02-01"), (QUIET, "03-11")), "06-03"), (((WEEKLY, "02-01"), (USUAL, "03-12")), "04-02"),
    # the same again (another way, say) moves nothing
    (((WEEKLY, "02-01"), (WEEKLY, "03-12")), "03-12"), (((WEEKLY, "03-15"), (WEEKLY, "03-19")), "03-19"),
    # after the day no change makes it less late
    (((WEEKLY, "02-01"), (QUIET, "03-13 00:10")), "03-12"),
    (((WEEKLY, "02-01"), (QUIET, "03-12 23:58")), "06-03"),
    (((WEEKLY, "02-01"), (TWO_WEEKLY, "03-06"), (WEEKLY, "03-07")), "03-12"),
    # what was agreed long after is of other promises
    (((TWO_WEEKLY, "02-01"), (WEEKLY, "06-01")), "03-19"),
])
def test_a_change_counts_for_what_is_promised_already(herts: Force, plans: Any, day: str) -> None:
    assert due(herts, "03-05", *plans) == day


def test_where_nothing_is_agreed_the_force_says_how_often(herts: Force) -> None:
    assert ContactPlanSettings().usual == USUAL
    assert due(herts, "03-05", usual=ContactPlanSettings(usual="two_weekly").usual) == "03-19"  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="usual"):
        ContactPlanSettings(usual="daily")  # type: ignore[arg-type]


def test_each_force_has_its_own(portal: Flask) -> None:
    assert {host(portal).get(name).settings["contact_plan"] for name in (HERTS, AVON)} == {
        ContactPlanSettings()}
