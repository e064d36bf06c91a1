"""On top of their list officers read what is due, the longest overdue first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import Flask

from core.base import clock
from core.testing import allocated, officer, recorded
from tests.core.intake.more_news import shown as read_on
from tests.people import meet, officer_browser, staff_id, take

NOON = datetime(2024, 3, 5, 12, tzinfo=UTC)


def page(app: Flask, staff: object, at: datetime) -> str:
    with clock.travel(at):
        return read_on(officer_browser(app, staff).get("/desk/").text)


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


def test_of_many_the_longest_overdue_come_first_and_the_rest_are_counted(app: Flask) -> None:
    for number in range(1, 13):
        with clock.travel(NOON + timedelta(days=number)):
            take(app, recorded(f"41/{number}/24"), allocated(f"41/{number}/24"))
    told = page(app, meet(app, "41/1/24").staff, NOON + timedelta(days=60))
    due = told[told.index("What is due"):told.index("and 2 more")]
    assert due.index("41/1/24") < due.index("41/2/24") < due.index("41/10/24")
    assert "41/11/24" not in due
