"""A day that people are told to count on: it is there while it is to come, and ends with its case."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from core.base import clock
from core.commitments.models import Commitment
from core.force.vocabulary import ENDED, HOME_OFFICE_OUTCOMES, STAGES
from core.testing import allocated, recorded
from plugins.victims_code.schemes import POLICE_UK_OUTCOMES
from tests.pages import shown
from tests.people import meet, officer_browser, person_browser, take
from tests.plugins.officer_desk.one_case import at, publish
from tests.plugins.victims_code.test_whoever_wrote_last import on
from tests.rows import rows

NOON = datetime(2024, 3, 15, 12, tzinfo=UTC)
PROMISE = on(4, "crime.progress", stage="investigating", text="News.", next_update_by="2024-03-15")
TOLD = "You will hear from us by Friday, 15 March 2024"
ARRIVES = NOON - timedelta(days=10)


def ways_to(stages: set[str] | frozenset[str]) -> list[tuple[str, dict[str, Any]]]:
    """Every news of the record system that brings a case to one of *stages*, one of each kind and stage."""
    progress = [("crime.progress", {"stage": stage}) for stage in STAGES if stage in stages]
    outcomes = {
        (scheme, one.stage): ("crime.outcome", {"scheme": scheme, "outcome": one.id})
        for scheme, known in (("home_office", HOME_OFFICE_OUTCOMES), ("police_uk", POLICE_UK_OUTCOMES))
        for one in known.values() if one.stage in stages}
    return [*progress, *outcomes.values()]


@pytest.mark.parametrize(("stages", "state"), [(ENDED, "withdrawn"), (STAGES.keys() - ENDED, "open")],
                         ids=["what ends a case", "what does not"])
def test_what_ends_a_case_ends_what_was_promised_before_and_nothing_else_does(
    app: Flask, stages: frozenset[str], state: str
) -> None:
    ways = ways_to(stages)
    with clock.travel(ARRIVES):
        for number in range(len(ways)):
            take(app, recorded(f"41/{number + 1}/24"), on(
                4, "crime.progress", f"41/{number + 1}/24", stage="investigating", text="News.",
                next_update_by="2024-03-15"))
    with clock.travel(ARRIVES + timedelta(days=1)):
        for number, (kind, data) in enumerate(ways):
            take(app, on(6, kind, f"41/{number + 1}/24", **data))
    assert [one.state for one in rows(app, Commitment, Commitment.rule == "word")] == [state] * len(ways)


@pytest.mark.parametrize("by_officer", [True, False])
def test_nobody_reads_that_their_closed_case_will_have_an_update(app: Flask, by_officer: bool) -> None:
    with clock.travel(ARRIVES):
        take(app, recorded(), allocated(), PROMISE)
    met = meet(app)
    with clock.travel(NOON - timedelta(days=5)):
        assert TOLD in shown(person_browser(app, met), f"/case/{met.case}")
        desk = officer_browser(app, met.staff)
        if by_officer:
            assert publish(desk, met, stage="closed", text="Nobody saw it.").status_code == 303
        else:
            take(app, on(6, "crime.outcome", outcome="18"))
        assert "You will hear from us by" not in shown(person_browser(app, met), f"/case/{met.case}")
        assert "Nothing is promised" in shown(desk, at(met))


def test_the_day_after_a_promise_both_sides_read_that_it_is_late_and_it_does_not_vanish(app: Flask) -> None:
    with clock.travel(ARRIVES):
        take(app, recorded(), allocated(), PROMISE)
    met = meet(app)
    for days, officer_reads, she_reads in (
        (0, "Contact them by Friday, 15 March 2024", TOLD),
        (1, "Contact them by Friday, 15 March 2024 Late",
         "We are late We said that you would hear from us by Friday, 15 March 2024. We are sorry."),
        (400, "Contact them by Friday, 15 March 2024 Late", "We are late"),
    ):
        with clock.travel(NOON + timedelta(days=days)):
            assert officer_reads in shown(officer_browser(app, met.staff), at(met))
            assert she_reads in shown(person_browser(app, met), f"/case/{met.case}")
