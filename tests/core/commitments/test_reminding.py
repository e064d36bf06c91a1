"""What falls due is not forgotten: the officer, who covers, the supervisor and the person hear in turn."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from core.base import clock
from core.cases.models import Staff
from core.commitments.models import Commitment
from core.hookspecs import AgreedWay
from core.notices.models import Notice
from core.storage.db import db, force_scope
from core.testing import allocated, event, officer, recorded
from plugins.contact_plan import plans
from plugins.contact_plan.rhythm import Every
from tests.conftest import HERTS
from tests.core.commitments.reminders import (
    KINDS,
    MONDAY,
    due_case,
    letters_on,
    on,
    supervisor,
)
from tests.people import meet, take


@pytest.fixture
def case(app: Flask) -> Flask:
    return due_case(app)


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
    assert [letters_on(app, day) for day in (-3, 0, 1, 2)] == [
        {}, {"commitments_late": 1}, {}, {"late": 1}]  # to the person when it is late, not before
    with on(app, 0):
        whom = db.session.scalars(sa.select(Notice.staff_id).where(Notice.kind == "commitments_late"))
        assert whom.one() is None  # the force's reviewer


def test_the_reviewer_too_hears_once_a_day(app: Flask) -> None:
    with clock.travel(MONDAY):
        take(app, recorded(time="2026-03-02T08:00:00Z"))
    assert letters_on(app, 0) == {"commitments_late": 1}
    with clock.travel(MONDAY):
        take(app, recorded("41/2/26", time="2026-03-02T08:00:00Z"))
    assert letters_on(app, 0, 15) == {}
    assert letters_on(app, 1) == {"commitments_late": 1}


def test_who_is_owed_in_two_cases_hears_once_a_day_that_we_are_late(case: Flask) -> None:
    with clock.travel(MONDAY):
        take(case, recorded("41/2/26", time="2026-03-02T08:00:00Z"),
             allocated("41/2/26", time="2026-03-02T08:30:00Z"))
    assert letters_on(case, 2) == {"commitments_due": 1, "commitments_late": 1, "late": 1}
    assert [letters_on(case, 2, 15), letters_on(case, 3)] == [{}, {}]


def test_a_supervisor_with_a_case_of_their_own_gets_one_letter_which_speaks_of_both(case: Flask) -> None:
    with on(case, -30):
        officer_id = db.session.scalars(sa.select(Staff.id).where(Staff.record_id == "O1")).one()
        db.session.execute(sa.update(Staff).where(Staff.record_id == "S1").values(role="officer"))
        db.session.commit()
    with clock.travel(MONDAY):
        take(case, recorded("41/2/26", time="2026-03-02T08:00:00Z"),
             allocated("41/2/26", time="2026-03-02T08:30:00Z", officer=officer(2)))
    with on(case, -30):
        db.session.execute(sa.update(Staff).where(Staff.record_id == "O1").values(role="supervisor"))
        db.session.commit()
    for day in range(-5, 6):
        letters_on(case, day)
        with on(case, day):
            midnight = datetime(2026, 3, 30, tzinfo=UTC) + timedelta(days=day)
            mine = db.session.scalars(sa.select(Notice.kind).where(
                Notice.staff_id == officer_id, Notice.kind.in_(KINDS), Notice.made_at >= midnight)).all()
            assert len(mine) <= 1, day
            assert mine == {-3: ["commitments_due"], 0: ["commitments_due"], 2: ["commitments_late"]}.get(
                day, []), day


# --- the mailbox of a unit --------------------------------------------------------------------------------


def test_who_was_told_of_a_later_day_hears_only_when_that_one_is_late(case: Flask) -> None:
    """The sooner one, which is kept to and was not confirmed, is for staff alone."""
    with on(case, -10):
        db.session.execute(sa.update(Commitment).values(
            shown_due_at=Commitment.due_at + timedelta(days=7)))
        db.session.commit()
    days = {day: letters_on(case, day) for day in range(-5, 12)}
    assert {day: letters for day, letters in days.items() if letters} == {
        -3: {"commitments_due": 1}, 0: {"commitments_due": 1}, 2: {"commitments_late": 1},
        9: {"late": 1},  # two working days after the seventh day, which is Easter Monday
    }


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


def test_who_was_told_of_a_day_that_was_moved_is_told_of_the_new_one_and_she_reads_nothing_else(
    case: Flask
) -> None:
    assert [letters_on(case, day) for day in (-3, 0)] == [{"commitments_due": 1}] * 2
    met = meet(case)
    with on(case, 0, 12):  # on its day she says: only when something happens
        plans.agree(met.case, met.people["P1"], Every.WHEN_SOMETHING_HAPPENS, AgreedWay.EMAIL)
        db.session.commit()
    moved = 60  # days: to a Friday, the last working day of the 90 from the first
    days = {day: letters for day in range(1, moved + 5) if (letters := letters_on(case, day))}
    assert days == {moved - 1: {"commitments_due": 1}, moved: {"commitments_due": 1},
                    moved + 4: {"commitments_late": 1, "late": 1}}  # two working days later


def test_what_is_settled_at_this_moment_has_its_turn_an_hour_later_and_nobody_waits(case: Flask) -> None:
    with case.app_context(), force_scope(HERTS):
        db.session.execute(sa.select(Commitment.id).with_for_update())
        assert letters_on(case, 0) == {}
        db.session.rollback()
    assert letters_on(case, 0, 10) == {"commitments_due": 1}


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
