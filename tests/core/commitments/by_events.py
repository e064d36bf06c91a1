"""What must have become of every promise of a month, from what happened and nothing else: a few lines that
know the terms of the Code and the rhythm of 28 days, and nothing of how the portal reckons.

There is no day off in these weeks but Good Friday and Easter Monday, 3 and 6 April.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from core.base.clock import LONDON
from tests.core.commitments.simulation import Call, Event, Letter, Month

DAYS_OFF = {date(2026, 4, 3), date(2026, 4, 6)}
CLOSES = {  # outcomes after which nothing more is planned -> the right to be told of them
    "local-resolution": "out_of_court", "cautioned": "out_of_court",
    "unable-to-prosecute": "not_prosecuted", "formal-action-not-in-public-interest": "not_prosecuted",
    "no-further-action": "investigation_ended", "action-taken-by-another-organisation": "investigation_ended",
    "further-investigation-not-in-public-interest": "investigation_ended"}
RIGHTS = {**CLOSES, "charged": "charged", "sentenced-in-another-case": "sentence"}
IN_DAYS = {"charged", "out_of_court"}  # five; the others are in working days, and the sentence in one
AT_REPORT = {  # rule -> the topic of a call that keeps it
    "2021/ack_written": "acknowledgement", "2021/needs_assessment": "needs_assessment",
    "2021/support_referral": "support_referral", "2021/vps_offer": "statement_offered"}
Found = tuple[str, str]  # rule and end


def working_days_after(at: datetime, days: int) -> datetime:
    """The last minute of that working day."""
    day = at.astimezone(LONDON).date()
    while days:
        day += timedelta(days=1)
        days -= day.weekday() < 5 and day not in DAYS_OFF
    return _end_of(day)


def days_after(at: datetime, days: int) -> datetime:
    return _end_of(at.astimezone(LONDON).date() + timedelta(days=days))


def working_day_until(at: datetime, days: int) -> datetime:
    """The last working day within so many days."""
    day = at.astimezone(LONDON).date() + timedelta(days=days)
    while day.weekday() > 4 or day in DAYS_OFF:
        day -= timedelta(days=1)
    return _end_of(day)


def _end_of(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 23, 59, tzinfo=LONDON)


def right_of(one: Event) -> tuple[str, datetime] | None:
    """The right to be told of this news, and by when."""
    right = "arrested" if one.kind == "suspect.arrested" else RIGHTS.get(one.outcome or "")
    if right is None:
        return None
    term = 1 if right == "sentence" else 5
    return f"2021/{right}", (days_after if right in IN_DAYS else working_days_after)(one.happened, term)


@dataclass
class Course:
    """What happened in one case until *now*."""

    news: list[Event]
    calls: list[Call]
    letters: list[Letter]
    now: datetime

    @property
    def begun(self) -> datetime:
        return self.news[0].at

    def closed(self) -> list[tuple[datetime, datetime | None]]:
        """From when until when; news after which nothing more is planned closes it, a reopening opens it."""
        found: list[tuple[datetime, datetime | None]] = []
        for one in self.news:
            is_closed = bool(found) and found[-1][1] is None
            closes = one.outcome in CLOSES
            if closes and not is_closed:
                found.append((one.at, None))
            elif is_closed and not closes and one.kind in ("crime.reopened", "crime.outcome"):
                found[-1] = found[-1][0], one.at
        return found

    def known(self, at: datetime) -> datetime | None:
        """When they could know news of then: by a letter that came, or a call."""
        return min([one.sent_at for one in self.letters if one.made_at >= at and not one.lost]
                   + [one.at for one in self.calls if one.at >= at], default=None)

    def heard(self) -> list[tuple[datetime, datetime]]:
        """When each thing was told and received."""
        news = [(one.at, known) for one in self.news if (known := self.known(one.at))]
        return [*news, *((one.at, one.at) for one in self.calls)]

    def ended(self, due: datetime, met: datetime | None, closed_at: datetime | None = None) -> str:
        """*closed_at*: when the case was closed over it, if that ends it."""
        if met and not (closed_at and met > max(closed_at, due)):
            return "kept" if met <= due else "kept_late"
        if closed_at:
            return "withdrawn" if closed_at <= due else "missed"
        return "overdue" if due < self.now else "open"

    def all(self) -> Iterator[Found]:
        yield from self._rights()
        yield from self._plan()
        yield from self._reach()

    def _rights(self) -> Iterator[Found]:
        closed_at = min((since for since, _ in self.closed()), default=None)
        due = working_days_after(self.news[0].happened, 2)
        for rule, topic in AT_REPORT.items():
            met = min((one.at for one in self.calls if topic in one.topics), default=None)
            yield rule, self.ended(due, met, closed_at)
        for one in self.news:
            if right := right_of(one):
                yield right[0], self.ended(right[1], self.known(one.at))

    def _plan(self) -> Iterator[Found]:
        """From the beginning on, from each thing they heard, and from each reopening, while it is open; the
        letter that tells of a reopening begins nothing besides."""
        heard, closed = self.heard(), self.closed()
        reopened = {one.at for one in self.news if one.kind == "crime.reopened"}
        first_told = {at: told for told, at in sorted(heard, reverse=True)}
        starts = [self.begun, *reopened, *(at for at, told in first_told.items() if told not in reopened)]
        for at in starts:
            if any(since <= at and (until is None or at < until) for since, until in closed):
                continue
            met = min((received for told, received in heard if told > at), default=None)
            closed_at = min((since for since, _ in closed if since > at), default=None)
            end = self.ended(working_day_until(at, 28), met, closed_at)
            yield "plan", "kept_late" if end == "missed" and met else "overdue" if end == "missed" else end

    def _reach(self) -> Iterator[Found]:
        """For the first letter that came back, or told of a right and stood unread for 48 hours; after they
        were reached, for the next."""
        seen = sorted([one.at for one in self.calls] + [one.sent_at for one in self.letters if one.read])
        rights = {one.at for one in self.news if right_of(one)}
        lost = [one.sent_at for one in self.letters if one.lost]
        for one in self.letters:
            unread = one.sent_at + timedelta(hours=48)
            if one.made_at in rights and not one.lost and not one.read and unread <= self.now \
                    and not any(one.sent_at < at <= unread for at in seen):
                lost.append(unread)
        reached: datetime | None = self.begun
        for at in sorted(lost):
            if reached and at >= reached:
                reached = next((one for one in seen if one > at), None)
                yield "portal/reach", self.ended(working_days_after(at, 2), reached)


def all_ends(month: Month, now: datetime) -> Counter[Found]:
    """How many promises of each rule ended how; ``open`` are those whose day is to come."""
    return Counter(found for crime in month.crimes for found in Course(
        [one for one in month.told[crime.number] if one.kind != "contact.made"],
        month.calls[crime.number], month.post[crime.number], now).all())
