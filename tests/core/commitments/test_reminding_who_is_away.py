"""Who is away on the day is no reason that nobody acts: their owner is another."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from core.base import clock
from core.commitments.models import Commitment
from core.storage.db import db
from core.testing import allocated, officer
from tests.core.commitments.reminders import DUE, MONDAY, due_case, on, whom_on
from tests.people import take


@pytest.fixture
def case(app: Flask) -> Flask:
    return due_case(app)


COVER = {"officer": officer(2), "from": "2026-03-20", "until": "2026-04-20"}
O1, O2 = officer()["id"], officer(2)["id"]


@pytest.mark.parametrize(("away_until", "cover", "the_day_before", "on_the_day"), [
    (None, None, [O1], [O1]),
    ("2026-03-29", None, [O1], [O1]),  # back in time
    ("2026-03-30", None, ["S1"], ["S1"]),
    ("2026-05-01", None, ["S1"], ["S1"]),
    ("2026-05-01", COVER, [O2], [O2]),
    ("2026-05-01", {**COVER, "until": "2026-03-29"}, ["S1"], ["S1"]),  # it ends before
    ("2026-05-01", {**COVER, "from": "2026-03-30"}, [O2], [O2]),  # it begins on the day
])
def test_rest_days_move_the_owner_and_never_the_day(
    case: Flask, away_until: str | None, cover: dict[str, Any] | None,
    the_day_before: list[str], on_the_day: list[str],
) -> None:
    with clock.travel(MONDAY + timedelta(days=1)):
        covered = {"cover": cover} if cover else {}
        take(case, allocated(time="2026-03-03T08:00:00Z",
                             officer={**officer(), "rest_days_until": away_until}, **covered))
    with on(case, -3):
        due = set(db.session.scalars(sa.select(Commitment.due_at).where(Commitment.state == "open")))
    assert [one.date() for one in due] == [DUE]
    assert (whom_on(case, -3), whom_on(case, 0)) == (the_day_before, on_the_day)
    assert whom_on(case, 2, "commitments_late") == ["S1"]


def test_who_came_back_meanwhile_hears_of_what_is_late_like_everybody(case: Flask) -> None:
    with clock.travel(MONDAY + timedelta(days=1)):
        take(case, allocated(time="2026-03-03T08:00:00Z",
                             officer={**officer(), "rest_days_until": "2026-03-30"}))
    assert whom_on(case, 1) == [O1]
