"""What a person is promised: because of what happened, by the law, the agreed plan and words given."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from core.commitments.closed_times import closed_times
from core.commitments.facts import CaseFacts, Follower, News
from core.commitments.hearing import Heard, Hearing
from core.force.model import Force
from core.force.working_days import day_of, end_of, working_day_until, working_days_after
from core.hookspecs import (
    Cause,
    CauseKind,
    CommitmentKind,
    CommitmentState,
    EntryCodes,
    Promised,
    Rule,
)

USUAL_RHYTHM = timedelta(days=28)  # where no plan was agreed
ANSWERED_WITHIN, REACHED_WITHIN = 3, 2  # working days
NEWS_OF_RIGHTS = frozenset({CommitmentKind.TOLD, CommitmentKind.RELEASE})
READ_WITHIN = timedelta(hours=48)  # news of a right: after that somebody sees to it that it is known
_OVER = frozenset({CommitmentState.SUPERSEDED, CommitmentState.MISSED})  # nothing is counted from it
Ask = Callable[[Cause], Iterable[Promised]]


@dataclass(frozen=True)
class Promise:
    """One promise to one person; ``made_at`` is when its cause was known here."""

    promised: Promised
    cause: CauseKind
    cause_id: UUID
    made_at: datetime

    @property
    def key(self) -> tuple[str, UUID]:
        """What tells it from all others of this person in this case."""
        return self.promised.rule, self.cause_id


class Promises:
    """What one person of a case is promised. *ask* asks the plugins (``commitments_from``)."""

    def __init__(self, force: Force, case: CaseFacts, person: Follower, hearing: Hearing, ask: Ask) -> None:
        self.force, self.case, self.person, self.hearing, self.ask = force, case, person, hearing, ask

    def all(self, now: datetime, *, owed: bool) -> list[Promise]:
        """*owed*: whether this person is owed news; an answer everybody is who wrote."""
        answers = list(self._answers())
        if not owed:
            return answers
        told = [*self._of_news()]
        rights = {one.cause_id for one in told if one.promised.kind in NEWS_OF_RIGHTS}
        return [*told, *self._contacts(), *answers, *self._reach(now, rights)]

    def _of_news(self) -> Iterator[Promise]:
        for news in self.case.news:
            if news.announced and news.entered_at >= self.person.since:
                for promised in self.ask(self._cause_of(news)):
                    yield Promise(promised, CauseKind.ENTRY, news.id, news.entered_at)
            made_at = max(news.entered_at, self.person.since)
            if news.promised_by and end_of(news.promised_by) > made_at and not any(
                    news.entered_at < one.begun <= made_at for one in closed_times(self.case)):
                word = Promised(Rule.WORD, CommitmentKind.CONTACT, end_of(news.promised_by))
                yield Promise(word, CauseKind.ENTRY, news.id, made_at)

    def _cause_of(self, news: News) -> Cause:
        codes = EntryCodes(news.kind, news.stage, news.outcome, news.scheme, news.release_kind)
        return self._cause(CauseKind.ENTRY, news.id, news.at, news.known_at, codes)

    def _cause(
        self, kind: CauseKind, cause_id: UUID, at: datetime, known_at: datetime,
        entry: EntryCodes | None = None,
    ) -> Cause:
        case = self.case
        return Cause(kind, cause_id, at, known_at, case.id, self.person.id, case.crime_type, case.district,
                     case.enhanced_since, entry)

    # --- the next contact -------------------------------------------------------------------------

    def _contacts(self) -> Iterator[Promise]:
        """While a case is open, from each contact on the next is promised: nobody is owed nothing."""
        kept = {(one.rule, one.cause_id): one for one in self.person.rows if one.state != "open"}
        for cause_id, at in self._contact_causes():
            known = kept.get((Rule.PLAN, cause_id))
            # It ended: by a plan that was in force then, whatever was agreed since.
            if known and known.made_at == at:
                promised = [Promised(Rule.PLAN, CommitmentKind.CONTACT, known.due_at, known.shown,
                                     known.shown_due_at)]
            else:
                promised = self.after_contact(cause_id, at)
            yield from (Promise(one, CauseKind.CONTACT, cause_id, at) for one in promised)

    def after_contact(self, cause_id: UUID, at: datetime) -> list[Promised]:
        """What a contact *at* a moment promises: the next one among it, always."""
        promised = [*self.ask(self._cause(CauseKind.CONTACT, cause_id, at, at))]
        if not any(one.kind == CommitmentKind.CONTACT for one in promised):
            promised.append(self._usual(at))
        return promised

    def _contact_causes(self) -> Iterator[tuple[UUID, datetime]]:
        """From when the next contact counts: the beginning, each time something reached the person, and each
        time their case was opened again."""
        closed = closed_times(self.case)
        starts = [(self.person.access_id, self.person.since)]
        starts += [(one.opened_by, one.ended) for one in closed if one.opened_by and one.ended]
        known = {cause_id for cause_id, _ in starts}
        standing = {row.cause_id: row.made_at for row in self.person.rows if row.rule == Rule.PLAN
                    and row.state not in _OVER and not self.hearing.was_lost(row.made_at)}
        by_moment: dict[datetime, UUID] = {}
        for one in sorted(self.hearing.heard, key=lambda heard: heard.id):
            at = self._counted_from(one, standing)
            if at and at > self.person.since and one.id not in known:
                by_moment.setdefault(at, one.id)
        starts += [(cause_id, at) for at, cause_id in by_moment.items()]
        known = {cause_id for cause_id, _ in starts}
        starts += [(cause_id, at) for cause_id, at in standing.items() if cause_id not in known]
        for cause_id, at in starts:
            if not any(one.holds(at) for one in closed):
                yield cause_id, at

    def _counted_from(self, heard: Heard, standing: Mapping[UUID, datetime]) -> datetime | None:
        """When it reached the person. Letters are not kept for ever: what was counted from one stands,
        unless that came back, and whoever reads the news again later has not heard of it only then."""
        moments = [heard.received_at, standing.get(heard.id)]
        news = self.hearing.news_ids
        if heard.id in news and heard.id not in self.hearing.letters_of:
            moments += [at for cause_id, at in standing.items() if cause_id in news and at >= heard.told_at]
        return min(filter(None, moments), default=None)

    def _usual(self, at: datetime) -> Promised:
        day = day_of(at)
        due = max(working_day_until(self.force, day + USUAL_RHYTHM), working_days_after(self.force, day, 1))
        return Promised(Rule.PLAN, CommitmentKind.CONTACT, end_of(due))

    # --- answers, and who was not reached ---------------------------------------------------------

    def _answers(self) -> Iterator[Promise]:
        for message in self.person.messages:
            if message.from_person:
                due = end_of(working_days_after(self.force, day_of(message.at), ANSWERED_WITHIN))
                promised = Promised(Rule.MESSAGE, CommitmentKind.ANSWER, due)
                yield Promise(promised, CauseKind.MESSAGE, message.id, message.at)

    def _reach(self, now: datetime, rights: Collection[UUID]) -> Iterator[Promise]:
        """One at a time: who was reached after the first is looked for again only after that, and who is
        looked for in another case only when they were reached there. Who is locked out, or may not be
        contacted, is never looked for."""
        unreached = sorted(self._unreached(now, rights))
        if not unreached or self.person.locked or not self.case.offered or self.person.silent():
            return
        reached: datetime | None = self.person.since
        for happened_at, letter_id in unreached:
            if reached is None or happened_at < reached:
                continue
            at = self._when_free(happened_at)
            if at is None:
                return
            due = end_of(working_days_after(self.force, day_of(at), REACHED_WITHIN))
            promised = Promised(Rule.REACH, CommitmentKind.REACH, due, shown=False)
            yield Promise(promised, CauseKind.UNREACHED, letter_id, at)
            reached = self.hearing.seen_after(at)

    def _when_free(self, at: datetime) -> datetime | None:
        """From when on, at *at* or later, nobody else looks for them; None: somebody does."""
        for other in sorted(self.person.sought):
            if (other.since, other.case_id) < (at, self.case.id):
                if other.until is None:
                    return None
                at = max(at, other.until)
        return at

    def _unreached(self, now: datetime, rights: Collection[UUID]) -> Iterator[tuple[datetime, UUID]]:
        """From when somebody is to be looked for, and for which letter; also for one that is kept no more."""
        there = {letter.id for letter in self.person.letters}
        for row in self.person.rows:
            if row.rule == Rule.REACH and row.state not in _OVER and row.cause_id not in there:
                yield row.made_at, row.cause_id
        for letter in self.person.letters:
            if letter.read_at:
                continue
            if letter.lost_at:
                yield letter.lost_at, letter.id
            elif letter.sent_at and letter.cause_id in rights:
                unread = letter.sent_at + READ_WITHIN
                seen = self.hearing.seen_after(letter.sent_at)
                if unread <= now and (seen is None or seen > unread):
                    yield unread, letter.id
