"""A month of cases by a clock of its own: officers who are quick, silent or away, and addresses of which
every fifth is dead. Everything goes through the portal as a record system, a worker and a mail server
would do it; what happened is noted beside, so that a few lines can say what must have come of it.

`make test` has a month of made-up crimes, `make bench` one of those that a force published.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Flask

from core.base import clock
from core.cases.models import Case, Staff
from core.cases.relations import Member
from core.commitments import due_for, jobs
from core.commitments.models import Commitment
from core.commitments.unpromised import unpromised
from core.hookspecs import NewsKind, NoticeKind, NoticeReport
from core.notices import Notice, delivery_report
from core.storage.db import db, force_scope
from core.testing import allocated, event, officer, recorded
from tests.conftest import HERTS
from tests.core.commitments.month_crimes import Crime
from tests.people import take

BEGIN = datetime(2026, 3, 2, 9, tzinfo=UTC)  # a Monday; no day off until Good Friday, 3 April
DAYS = 32
BACK_ON = 21  # the day of the month on which who was away works again, and quickly
TOPICS = {"acknowledgement", "needs_assessment", "support_referral", "statement_offered"}  # of a call
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def is_dead(number: int) -> bool:
    """Whether letters to the person of this case come back."""
    return number % 5 == 0


@dataclass(frozen=True)
class Event:
    """News, or a contact: when it happened, and when the portal took it in."""

    happened: datetime
    at: datetime
    kind: str
    outcome: str | None


@dataclass(frozen=True)
class Letter:
    """One notice of news, as the mail server had it."""

    made_at: datetime
    sent_at: datetime
    lost: bool = False
    read: bool = False


@dataclass(frozen=True)
class Call:
    """One that the person answered, and what it was about besides."""

    at: datetime
    topics: frozenset[str]


@dataclass
class Month:
    """``told`` is what the portal was told and when, ``calls`` who answered the phone, ``post`` which letters
    went: of each case, by its number."""

    app: Flask
    crimes: Sequence[Crime]
    officers: int = 6
    told: dict[int, list[Event]] = field(default_factory=lambda: defaultdict(list))
    calls: dict[int, list[Call]] = field(default_factory=lambda: defaultdict(list))
    post: dict[int, list[Letter]] = field(default_factory=lambda: defaultdict(list))
    owed_nothing: int = 0
    late_and_untold: int = 0  # more than two working days, weekends included
    letters: Counter[tuple[Any, UUID]] = field(default_factory=Counter)  # of a day to an officer

    def run(self) -> None:
        self._supervisor()
        for day in range(DAYS):
            self._record_system(day)
            self._worker(day)
            self._officers(day)
            self._late_records(day)
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

    def crime(self, number: int) -> Crime:
        return self.crimes[number - 1]

    # --- officers: a third each are quick, silent and away; half of the last have a quick one as cover ----

    def _officer_of(self, number: int) -> int:
        return number % self.officers

    def _writes(self, who: int, day: int) -> bool:
        return who % 3 == 0 or (who % 3 == 1 and day >= BACK_ON)

    def _allocated(self, number: int, now: datetime) -> dict[str, Any]:
        who, away = self._officer_of(number), {}
        if who % 3 == 1:
            until = BEGIN + timedelta(days=BACK_ON - 1)
            away["officer"] = officer(who, rest_days_until=until.date().isoformat())
            if who % 2:
                away["cover"] = {"officer": officer(who - 1), "until": until.date().isoformat()}
        return allocated(self.crime(number).reference, time=_time(now, 20),
                         **{"officer": officer(who), **away})

    def _officers(self, day: int) -> None:
        """They write what falls due, and call whoever no letter reaches; every second answers the phone."""
        with self.at(day, 2 * HOUR) as now:
            at_work = db.session.scalars(sa.select(Staff.id).where(Staff.record_id.in_(
                [f"O{who}" for who in range(self.officers) if self._writes(who, day)]))).all()
            due = [row for one in at_work for row in due_for(
                Member(one, "officer", frozenset()), "own", now + timedelta(days=2), 10_000)]
            self._take(now, [
                self._done(int(row.crime_reference.split("/")[1]), row.kinds, now) for row in due])

    def _done(self, number: int, kinds: Collection[str], now: datetime) -> dict[str, Any]:
        crime, answers = self.crime(number), number % 2 == 0
        topics = sorted(TOPICS & {*kinds}) if answers else []
        if not topics and "reach" not in kinds and not is_dead(number):
            return event("crime.progress", crime.reference, time=_time(now, 1), text="We looked at it.")
        if answers:
            self.calls[number].append(Call(now - MINUTE, frozenset(topics)))
        return event("contact.made", crime.reference, time=_time(now, 1), person=crime.person,
                     way="phone", reached=answers, topics=topics)

    # --- the record system ----------------------------------------------------------------------------

    def _record_system(self, day: int) -> None:
        """The crimes of the day, and what it knows of others."""
        with self.at(day) as now:
            self._record([crime for crime in self.crimes if crime.day == day and crime.number % 4 != 1], now)
            self._take(now, [event(kind, crime.reference, time=_time(now, 10), **data)
                             for crime in self.crimes for on, kind, data in crime.news if on == day])

    def _late_records(self, day: int) -> None:
        """In the afternoon, every fourth crime of the day before: what is owed by tomorrow is news to all."""
        with self.at(day, 7 * HOUR) as now:
            self._record([crime for crime in self.crimes if crime.day == day - 1 and crime.number % 4 == 1],
                         now, late=31 * 60)

    def _record(self, new: Sequence[Crime], now: datetime, late: int = 0) -> None:
        """*late*: minutes."""
        self._take(now, [recorded(one.reference, time=_time(now, late + 30), **one.data) for one in new])
        self._take(now, [self._allocated(one.number, now) for one in new])

    def _take(self, now: datetime, events: list[dict[str, Any]]) -> None:
        for start in range(0, len(events), 400):
            take(self.app, *events[start : start + 400], announce=True)
        for one in events:
            number = int(one["subject"].split("/")[1])
            self.told[number].append(Event(
                datetime.fromisoformat(one["time"]), now, one["type"].removeprefix("uk.police.")[:-3],
                one["data"].get("outcome")))

    # --- the worker -----------------------------------------------------------------------------------

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
        due = db.session.execute(sa.select(Notice, Case.crime_reference).outerjoin(
            Case, Case.id == Notice.case_id).where(Notice.state == "due")).all()
        for notice, reference in due:
            notice.state = "sent"
            db.session.flush()
            delivery_report(notice.id, NoticeReport.SENT, now)
            if notice.person_id:
                self._arrives(notice, int(reference.split("/")[1]), now)
            if notice.kind == NoticeKind.COMMITMENTS_DUE and notice.staff_id:
                self.letters[now.date(), notice.staff_id] += 1
        db.session.commit()

    def _arrives(self, notice: Notice, number: int, now: datetime) -> None:
        """To a dead address it does not; every third person reads what they get, at once."""
        dead = is_dead(number)
        letter = Letter(notice.made_at, now, lost=dead, read=not dead and number % 3 == 0)
        if letter.lost:
            delivery_report(notice.id, NoticeReport.BOUNCED, now, "no such mailbox")
        elif letter.read:
            delivery_report(notice.id, NoticeReport.READ, now)
        if notice.kind == NewsKind.ENTRY:
            self.post[number].append(letter)


def _time(now: datetime, minutes: int) -> str:
    return (now - minutes * MINUTE).isoformat()
