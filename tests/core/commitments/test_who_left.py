"""Who leaves a case is owed nothing from when that is known here; what was kept or late before stays so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from core.base import clock
from core.commitments.models import Commitment
from core.intake.take_in import take_in
from core.plugin_host.host import host
from core.storage.db import db, force_scope
from core.testing import event, person, recorded
from tests.conftest import HERTS
from tests.people import take

MONDAY = datetime(2026, 3, 2, 10, tzinfo=UTC)  # 28 days on is 30 March


def removed(app: Flask, on: float, *, happened: float | None = None, **more: Any) -> None:
    """Taken in so many days after the Monday; parked, if it cannot be read."""
    at = MONDAY + timedelta(days=on if happened is None else happened)
    news = event(
        "person.amended", time=at.strftime("%Y-%m-%dT%H:%M:%SZ"), person=person(**more), removed=True)
    with clock.travel(MONDAY + timedelta(days=on)), app.app_context(), force_scope(HERTS):
        take_in(host().get(HERTS).force, "niche", [news])
        db.session.commit()


def plans(app: Flask) -> list[tuple[str, int | None]]:
    """State of each next contact, and how many days after the Monday it ended."""
    with app.app_context(), force_scope(HERTS):
        rows = db.session.execute(sa.select(Commitment.state, Commitment.ended_at).where(
            Commitment.rule == "plan").order_by(Commitment.made_at))
        return [(state, ended and (ended - MONDAY).days) for state, ended in rows]


@pytest.fixture(autouse=True)
def called(app: Flask) -> None:
    """She was called after nine days, so that the next contact is due after 37."""
    with clock.travel(MONDAY):
        take(app, recorded(time="2026-03-01T08:00:00Z"))
    with clock.travel(MONDAY + timedelta(days=9)):
        take(app, event("contact.made", person="P1", way="phone", reached=True, time="2026-03-11T10:00:00Z"))


READ, PARKED = {}, {"role": "a friend"}
PARKED_TOO = pytest.mark.parametrize("more", [READ, PARKED], ids=["read", "parked"])


@PARKED_TOO
@pytest.mark.parametrize(("on", "happened", "stands"), [
    (20, 20, ("withdrawn", 20)), (50, 50, ("missed", 50)),
    (50, 20, ("missed", 50)), (50, 5, ("missed", 50)),  # until it was known here she was owed the contact
])
def test_who_left_before_the_day_was_owed_it_no_more_and_after_it_has_missed_it(
    app: Flask, more: dict[str, Any], on: float, happened: float, stands: tuple[str, int]
) -> None:
    removed(app, on, happened=happened, **more)
    assert plans(app) == [("kept", 9), stands]


@PARKED_TOO
def test_that_she_left_is_said_again_and_moves_nothing(app: Flask, more: dict[str, Any]) -> None:
    for on in (20, 50, 51):
        removed(app, on, **more)
        assert plans(app) == [("kept", 9), ("withdrawn", 20)]


def test_who_comes_back_is_owed_what_was_late(app: Flask) -> None:
    removed(app, 50)
    with clock.travel(MONDAY + timedelta(days=52)):
        take(app, event("person.amended", time="2026-04-23T08:00:00Z", person=person(), removed=False))
    assert plans(app) == [("kept", 9), ("open", None)]
