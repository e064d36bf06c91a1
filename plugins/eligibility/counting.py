"""Counting what people asked for in vain, and reading the counts. Callers commit."""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from uuid6 import uuid7

from core.base import clock
from core.force import Force, eligibility
from core.storage import insert_many, owned, read, update_many
from plugins.eligibility.models import Demand

PUBLIC, CALL_HANDLER = "public", "call handler"
ASKED = "eligibility_asked"  # in the session: what this browser has had counted, newest last
MOST_KEPT = 50
HOUR = 3600  # seconds

ROW = sa.select(Demand.id, Demand.count.label("number")).where(
    owned(Demand), Demand.district == sa.bindparam("district"),
    Demand.crime_type == sa.bindparam("crime_type"), Demand.month == sa.bindparam("month"),
    Demand.asked_by == sa.bindparam("asked_by"),
).with_for_update()
ROWS = sa.select(
    Demand.month, Demand.district, Demand.crime_type, Demand.asked_by,
    Demand.count.label("number"),
).where(owned(Demand), Demand.month >= sa.bindparam("first", type_=sa.Text)).order_by(
    Demand.month, Demand.district, Demand.crime_type, Demand.asked_by
)


@dataclass(frozen=True)
class Line:
    """One line of the table; ``now`` is the answer to a crime that is reported today."""

    month: str
    district: str
    crime_type: str
    asked_by: str
    count: int
    now: str


def first_time(session: MutableMapping[str, Any], question: str) -> bool:
    """Whether *question* is to be counted: not asked by this browser within the hour before."""
    now = int(clock.now().timestamp())
    lately = [(asked, at) for asked, at in session.get(ASKED, []) if now - at < HOUR]
    if any(asked == question for asked, _ in lately):
        return False
    session[ASKED] = [*lately, (question, now)][-MOST_KEPT:]
    return True


def count(district: str, crime_type: str, asked_by: str) -> None:
    """Add one to the month's count for this district and crime type."""
    key = {"district": district, "crime_type": crime_type, "asked_by": asked_by,
           "month": f"{clock.today():%Y-%m}"}
    insert_many(Demand, [{"id": uuid7(), "count": 0, **key}], skip_existing=tuple(key))
    row = read(ROW, **key).one()
    update_many(Demand, [{"id": row.id, "count": row.number + 1}])


def lines(force: Force, first: str = "") -> list[Line]:
    """The counts of the force in scope from the month *first* on, like 2026-11."""
    today = clock.today()
    return [
        Line(row.month, row.district, row.crime_type, row.asked_by, row.number,
             eligibility(force, row.district, row.crime_type, (), today).reason)
        for row in read(ROWS, first=first)
    ]
