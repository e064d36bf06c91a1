"""A month of made-up cases by a clock of its own: officers who are quick, silent or away, and addresses of
which every fifth is dead. Everything goes through the portal as a record system, a worker and a mail server
would do it; what happened is noted beside, so that a few lines can say what must have come of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Flask

from core.base import clock
from core.cases.models import Person, Staff
from core.cases.relations import Member
from core.commitments import due_for, jobs
from core.commitments.models import Commitment
from core.commitments.unpromised import unpromised
from core.hookspecs import NoticeKind, NoticeReport
from core.notices import Notice, delivery_report
from core.storage.db import db, force_scope
from core.testing import allocated, event, officer, person, recorded
from tests.conftest import HERTS
from tests.people import take

BEGIN = datetime(2026, 3, 2, 9, tzinfo=UTC)  # a Monday; no day off until Good Friday, 3 April
DAYS = 32
QUICK, SILENT, AWAY = (5, 6), (3, 4), (1, 2)
OFFICERS = (*AWAY, *SILENT, *QUICK)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def is_dead(number: int) -> bool:
    """Whether letters to the person of this case come back."""
    return number % 5 == 0


def officer_of(number: int) -> int:
    return OFFICERS[number % len(OFFICERS)]


@dataclass
class Month:
    """*cases* crimes, all of the first ten days; ``arrests`` and ``calls`` are when the portal
    knew of them, by the number of the case."""

    app: Flask
    cases: int
    arrests: dict[int, datetime] = field(default_factory=dict)
    calls: dict[int, list[datetime]] = field(default_factory=lambda: defaultdict(list))
    owed_nothing: int = 0
    late_and_untold: int = 0  # more than two working days, weekends included
    letters: Counter[tuple[Any, UUID]] = field(default_factory=Counter)  # of a day to an officer

    def run(self) -> None:
        self._supervisor()
        for day in range(DAYS):
            self._record_system(day)
            self._worker(day)
            self._quick_officers(day)
            self._worker(day, after=8 * HOUR)

    @contextmanager
    def at(self, day: int, hours: timedelta = timedelta()) -> Iterator[datetime]:
        """As if it were that day, so long after nine."""
        now = BEGIN + timedelta(days=day) + hours
        with clock.travel(now), self.app.app_context(), force_scope(HERTS):
            yield now

    def _supervisor(self) -> None:
        with self.at(0):
            db.session.add(Staff(record_id="S1", name="Sue", email="s@example.org", unit="Watford CID",
                                 role="supervisor"))
            db.session.commit()

    # --- who does what --------------------------------------------------------------------------------

    def _record_system(self, day: int) -> None:
        """The crimes of the day, and an arrest in every third case five days later."""
        new = [number for number in range(1, self.cases + 1) if number % 10 == day]
        arrests = [number for number in range(3, self.cases + 1, 3) if number % 10 + 5 == day]
        with self.at(day) as now:
            self._take([_crime(number, now) for number in new])
            self._take([_allocated(number, now) for number in new])
            self._take([event("suspect.arrested", _reference(number), time=_time(now, 1))
                        for number in arrests])
            self.arrests.update(dict.fromkeys(arrests, now))

    def _take(self, events: list[dict[str, Any]]) -> None:
        if events:
            take(self.app, *events, announce=True)

    def _quick_officers(self, day: int) -> None:
        """They write what falls due, and call whoever no letter reaches; every second answers the phone."""
        with self.at(day, 2 * HOUR) as now:
            quick = db.session.scalars(
                sa.select(Staff.id).where(Staff.record_id.in_([f"O{one}" for one in QUICK]))).all()
            due = [row for one in quick for row in due_for(
                _officer(one), "own", now + timedelta(days=2), 10_000)]
            self._take([
                self._done(int(row.crime_reference.split("/")[1]), row.kinds, now) for row in due])

    def _done(self, number: int, kinds: list[str], now: datetime) -> dict[str, Any]:
        if "reach" not in kinds and not is_dead(number):
            return event("crime.progress", _reference(number), time=_time(now, 1), text="We looked at it.")
        reached = number % 2 == 0
        if reached:
            self.calls[number].append(now - MINUTE)
        return event("contact.made", _reference(number), time=_time(now, 1), person=f"P{number}",
                     way="phone", reached=reached)

    def _worker(self, day: int, after: timedelta = timedelta()) -> None:
        """Letters go, and come back or are read; then what it does by itself, and by night."""
        with self.at(day, after + 5 * MINUTE) as now:
            self._send(now)
        with self.at(day, after + HOUR) as now:
            jobs.sweep()
            jobs.remind()
            self.owed_nothing += len(unpromised().people)
            self.late_and_untold += len(db.session.scalars(sa.select(Commitment.id).where(
                Commitment.state == "open", Commitment.told_up_at.is_(None),
                Commitment.due_at < now - timedelta(days=3.5))).all())
            db.session.commit()

    def _send(self, now: datetime) -> None:
        dead = {one.id for one in db.session.scalars(sa.select(Person))
                if is_dead(int(one.record_id.removeprefix("P")))}
        for notice in db.session.scalars(sa.select(Notice).where(Notice.state == "due")).all():
            notice.state = "sent"
            db.session.flush()
            delivery_report(notice.id, NoticeReport.SENT, now)
            if notice.person_id in dead:
                delivery_report(notice.id, NoticeReport.BOUNCED, now, "no such mailbox")
            elif notice.person_id and notice.person_id.int % 3 == 0:
                delivery_report(notice.id, NoticeReport.READ, now)
            if notice.kind == NoticeKind.COMMITMENTS_DUE and notice.staff_id:
                self.letters[now.date(), notice.staff_id] += 1
        db.session.commit()


def _officer(staff_id: UUID) -> Member:
    return Member(staff_id, "officer", frozenset())


def _reference(number: int) -> str:
    return f"41/{number}/26"


def _time(now: datetime, minutes: int) -> str:
    return (now - minutes * MINUTE).isoformat()


def _crime(number: int, now: datetime) -> dict[str, Any]:
    return recorded(_reference(number), time=_time(now, 30), people=[person(number, phone=None)])


def _allocated(number: int, now: datetime) -> dict[str, Any]:
    return allocated(_reference(number), time=_time(now, 20), officer=officer(officer_of(number)))
