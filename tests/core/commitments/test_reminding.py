"""What falls due is not forgotten: the officer, who covers, the supervisor and the person hear in turn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from core.base import clock
from core.cases.models import Staff
from core.commitments.jobs import remind
from core.notices.models import Notice
from core.storage.db import db, force_scope
from core.testing import allocated, event, officer, recorded
from tests.conftest import HERTS
from tests.people import take

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
DUE = datetime(2026, 3, 30, tzinfo=UTC).date()  # 28 days after it, a Monday
KINDS = ("commitments_due", "commitments_late", "late")


@pytest.fixture
def case(app: Flask) -> Iterator[Flask]:
    """A crime with its officer, of whose unit somebody is the supervisor."""
    with clock.travel(MONDAY):
        take(app, recorded(time="2026-03-02T08:00:00Z"), allocated(time="2026-03-02T08:30:00Z"))
        supervisor(app, "S1", "Watford CID")
    with app.app_context(), force_scope(HERTS):
        db.session.execute(sa.update(Notice).values(state="failed"))  # no letter got through: nothing is kept
        db.session.commit()
    return app


def supervisor(app: Flask, record_id: str, unit: str) -> None:
    with app.app_context(), force_scope(HERTS):
        db.session.add(Staff(record_id=record_id, name="Sue", email=f"{record_id}@example.org", unit=unit,
                             role="supervisor"))
        db.session.commit()


@contextmanager
def on(app: Flask, day: int, hour: int = 9) -> Iterator[None]:
    """So many days after the day on which something is due."""
    with clock.travel(datetime(2026, 3, 30, hour, tzinfo=UTC) + timedelta(days=day)), app.app_context(), \
            force_scope(HERTS):
        yield


def letters_on(app: Flask, day: int, hour: int = 9) -> dict[str, int]:
    """How many letters of each kind go on this day."""
    with on(app, day, hour):
        before = _letters()
        remind()
        return dict(Counter(one for one in _letters().elements()) - before)


def _letters() -> Counter[str]:
    return Counter(db.session.scalars(sa.select(Notice.kind).where(Notice.kind.in_(KINDS))))


def test_the_officer_hears_the_day_before_and_on_the_day_and_the_others_two_days_after(case: Flask) -> None:
    days = {day: letters_on(case, day) for day in range(-5, 6)}
    assert {day: letters for day, letters in days.items() if letters} == {
        -3: {"commitments_due": 1},  # Friday
        0: {"commitments_due": 1},
        2: {"commitments_late": 1, "late": 1},
    }


def test_nobody_hears_twice_on_a_day_however_much_falls_due(case: Flask) -> None:
    with clock.travel(MONDAY):
        take(case, *(recorded(f"41/{n}/26", time="2026-03-02T08:00:00Z") for n in range(5, 10)),
             *(allocated(f"41/{n}/26", time="2026-03-02T08:30:00Z") for n in range(5, 10)))
    assert letters_on(case, 0) == {"commitments_due": 1}
    assert letters_on(case, 0, 15) == {}


def test_what_comes_to_be_due_during_the_day_waits_for_the_letter_of_the_next(app: Flask) -> None:
    def told(subject: str) -> None:  # what is owed after a report is due on Wednesday, 26 days before DUE
        take(app, recorded(subject, time="2026-03-02T08:00:00Z"), announce=True)
        take(app, allocated(subject, time="2026-03-02T08:30:00Z"))

    with on(app, -27, 8):
        told("41/1/26")
    assert letters_on(app, -27) == {"commitments_due": 1}
    with on(app, -27, 12):
        told("41/2/26")
    assert letters_on(app, -27, 15) == {}
    assert letters_on(app, -26) == {"commitments_due": 1}


def test_who_covers_hears_on_the_day(case: Flask) -> None:
    with clock.travel(MONDAY + timedelta(days=1)):
        take(case, allocated(time="2026-03-03T08:00:00Z", cover={"officer": officer(2), "from": "2026-03-20",
                                                                 "until": "2026-04-20"}))
    assert letters_on(case, -3) == {"commitments_due": 1}
    assert letters_on(case, 0) == {"commitments_due": 2}


def test_where_nobody_has_the_case_those_above_hear_on_the_day(app: Flask) -> None:
    with clock.travel(MONDAY):
        take(app, recorded(time="2026-03-02T08:00:00Z"))
    assert (letters_on(app, -3), letters_on(app, 0)) == ({}, {"commitments_late": 1, "late": 1})
    with on(app, 0):
        whom = db.session.scalars(sa.select(Notice.staff_id).where(Notice.kind == "commitments_late"))
        assert whom.one() is None  # the force's reviewer


def test_of_a_hidden_case_the_person_is_told_nothing(case: Flask) -> None:
    take(case, recorded(time="2026-03-02T08:00:00Z", id="again", flags=["domestic-abuse"]))
    days = Counter[str]()
    for day in range(-5, 6):
        days.update(letters_on(case, day))
    assert days == {"commitments_due": 2, "commitments_late": 1}


def test_who_was_called_in_time_is_late_for_nobody(case: Flask) -> None:
    with clock.travel(datetime(2026, 3, 20, 12, tzinfo=UTC)):
        take(case, event("contact.made", time="2026-03-20T11:00:00Z", person="P1", way="phone", reached=True))
    assert [letters_on(case, day) for day in range(-5, 6)] == [{}] * 11


def test_supervisors_of_other_units_hear_nothing(case: Flask) -> None:
    supervisor(case, "S2", "Hertford CID")
    letters: list[Any] = []
    for day in range(3):
        letters_on(case, day)
    with on(case, 2):
        letters = list(db.session.scalars(
            sa.select(Staff.record_id).join(Notice, Notice.staff_id == Staff.id)
            .where(Notice.kind == "commitments_late")))
    assert letters == ["S1"]


@pytest.mark.parametrize(("closed_on", "told"), [(-26, {}), (-25, {"commitments_late": 1, "late": 1})])
def test_of_what_a_closing_case_ended_after_its_day_those_above_and_the_person_hear_once(
    app: Flask, closed_on: int, told: dict[str, int]
) -> None:
    with clock.travel(MONDAY):  # a referral to support is due on Wednesday, 26 days before DUE
        take(app, recorded(time="2026-03-02T08:00:00Z"), allocated(time="2026-03-02T08:30:00Z"),
             announce=True)
        supervisor(app, "S1", "Watford CID")
    with on(app, closed_on, 8):
        take(app, event("crime.outcome", time="2026-03-04T07:00:00Z", outcome="18"), announce=True)
    days = Counter[str]()
    for day in range(closed_on, -20):
        days.update(letters_on(app, day))
    assert days == told
