"""Brings the rows of commitments to what the facts say, in the transaction of whatever changed these."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from uuid6 import uuid7

from core.base import clock
from core.cases.models import Access
from core.commitments.closed_times import closed_times
from core.commitments.facts import CaseFacts, Follower, Kept, facts_of
from core.commitments.models import MARKS, Commitment
from core.commitments.reckoning import Reckoned, reckon
from core.force.eligibility import NEEDS_CARE
from core.hookspecs import Cause, CommitmentState, Promised, Rule
from core.plugin_host.host import InstalledForce, installed
from core.storage.db import insert_many, read, sent_together, update_many
from core.storage.locks import lock_each
from core.storage.walls import owned

AT_ONCE = timedelta(minutes=5)  # longer than any transaction that takes in a person, and settles
# What may change of a commitment.
WRITTEN = ("made_at", "due_at", "shown", "shown_due_at", "state", "ended_at")
CASES_OF = sa.select(Access.case_id).distinct().where(
    owned(Access), Access.person_id == sa.any_(sa.bindparam("people", type_=sa.ARRAY(sa.Uuid))))


@dataclass
class _Rows:
    """To be written; ``later``: of those that are due on a later day than before, nobody was told of it."""

    new: list[dict[str, Any]] = field(default_factory=list)
    changed: list[dict[str, Any]] = field(default_factory=list)
    later: list[dict[str, Any]] = field(default_factory=list)


def settle(
    case_ids: Collection[UUID] = (), here: InstalledForce | None = None, *, people: Collection[UUID] = (),
) -> None:
    """Reckon the commitments of these cases of the force in scope, and of all cases of these *people*, anew,
    and write what changed.

    Called wherever something changes that they hang on: news, a message, a contact, what became of a
    letter, a plan; a lock, or what contact is safe. Twice with nothing between changes nothing. *here*: the
    force in scope, if the caller has it. The caller commits, and holds already what it changes beside.
    """
    if people:
        case_ids = {*case_ids, *read(CASES_OF, people=list(people)).scalars()}
    if not case_ids:
        return
    # Held last, and in one order, so that two never wait for each other.
    lock_each([f"commitments/{case_id}" for case_id in sorted(case_ids)])
    here, now = here or installed(), clock.now()
    rows = _Rows()
    for case in facts_of(case_ids, NEEDS_CARE):
        _begin(case, now)
        reckoned = reckon(here.force, case, partial(asked, here), now)
        for person_id, commitments in reckoned.items():
            _compare(case, case.followers[person_id], commitments, now, rows)
    with sent_together():
        insert_many(Commitment, rows.new)
        update_many(Commitment, rows.changed)
        update_many(Commitment, rows.later)


def _begin(case: CaseFacts, now: datetime) -> None:
    """Who is on a case for long, and to whom nobody had promised anything, is promised from now on: their
    case was not offered before, somebody else was told in their place, or there were no commitments then.
    What nobody had promised is not late. When that was, says the row of their first contact."""
    for person in case.owed():
        key = Rule.PLAN, person.access_id
        first = next((row for row in person.rows if (row.rule, row.cause_id) == key), None)
        if first:
            person.since = max(person.since, first.made_at)
        elif _was_promised_nothing(case, person) and now - person.since > AT_ONCE:
            newest = max((news.entered_at for news in case.news), default=now)
            person.since = newest if now - newest < AT_ONCE else now


def _was_promised_nothing(case: CaseFacts, person: Follower) -> bool:
    """And now they are; of a case that was closed the promises begin with what opens it again."""
    looked_after = (case.offered or case.hidden) and person.removed_at is None
    return looked_after and not closed_times(case) and all(row.rule == Rule.MESSAGE for row in person.rows)


def asked(here: InstalledForce, cause: Cause) -> Iterator[Promised]:
    """What the plugins of the force promise because of *cause*."""
    for answer in here.hook.commitments_from(force=here.force, cause=cause):
        yield from answer


def _compare(
    case: CaseFacts, person: Follower, commitments: Collection[Reckoned], now: datetime, rows: _Rows
) -> None:
    """Adds to *rows* what must be inserted and updated of one person."""
    kept = {(one.rule, one.cause_id): one for one in person.rows}
    for one in {one.key: one for one in commitments}.values():  # one cause gives one promise for each rule
        row = kept.pop(one.key, None)
        if row is None:
            rows.new.append(_inserted(case, person, one))
        elif any(getattr(row, name) != getattr(one, name) for name in WRITTEN):
            rows.changed.append(_updated(case, row.id, one))
            if one.due_at > row.due_at:
                rows.later.append({"id": row.id, **dict.fromkeys(MARKS)})
    # What is promised no more: another took its place, or the cause of it turned out not to be.
    open_still = (row for row in kept.values() if row.state == CommitmentState.OPEN)
    rows.changed += [_superseded(row, case, now) for row in open_still]


def _inserted(case: CaseFacts, person: Follower, one: Reckoned) -> dict[str, Any]:
    return {
        "id": uuid7(), "case_id": case.id, "person_id": person.id, "rule": one.rule, "cause": one.cause,
        "cause_id": one.cause_id, "kind": one.kind, **_ending_of(case, one),
    }


def _updated(case: CaseFacts, row_id: UUID, one: Reckoned) -> dict[str, Any]:
    return {"id": row_id, **_ending_of(case, one)}


def _ending_of(case: CaseFacts, one: Reckoned) -> dict[str, Any]:
    values = {name: getattr(one, name) for name in WRITTEN}
    return {**values, "ended_by": case.staff_id if one.ended_at else None}


def _superseded(row: Kept, case: CaseFacts, now: datetime) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in WRITTEN}
    state = CommitmentState.SUPERSEDED if now <= row.due_at else CommitmentState.MISSED
    return {"id": row.id, **values, "state": state, "ended_at": now, "ended_by": case.staff_id}
