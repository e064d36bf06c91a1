"""Who is on a case for long and is promised something only now is promised it from now on, and not late."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from core.base import clock
from core.base.clock import LONDON
from core.commitments import jobs
from core.commitments.models import Commitment
from core.storage.db import db, force_scope
from core.testing import event, person, recorded
from tests.conftest import HERTS
from tests.people import meet, take

MONDAY = datetime(2026, 3, 2, 10, tzinfo=UTC)
LATER = MONDAY + timedelta(days=60)  # a Friday, 1 May
IN_28_DAYS = date(2026, 5, 29)


def commitments(app: Flask, name: str = "P1") -> list[tuple[str, str, date]]:
    """Rule, state and day of each of this person."""
    with app.app_context(), force_scope(HERTS):
        rows = db.session.scalars(sa.select(Commitment).where(
            Commitment.person_id == meet(app).people[name]).order_by(Commitment.made_at, Commitment.rule))
        return [(one.rule, one.state, one.due_at.astimezone(LONDON).date()) for one in rows]


def test_a_case_that_is_offered_late_promises_from_that_day_on(app: Flask) -> None:
    before_it_opened = {"reported_at": "2016-06-01T00:00:00Z", "district": "broxbourne"}
    with clock.travel(MONDAY):
        take(app, recorded(time="2026-03-01T08:00:00Z", **before_it_opened), announce=True)
        take(app, event("suspect.arrested", time="2026-03-01T09:00:00Z"), announce=True)
    assert commitments(app) == []
    with clock.travel(LATER):
        take(app, event("crime.amended", time="2026-05-01T08:00:00Z", reported_at="2026-03-01T00:00:00Z"),
             event("suspect.arrested", time="2026-05-01T08:30:00Z"), announce=True)
    begun = [("2021/arrested", "open", date(2026, 5, 11)), ("plan", "open", IN_28_DAYS)]
    assert commitments(app) == begun
    with clock.travel(LATER + timedelta(days=9)):
        take(app, event("crime.amended", time="2026-05-09T08:00:00Z", summary="A window was broken."))
    assert commitments(app) == begun


def test_who_is_told_in_the_place_of_a_victim_who_left_is_owed_news_from_then_on(app: Flask) -> None:
    with clock.travel(MONDAY):
        take(app, recorded(time="2026-03-01T08:00:00Z", people=[person(), person(2, role="parent")]))
    assert commitments(app, "P2") == []
    with clock.travel(LATER):
        take(app, event("person.amended", time="2026-05-01T08:00:00Z", person=person(), removed=True))
    assert commitments(app) == [("plan", "missed", date(2026, 3, 30))]
    assert commitments(app, "P2") == [("plan", "open", IN_28_DAYS)]


@pytest.mark.parametrize("days", [1, 60])
def test_a_case_from_before_there_were_commitments_is_promised_from_the_night_on(
    app: Flask, days: int
) -> None:
    with clock.travel(MONDAY):
        take(app, recorded(time="2026-03-01T08:00:00Z"), announce=True)
    with clock.travel(MONDAY + timedelta(days=days)), app.app_context(), force_scope(HERTS):
        db.session.execute(sa.delete(Commitment))
        jobs.mend()
        [(made_at, due_at)] = db.session.execute(sa.select(Commitment.made_at, Commitment.due_at))
        assert made_at == clock.now() and due_at > clock.now()
        jobs.mend()
        assert db.session.scalars(sa.select(Commitment.made_at)).all() == [made_at]


def test_who_was_overdue_stays_so_whatever_is_settled_again(app: Flask) -> None:
    with clock.travel(MONDAY):
        take(app, recorded(time="2026-03-01T08:00:00Z"))
    with clock.travel(LATER):
        take(app, event("crime.amended", time="2026-05-01T08:00:00Z", summary="A window was broken."))
    assert commitments(app) == [("plan", "open", date(2026, 3, 30))]
