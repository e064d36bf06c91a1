"""Cases judged again: all of a force after a merger, or after its file came to say "with care"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from uuid6 import uuid7

from core import audit, commitments
from core.base import clock
from core.base.audit_actions import CoreAction
from core.base.clock import LONDON
from core.base.installation import State
from core.cases.models import Case
from core.force.eligibility import NEEDS_CARE, Eligibility, eligibility
from core.force.model import Force
from core.hookspecs import News, NewsKind
from core.notices.outbox import promise
from core.plugin_host.host import the_force
from core.plugin_host.jobs import Registry
from core.storage.db import db, lock, read, update_many
from core.storage.walls import owned

MANY = 500
ROWS = sa.select(
    Case.id, Case.district, Case.crime_type, Case.flags, Case.reported_at, Case.offered,
    Case.offered_reason, Case.staff_id,
).where(owned(Case))
THESE = ROWS.where(Case.id == sa.any_(sa.bindparam("ids", type_=sa.ARRAY(sa.Uuid))))
FIRST = ROWS.order_by(Case.id).limit(MANY)
AFTER = FIRST.where(Case.id > sa.bindparam("after", type_=sa.Uuid))


@dataclass
class Judged:
    """How many cases are no longer shown, and how many of these need care: officers are told."""

    closed: int = 0
    silent: int = 0


def answer_for(force: Force, case: Any) -> Eligibility:
    """What the one function says of a case, given as a row."""
    day = case.reported_at.astimezone(LONDON).date()
    return eligibility(force, case.district, case.crime_type, case.flags, day)


def judge(
    force: Force, rows: Sequence[Any], cause: UUID, judged: Judged, *, care_only: bool = False
) -> None:
    """Judge cases of the force in scope as on any change: with the audit and the officer's alert.

    ``care_only`` leaves all as they are but those that people can open and that need care. The
    caller commits.
    """
    answers = {row.id: answer_for(force, row) for row in rows}
    changed = [
        row for row in rows
        if (row.offered, row.offered_reason) != (answers[row.id].offered, answers[row.id].reason)
        and not (care_only and not (row.offered and answers[row.id].reason in NEEDS_CARE))
    ]
    update_many(Case, [{"id": row.id, "offered": answers[row.id].offered,
                        "offered_reason": answers[row.id].reason} for row in changed])
    turned = [row for row in changed if row.offered != answers[row.id].offered]
    closed = [row for row in turned if row.offered]
    silent = [row for row in closed if answers[row.id].reason in NEEDS_CARE]
    audit.write_many([
        (CoreAction.CASE_NOT_SHOWN, row.id, {"reason": answers[row.id].reason})
        if row.offered else (CoreAction.CASE_SHOWN, row.id, {}) for row in turned
    ])
    promise([News(NewsKind.CASE_SILENT, row.id, cause, clock.now(), staff_id=row.staff_id)
             for row in silent])
    commitments.settle([row.id for row in changed])
    judged.closed += len(closed)
    judged.silent += len(silent)


def hide_what_needs_care() -> Iterator[Judged]:
    """Every case of the force in scope that, by its file as it is now, needs care: part by part, and what
    became of each. Whoever goes through them commits after each, so that no lock is held for long.

    Other changes of a file wait for the next change of a case: a slip in a phase must not take
    everybody's case away at once.
    """
    force, cause, after = the_force(), uuid7(), None
    while True:
        lock("intake")
        rows = read(AFTER, after=after).all() if after else read(FIRST).all()
        judged = Judged()
        judge(force, rows, cause, judged, care_only=True)
        yield judged
        if len(rows) < MANY:
            return
        after = rows[-1].id


JUDGED: State[set[str]] = State("judged", set)  # forces


def after_start() -> None:
    """Once in each worker's life for each force: a file changes only by a new start. Commits."""
    done = JUDGED.get()
    force = the_force().id
    if force not in done:
        for _ in hide_what_needs_care():
            db.session.commit()
        done.add(force)


def declare(registry: Registry) -> None:
    registry.task("judge_cases_after_start", cron="* * * * *")(after_start)
