"""On top of their list officers read what is due, the longest overdue first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from core.base import clock
from core.cases.models import Case, Staff
from core.storage.db import db, force_scope
from core.testing import allocated, officer, recorded
from tests.conftest import HERTS
from tests.core.intake.more_news import shown as read_on
from tests.people import meet, officer_browser, staff_id, take

NOON = datetime(2024, 3, 5, 12, tzinfo=UTC)


def page(app: Flask, staff: object, at: datetime, path: str = "/desk/") -> str:
    with clock.travel(at):
        return read_on(officer_browser(app, staff).get(path).text)


def test_what_is_due_soon_or_late_stands_on_top_and_what_is_far_does_not(app: Flask) -> None:
    with clock.travel(NOON):
        take(app, recorded(), allocated())
    me = meet(app).staff
    assert "What is due" not in page(app, me, NOON)
    soon = page(app, me, NOON + timedelta(days=26))
    assert "What is due 41/1/24" in soon and "Late" not in soon
    assert "Late" in page(app, me, NOON + timedelta(days=40))


def test_what_a_colleague_owes_is_theirs(app: Flask) -> None:
    with clock.travel(NOON):
        take(app, recorded(), allocated(), recorded("41/2/24"), allocated("41/2/24", officer=officer(2)))
    late = NOON + timedelta(days=40)
    mine, theirs = page(app, meet(app).staff, late), page(app, staff_id(app, "O2"), late)
    assert "What is due 41/1/24" in mine and "41/2/24" not in mine
    assert "What is due 41/2/24" in theirs and "41/1/24" not in theirs


@pytest.mark.parametrize(("days", "stands"), [
    (0, False), (20, False), (21, True), (22, True), (23, True), (27, True), (28, True), (40, True)])
def test_it_stands_there_from_three_working_days_before_on(app: Flask, days: int, stands: bool) -> None:
    """The 28 days end on 2 April: 29 March and 1 April, a Friday and a Monday, are bank holidays."""
    with clock.travel(NOON):
        take(app, recorded(), allocated())
    assert ("What is due 41/1/24" in page(app, meet(app).staff, NOON + timedelta(days=days))) is stands


def test_who_covers_reads_it_too_and_only_while_they_do(app: Flask) -> None:
    with clock.travel(NOON):
        take(app, recorded(), allocated(time="2024-03-05T11:00:00Z", cover={
            "officer": officer(2, unit="Stevenage CID"), "from": "2024-03-20", "until": "2024-04-20"}))
    for days, stands in ((10, False), (40, True), (60, False)):
        assert ("What is due" in page(app, staff_id(app, "O2"), NOON + timedelta(days=days))) is stands


def test_the_unit_reads_on_its_list_what_falls_due_on_the_next_working_day_or_is_late(app: Flask) -> None:
    with clock.travel(NOON):
        take(app, recorded(), allocated(),
             recorded("41/2/24", flags=["domestic-abuse"]), allocated("41/2/24"),
             recorded("41/3/24"), allocated("41/3/24", officer=officer(2)),
             recorded("41/4/24"), allocated("41/4/24", officer=officer(3, unit="Stevenage CID")))
    for days, stands in ((22, False), (23, True), (28, True), (40, True)):  # Easter lies between
        told = page(app, staff_id(app, "O2"), NOON + timedelta(days=days), "/desk/unit")
        assert ("What is due 41/1/24" in told) is stands
        assert ("What is due 41/3/24" in told or told.count("41/3/24") > 1) is stands  # theirs is the unit's
        assert "41/2/24" not in told and "41/4/24" not in told  # what is sensitive, and of another unit


def test_of_many_the_longest_overdue_come_first_and_the_rest_are_counted(app: Flask) -> None:
    for number in range(1, 13):
        with clock.travel(NOON + timedelta(days=number)):
            take(app, recorded(f"41/{number}/24"), allocated(f"41/{number}/24"))
    told = page(app, meet(app, "41/1/24").staff, NOON + timedelta(days=60))
    due = told[told.index("What is due"):told.index("and 2 more")]
    assert due.index("41/1/24") < due.index("41/2/24") < due.index("41/10/24")
    assert "41/11/24" not in due


def test_the_list_says_what_is_owed_first(app: Flask) -> None:
    with clock.travel(NOON):
        take(app, recorded(), allocated())
    assert "Contact them" in page(app, meet(app).staff, NOON + timedelta(days=26))


def test_the_supervisor_reads_what_is_late_in_the_unit_and_whose_it_is(app: Flask) -> None:
    with clock.travel(NOON):
        take(app, recorded(), allocated(), recorded("41/2/24", flags=["domestic-abuse"]),
             allocated("41/2/24", officer=officer(2, name="Omar Other", unit="Stevenage CID")))
    sue = above(app)
    assert "What is due" not in page(app, sue, NOON, "/desk/unit")
    late = page(app, sue, NOON + timedelta(days=40), "/desk/unit")
    assert "What is due 41/1/24" in late and "Sam Officer" in late and "Omar" not in late


@pytest.mark.parametrize("flags", [[], ["domestic-abuse"]])
def test_colleagues_read_what_is_late_but_on_sensitive_cases(app: Flask, flags: list[str]) -> None:
    with clock.travel(NOON):
        take(app, recorded(flags=flags), allocated(), recorded("41/2/24"),
             allocated("41/2/24", officer=officer(2)))
    late = page(app, staff_id(app, "O2"), NOON + timedelta(days=40), "/desk/unit")
    assert ("41/1/24" in late) is not flags


def test_who_covers_reads_what_is_due_too(app: Flask) -> None:
    with clock.travel(NOON):
        take(app, recorded(), allocated(), recorded("41/2/24"), allocated("41/2/24", officer=officer(2)))
    met, covers = meet(app), staff_id(app, "O2")
    assert "41/1/24" not in page(app, covers, NOON + timedelta(days=40))
    with app.app_context(), force_scope(HERTS):
        db.session.execute(sa.update(Case).where(Case.id == met.case).values(
            cover_id=covers, cover_for=met.staff, cover_from=NOON.date()))
        db.session.commit()
    assert "41/1/24" in page(app, covers, NOON + timedelta(days=40))


def above(app: Flask) -> UUID:
    """A supervisor of the unit."""
    with app.app_context(), force_scope(HERTS):
        one = Staff(record_id="S1", name="Sue Sergeant", unit="Watford CID", role="supervisor")
        db.session.add(one)
        db.session.commit()
        return one.id
