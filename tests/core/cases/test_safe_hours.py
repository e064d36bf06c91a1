"""The hours at which a letter may arrive, in the time of the United Kingdom."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.cases.safe_hours import is_open, next_opening


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(("now", "start", "stop", "safe"), [
    ("2026-11-23T12:00", None, None, True),
    ("2026-11-23T08:59:59", "09:00", None, False),
    ("2026-11-23T09:00", "09:00", None, True),
    ("2026-11-23T20:00:59", "09:00", "20:00", True),
    ("2026-11-23T20:00:59.999999", "09:00", "20:00", True),
    ("2026-11-23T20:00:00.000001", "09:00", "20:00", True),
    ("2026-11-23T20:01", "09:00", "20:00", False),
    ("2026-11-23T00:00", None, "20:00", True),
    ("2026-11-23T23:59", "22:00", "06:00", True),
    ("2026-11-23T03:00", "22:00", "06:00", True),
    ("2026-11-23T06:01", "22:00", "06:00", False),
    ("2026-11-23T21:59", "22:00", "06:00", False),
    ("2026-07-01T08:30", "09:00", "20:00", True),  # half past nine in summer time
    ("2026-07-01T19:30", "09:00", "20:00", False),
    ("2026-11-23T09:30", "09:00+05:00", "20:00Z", True),  # hours are local, whatever they say
])
def test_safe_hours_are_kept(now: str, start: str | None, stop: str | None, safe: bool) -> None:
    hours = [time.fromisoformat(hour) if hour else None for hour in (start, stop)]
    assert is_open(at(now), *hours) is safe


@pytest.mark.parametrize(("now", "start", "opens"), [
    ("2026-11-23T06:00", "09:00", "2026-11-23T09:00"),
    ("2026-11-23T21:00", "09:00", "2026-11-24T09:00"),
    ("2026-11-23T21:00", None, "2026-11-24T00:00"),
    ("2026-11-23T12:00", "22:00", "2026-11-23T22:00"),
    ("2026-06-30T23:30", "09:00", "2026-07-01T08:00"),  # it is past midnight in summer time
    ("2026-10-24T21:00", "09:00", "2026-10-25T09:00"),  # the clocks go back that night
    ("2027-03-27T21:00", "09:00", "2027-03-28T08:00"),  # and forward in this one
    ("2027-03-27T21:00", "01:30", "2027-03-28T01:30"),  # there is no half past one: half past two
    ("2026-10-25T00:10", "01:30", "2026-10-25T00:30"),  # the first half past one
    ("2026-10-25T01:10", "01:30", "2026-10-25T01:30"),  # the second
])
def test_a_letter_waits_for_the_next_opening(now: str, start: str | None, opens: str) -> None:
    found = next_opening(at(now), time.fromisoformat(start) if start else None)
    assert found == at(opens)


MINUTES = st.integers(0, 60 * 24 - 1).map(lambda m: time(m // 60, m % 60))


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([at("2026-10-24T00:00"), at("2027-03-27T00:00"), at("2026-06-01T00:00")]),
    st.integers(0, 3 * 24 * 60), st.none() | MINUTES, st.none() | MINUTES,
)
def test_nobody_waits_for_ever(
    day: datetime, minutes: int, start: time | None, stop: time | None
) -> None:
    now = day + timedelta(minutes=minutes)
    for _ in range(3):  # a window in the hour that is left out in March opens a day later
        if is_open(now, start, stop):
            return
        later = next_opening(now, start)
        assert now < later <= now + timedelta(hours=25)
        now = later
    assert is_open(now, start, stop)
