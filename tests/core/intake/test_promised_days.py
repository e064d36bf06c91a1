"""A day that people are told to count on: it is there while it is to come, and ends with its case."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from core.base import clock
from core.cases.models import Case
from core.force.vocabulary import ENDED, HOME_OFFICE_OUTCOMES, STAGES
from core.intake.take_in import take_in
from core.plugin_host.host import host
from core.storage.db import db, force_scope
from core.testing import allocated, recorded
from plugins.victims_code.schemes import POLICE_UK_OUTCOMES
from tests.conftest import HERTS
from tests.pages import shown
from tests.people import meet, officer_browser, person_browser, take
from tests.plugins.officer_desk.one_case import at, case_now, publish
from tests.plugins.victims_code.test_whoever_wrote_last import Event, on

DAY = date(2024, 3, 15)
NOON = datetime(2024, 3, 15, 12, tzinfo=UTC)
PROMISE = on(4, "crime.progress", stage="investigating", text="News.", next_update_by="2024-03-15")
TOLD = "You will hear from us by Friday, 15 March 2024"
ARRIVES = NOON - timedelta(days=10)


def typed(day: date) -> dict[str, str]:
    return {f"next_update_by-{part}": str(getattr(day, part)) for part in ("day", "month", "year")}


def ways_to(stages: set[str] | frozenset[str]) -> list[tuple[str, dict[str, Any]]]:
    """Every news of the record system that brings a case to one of *stages*."""
    progress = [("crime.progress", {"stage": stage}) for stage in STAGES if stage in stages]
    outcomes = [
        ("crime.outcome", {"scheme": scheme, "outcome": one.id})
        for scheme, known in (("home_office", HOME_OFFICE_OUTCOMES), ("police_uk", POLICE_UK_OUTCOMES))
        for one in known.values() if one.stage in stages]
    return [*progress, *outcomes]


def promised(app: Flask, *news: Event) -> date | None:
    """What is promised after this news; nothing of it is kept."""
    with app.app_context(), force_scope(HERTS):
        for one in news:
            [result] = take_in(host().get(HERTS).force, "niche", [one])
            assert result.status == "accepted", result
        found = db.session.scalars(sa.select(Case.next_update_by)).one()
        db.session.rollback()
    return found


def test_whatever_ends_a_case_ends_what_was_promised_before(app: Flask) -> None:
    for kind, data in ways_to(ENDED):
        assert promised(app, recorded(), PROMISE, on(6, kind, **data)) is None, data


def test_whatever_does_not_end_a_case_leaves_what_was_promised(app: Flask) -> None:
    for kind, data in [*ways_to(STAGES.keys() - ENDED), ("crime.progress", {"text": "News."}),
                       ("suspect.arrested", {}), ("crime.reopened", {})]:
        assert promised(app, recorded(), PROMISE, on(6, kind, **data)) == DAY, data


def test_a_day_named_with_the_end_of_a_case_or_after_it_stands(app: Flask) -> None:
    """Whoever names it knows that the case has ended, and people were told."""
    ends = on(6, "crime.outcome", outcome="18")
    assert promised(app, recorded(), ends, on(7, "crime.progress", text="Your bag is found.",
                                              next_update_by="2024-03-20")) == date(2024, 3, 20)
    assert promised(app, recorded(), on(6, "crime.progress", stage="closed", text="It ends here.",
                                        next_update_by="2024-03-20")) == date(2024, 3, 20)


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


@pytest.mark.parametrize(("days", "named", "then"), [
    (-1, None, DAY), (0, None, DAY), (1, None, None), (30, None, None),
    (-1, DAY + timedelta(days=9), DAY + timedelta(days=9)), (30, DAY + timedelta(days=40),
                                                             DAY + timedelta(days=40)),
])
@pytest.mark.parametrize("by_officer", [True, False])
def test_an_update_without_a_day_takes_off_a_promise_that_is_past_and_no_other(
    app: Flask, by_officer: bool, days: int, named: date | None, then: date | None
) -> None:
    take(app, recorded(), allocated(), PROMISE)
    met, when = meet(app), NOON + timedelta(days=days)
    with clock.travel(when):
        if by_officer:
            desk = officer_browser(app, met.staff)
            more = typed(named) if named else {}
            assert publish(desk, met, text="We looked at it.", **more).status_code == 303
        else:
            more = {"next_update_by": named.isoformat()} if named else {}
            take(app, {**on(5, "crime.progress", text="We looked at it.", **more),
                       "time": when.isoformat()})
        assert case_now(app).next_update_by == then


@pytest.mark.parametrize(("moment", "then"), [
    ("2024-07-15T22:59:00+00:00", date(2024, 7, 15)), ("2024-07-15T23:00:00+00:00", None)])
def test_a_promised_day_lasts_until_midnight_in_the_united_kingdom(
    app: Flask, moment: str, then: date | None
) -> None:
    promise = on(4, "crime.progress", text="News.", next_update_by="2024-07-15")
    late = {**on(5, "crime.progress", text="Late news."), "time": moment}
    assert promised(app, recorded(), promise, late) == then


HISTORIES = [
    [on(4, "crime.progress", text="1", next_update_by="2024-03-06"), on(9, "crime.progress", text="2")],
    [on(4, "crime.progress", text="1", next_update_by="2024-03-06"),
     on(5, "crime.progress", text="2", next_update_by="2024-03-20"), on(9, "crime.progress", text="3")],
    [on(4, "crime.progress", text="1", next_update_by="2024-03-06"), on(9, "crime.progress", text="2"),
     on(10, "crime.progress", text="3", next_update_by="2024-03-12")],
    [on(4, "crime.progress", text="1", next_update_by="2024-03-20"), on(6, "crime.outcome", outcome="18"),
     on(7, "crime.reopened")],
    [on(4, "crime.progress", text="1", next_update_by="2024-03-06"), on(7, "crime.progress", text="2"),
     on(8, "crime.outcome", outcome="8"), on(9, "crime.progress", text="3", next_update_by="2024-03-11")],
]
EXPECTED = [None, date(2024, 3, 20), date(2024, 3, 12), None, date(2024, 3, 11)]


@pytest.mark.parametrize(("history", "then"), [*zip(HISTORIES, EXPECTED, strict=True)])
def test_what_is_promised_is_the_same_in_whatever_order_news_arrives(
    app: Flask, history: list[Event], then: date | None
) -> None:
    first = recorded()
    for order in itertools.permutations(history):
        assert promised(app, first, *order) == then, [one["time"] for one in order]


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
