"""What the tests of reminders share: a case in which something is due on a Monday, and its letters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from flask import Flask

from core.base import clock
from core.cases.models import Staff
from core.commitments.jobs import remind
from core.notices.models import Notice
from core.storage.db import db, force_scope
from core.testing import allocated, recorded
from tests.conftest import HERTS
from tests.people import take

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
DUE = datetime(2026, 3, 30, tzinfo=UTC).date()  # 28 days after it, a Monday
KINDS = ("commitments_due", "commitments_late", "late")


def due_case(app: Flask) -> Flask:
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



def whom_on(app: Flask, day: int, kind: str = "commitments_due") -> list[str]:
    """Whom a letter of this kind goes to on this day, by their ids in the record."""
    with on(app, day):
        mine = sa.select(Staff.record_id).join(Notice, Notice.staff_id == Staff.id).where(Notice.kind == kind)
        before = Counter(db.session.scalars(mine))
        remind()
        return sorted((Counter(db.session.scalars(mine)) - before).elements())
