"""Whoever locked their access, or is never to be written to, is looked for by nobody, from that moment on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from core.base import clock
from core.cases.models import Person
from core.commitments import jobs
from core.commitments.models import Commitment
from core.notices.models import Notice
from core.storage.db import db, force_scope
from core.testing import allocated, event, person, recorded
from tests.conftest import HERTS
from tests.people import meet, officer_browser, person_browser, take

MONDAY = datetime(2026, 3, 2, 10, tzinfo=UTC)
UNREAD = MONDAY + timedelta(hours=49)
SAFE = "/your-account/safe-contact"
CHOICE = {"channels": ["email", "sms", "phone", "post"], "words": "", "not_before": "", "not_after": "",
          "language": "", "review": "keep"}


def record_says_never(app: Flask) -> None:
    take(app, event("person.amended", "41/2/26", time="2026-03-02T11:00:00Z",
                    person=person(safe_contact={"silent": True})))


def she_says_never(app: Flask) -> None:
    assert person_browser(app, meet(app)).post(SAFE, {**CHOICE, "silent": "yes"}).status_code == 303


def she_locks(app: Flask) -> None:
    person_browser(app, meet(app)).post("/your-account/lock")


def officer_locks(app: Flask) -> None:
    met = meet(app)
    desk = officer_browser(app, met.staff)
    assert desk.post(f"/desk/case/{met.case}/person/{met.people['P1']}", {"act": "lock"}).status_code == 303


LEFT_ALONE = pytest.mark.parametrize(
    "leave_alone", [record_says_never, she_says_never, she_locks, officer_locks],
    ids=["the record says never", "she says never", "she locked", "her officer locked"])


@pytest.fixture(autouse=True)
def arrest(app: Flask) -> None:
    """Of which a letter went that nobody reads; she has a second case, too."""
    with clock.travel(MONDAY):
        for subject in ("41/1/24", "41/2/26"):
            take(app, recorded(subject, time="2026-03-01T08:00:00Z"),
                 allocated(subject, time="2026-03-01T09:00:00Z"))
        take(app, event("suspect.arrested", time="2026-03-02T09:00:00Z"), announce=True)
    with app.app_context(), force_scope(HERTS):
        db.session.execute(sa.update(Notice).where(Notice.kind == "entry").values(
            state="sent", sent_at=MONDAY))
        db.session.commit()


def reaches(app: Flask, *, at: datetime = UNREAD) -> tuple[int, list[str]]:
    """In how many cases the sweep finds somebody, and how what it opened stands."""
    with clock.travel(at), app.app_context(), force_scope(HERTS):
        found = jobs.sweep()
        return found, list(db.session.scalars(sa.select(Commitment.state).where(Commitment.kind == "reach")))


@LEFT_ALONE
def test_who_is_left_alone_is_not_looked_for(app: Flask, leave_alone: Callable[[Flask], None]) -> None:
    with clock.travel(MONDAY + timedelta(hours=1)):
        leave_alone(app)
    assert reaches(app) == (0, [])


@LEFT_ALONE
def test_whom_somebody_looks_for_is_left_alone_at_once_when_they_say_so(
    app: Flask, leave_alone: Callable[[Flask], None]
) -> None:
    assert reaches(app) == (1, ["open"])
    with clock.travel(UNREAD + timedelta(hours=1)):
        leave_alone(app)
        assert reaches(app, at=clock.now()) == (0, ["superseded"])


def test_whose_lock_is_opened_again_is_looked_for_again(app: Flask) -> None:
    with clock.travel(MONDAY + timedelta(hours=1)):
        officer_locks(app)
        met = meet(app)
    assert reaches(app) == (0, [])
    with clock.travel(UNREAD + timedelta(hours=1)):
        page = f"/desk/case/{met.case}/person/{met.people['P1']}"
        assert officer_browser(app, met.staff).post(
            page, {"act": "unlock", "unlock-how": "called_back"}).status_code == 303
        with app.app_context(), force_scope(HERTS):
            assert db.session.scalars(sa.select(Person.locked_by)).all() == [None]
            states = db.session.scalars(sa.select(Commitment.state).where(Commitment.kind == "reach")).all()
    assert states == ["open"]
