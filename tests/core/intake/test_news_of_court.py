"""A victim reads when a case is at court, and what the court decided, in words where it is known."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from core.cases.models import Case, Entry
from core.testing import allocated, recorded
from tests.core.intake.more_news import on, page_of, statuses
from tests.people import take
from tests.rows import rows


def hearing(day: int = 10, **more: Any) -> dict[str, Any]:
    return on(day, "court.hearing", **{"starts_at": "2024-06-03T09:30:00+01:00", **more})


def result(written: Any, day: int = 12, **more: Any) -> dict[str, Any]:
    return on(day, "court.result", result=written, **more)


def test_a_victim_reads_court_day_and_hour_of_a_hearing_as_people_say_them(app: Flask) -> None:
    take(app, recorded(), hearing(court="Watford Magistrates' Court", purpose="First hearing"))
    told = page_of(app)
    assert "Court: Watford Magistrates' Court" in told and "First hearing" in told
    assert "When: 3 June 2024, 09:30" in told
    assert "Pryd: 3 Mehefin 2024, 09:30" in page_of(app, language="cy")
    assert rows(app, Case)[0].stage == "court"


@pytest.mark.parametrize(("written", "outcome", "scheme", "stage", "title"), [
    ("guilty", "guilty", None, "result", "Someone has been found guilty"),
    ("Not Guilty", "not-guilty", "police_uk", "result", "The court's decision was not guilty"),
    ("ADJOURNED", "adjourned", None, "court", "The hearing was put off to another day"),
    ("sent_to_crown_court", "sent-to-crown-court", "police_uk", "court",
     "The case has gone to the Crown Court"),
    ("imprisoned", "imprisoned", "police_uk", "result", "The court sent someone to prison"),
    # an outcome that is none of a court, and a number, are words of somebody's own
    ("cautioned", None, None, "result", "Result: cautioned"),
    (4, None, None, "result", "Result: 4"),
    ("Bound over in £100", None, None, "result", "Result: Bound over in £100"),
])
def test_a_result_that_is_known_is_told_in_words_and_any_other_as_it_is_written(
    app: Flask, written: Any, outcome: str | None, scheme: str | None, stage: str, title: str
) -> None:
    take(app, recorded(), result(written, text="As you were told.", received_at="2024-03-13T09:00:00Z"))
    [entry] = rows(app, Entry, Entry.kind == "court_result")
    assert (entry.outcome, entry.scheme, entry.stage) == (outcome, scheme, stage)
    assert str(entry.received_at) == "2024-03-13 09:00:00+00:00"
    told = page_of(app)
    assert title in told and "As you were told." in told
    assert ("Result: " in told) is (outcome is None)
    assert rows(app, Case)[0].stage == stage


@pytest.mark.parametrize("wrong", [
    {"starts_at": None}, {"starts_at": "3 June"}, {"starts_at": "2024-06-03T09:30:00"},
    {"removed": True}, {"Flags": ["x"]}, {"court": {"role": "x"}},
])
def test_a_hearing_without_its_hour_or_with_a_word_of_safety_waits(app: Flask, wrong: dict[str, Any]) -> None:
    take(app, recorded(), allocated())
    assert statuses(app, hearing(**wrong), hearing()) == ["parked", "accepted"]
    assert statuses(app, result("  "), result("fined")) == ["parked", "accepted"]
