"""How each promise stands: a function of what happened, what reached the person, and the clock, in no order.

*Kept* is what the person could receive by the day, *kept late* after it, *explained* where they were told in
time that there is nothing new. What ended before its day without that was *withdrawn*, after it *missed*; all
else is open, overdue or not. A letter that comes back changes what was kept into what is open again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.commitments.closed_times import closed_times
from core.commitments.facts import CaseFacts, Follower
from core.commitments.hearing import Heard, Hearing
from core.commitments.promising import Ask, Promise, Promises
from core.force.model import Force
from core.hookspecs import CauseKind, CommitmentKind, CommitmentState

# What is still owed when a case is closed: news that is out, an answer, and to be reached at all.
_OUTLIVES_CASE = frozenset({
    CommitmentKind.TOLD, CommitmentKind.RELEASE, CommitmentKind.ANSWER, CommitmentKind.REACH})


@dataclass(frozen=True)
class Reckoned:
    """A commitment of one person, as it stands now."""

    rule: str
    cause: CauseKind
    cause_id: UUID
    kind: CommitmentKind
    made_at: datetime
    due_at: datetime
    shown: bool
    shown_due_at: datetime | None
    state: CommitmentState
    ended_at: datetime | None

    @property
    def key(self) -> tuple[str, UUID]:
        """What tells it from all others of this person in this case."""
        return self.rule, self.cause_id


def reckon(force: Force, case: CaseFacts, ask: Ask, now: datetime) -> dict[UUID, list[Reckoned]]:
    """The commitments of every person of a case, by the person. *ask*: what plugins promise because of a
    cause; *now*: UTC."""
    owed = {one.id for one in case.owed()}
    return {one.id: list(_of_person(force, case, one, ask, now, owed=one.id in owed))
            for one in case.followers.values()}


def _of_person(
    force: Force, case: CaseFacts, person: Follower, ask: Ask, now: datetime, *, owed: bool
) -> Iterator[Reckoned]:
    hearing = Hearing(case, person)
    known = {(one.rule, one.cause_id): one.ended_at for one in person.rows}
    looked_after = case.offered or case.hidden
    for promise in Promises(force, case, person, hearing, ask).all(now, owed=owed):
        if not looked_after and promise.key not in known:
            continue  # a case that was never offered promises nothing
        left = person.removed_at
        if left is None and not looked_after:
            left = known.get(promise.key) or now
        state, ended_at = _as_kept(person, promise, hearing) or _ending(promise, case, hearing, left)
        promised = promise.promised
        yield Reckoned(promised.rule, promise.cause, promise.cause_id, promised.kind, promise.made_at,
                       promised.due_at, promised.shown, promised.shown_due_at, state, ended_at)


_RECEIVED = frozenset({CommitmentState.KEPT, CommitmentState.KEPT_LATE, CommitmentState.EXPLAINED})


def _as_kept(
    person: Follower, promise: Promise, hearing: Hearing
) -> tuple[CommitmentState, datetime] | None:
    """How it ended, where what ended it may be gone: letters are not kept for ever. None: reckon it."""
    row = next((one for one in person.rows if (one.rule, one.cause_id) == promise.key), None)
    if row is None or row.state not in _RECEIVED or row.ended_at is None or hearing.was_lost(row.ended_at):
        return None
    if row.ended_at < promise.made_at:
        return None  # it ended, and begins anew
    met_at, _ = _met(promise, hearing)
    if met_at is not None and met_at <= row.ended_at:
        return None
    late = row.ended_at > promise.promised.due_at
    return (CommitmentState.KEPT_LATE if late else CommitmentState(row.state)), row.ended_at


def _ending(
    promise: Promise, case: CaseFacts, hearing: Hearing, left: datetime | None
) -> tuple[CommitmentState, datetime | None]:
    """How it ended and when. *left*: since when the person follows the case no more."""
    due, (met_at, explains) = promise.promised.due_at, _met(promise, hearing)
    if left and (met_at is None or left < met_at):
        return _unmet(due, left), left
    closed_at = _closed_at(promise, case)
    if met_at and (closed_at is None or met_at <= max(closed_at, due)):
        if met_at > due:
            return CommitmentState.KEPT_LATE, met_at
        return (CommitmentState.EXPLAINED if explains else CommitmentState.KEPT), met_at
    if closed_at:
        if due >= closed_at:
            return CommitmentState.WITHDRAWN, closed_at
        if promise.promised.kind != CommitmentKind.CONTACT:
            return CommitmentState.MISSED, closed_at
    if met_at:
        return CommitmentState.KEPT_LATE, met_at
    if promise.promised.kind == CommitmentKind.ANSWER and (dropped := _needs_no_answer(promise, hearing)):
        return _unmet(due, dropped), dropped
    return CommitmentState.OPEN, None


def _unmet(due: datetime, ended_at: datetime) -> CommitmentState:
    return CommitmentState.WITHDRAWN if ended_at <= due else CommitmentState.MISSED


def _closed_at(promise: Promise, case: CaseFacts) -> datetime | None:
    """When the case was closed over this promise: it ends what was only about its going on; a day that
    somebody named as they closed it is promised all the same."""
    kind = promise.promised.kind
    if kind in _OUTLIVES_CASE:
        return None
    return min((one.begun for one in closed_times(case) if one.begun > promise.made_at
                or (one.begun == promise.made_at and kind != CommitmentKind.CONTACT)), default=None)


def _met(promise: Promise, hearing: Hearing) -> tuple[datetime | None, bool]:
    """When the person received what was promised, and whether that was an explanation."""
    kind = promise.promised.kind
    if kind == CommitmentKind.TOLD:
        return hearing.news_received(promise.made_at), False
    if kind == CommitmentKind.CONTACT:
        return _heard(hearing.heard_after(promise.made_at))
    if kind == CommitmentKind.ANSWER:
        return _answer(promise, hearing), False
    if kind == CommitmentKind.REACH:
        return hearing.seen_after(promise.made_at), False
    moments = [hearing.topic_at(kind, hearing.case.reported_at)]
    if kind == CommitmentKind.RELEASE:
        moments = [hearing.topic_at(kind, promise.made_at), hearing.news_received(promise.made_at)]
    if kind == CommitmentKind.ACKNOWLEDGEMENT:
        moments.append(hearing.first_reading())
    return min(filter(None, moments), default=None), False


def _heard(one: Heard | None) -> tuple[datetime | None, bool]:
    return (one.received_at, one.explains) if one else (None, False)


def _answer(promise: Promise, hearing: Hearing) -> datetime | None:
    """When an answer reached the writer: what the force told them until the message waited no more, or a
    call."""
    if promise.cause is not CauseKind.MESSAGE:
        return _answer_to_request(promise, hearing)
    waited_until = _answered_at(promise, hearing)
    received = [
        one.received_at for one in hearing.heard if one.received_at and one.told_at >= promise.made_at
        and (one.id in _calls(hearing) or (waited_until and one.told_at <= waited_until))
    ]
    return min(received, default=None)


def _answer_to_request(promise: Promise, hearing: Hearing) -> datetime | None:
    """When they were told of what they asked for: in a message to them alone, or by a call. An update does
    not say that it answers."""
    own = {one.id for one in hearing.person.messages} | _calls(hearing)
    return min((one.received_at for one in hearing.heard
                if one.received_at and one.id in own and one.told_at >= promise.made_at), default=None)


def _needs_no_answer(promise: Promise, hearing: Hearing) -> datetime | None:
    """When staff said so: the message waits no more, and nothing was told to its writer meanwhile."""
    waited_until = _answered_at(promise, hearing)
    if waited_until and not any(promise.made_at <= one.told_at <= waited_until for one in hearing.heard):
        return waited_until
    return None


def _answered_at(promise: Promise, hearing: Hearing) -> datetime | None:
    written = {one.id: one.answered_at for one in hearing.person.messages}
    return written.get(promise.cause_id)


def _calls(hearing: Hearing) -> set[UUID]:
    return {one.id for one in hearing.person.contacts}
