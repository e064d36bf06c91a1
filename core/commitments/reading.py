"""What people and staff read of commitments that are open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import aggregate_order_by

from core.cases import relations
from core.cases.models import Case
from core.commitments.models import Commitment
from core.hookspecs import CommitmentKind, CommitmentState
from core.storage.db import read
from core.storage.walls import owned

HEARD_OF = (CommitmentKind.CONTACT, CommitmentKind.ANSWER)  # "you will hear from us"
SHOWN_BY = sa.func.coalesce(Commitment.shown_due_at, Commitment.due_at)  # the day that the person was told
_OPEN = sa.and_(owned(Commitment), Commitment.state == CommitmentState.OPEN)
OF_CASE = sa.select(
    Commitment.id, Commitment.person_id, Commitment.kind, Commitment.rule, Commitment.due_at,
    Commitment.shown,
).where(_OPEN, Commitment.case_id == sa.bindparam("case_id")).order_by(Commitment.due_at, Commitment.id)


@dataclass(frozen=True)
class NextPromise:
    """By when a person was told that they hear from the force. ``due_at`` is UTC.

    ``late``: that day is over. ``officer_told``, ``supervisor_told``: who was told that it is.
    """

    due_at: datetime
    late: bool
    officer_told: bool
    supervisor_told: bool


def soonest(person_id: Any) -> sa.sql.selectable.LateralFromClause:
    """The soonest promise that a person is told of, to be joined to a query of Case: a trip less."""
    return (
        sa.select(SHOWN_BY.label("owed_by"), Commitment.told_late_at, Commitment.told_up_at)
        .where(_OPEN, owned(Case), Commitment.case_id == Case.id, Commitment.person_id == person_id,
               Commitment.shown, Commitment.kind.in_([str(kind) for kind in HEARD_OF]))
        .order_by(SHOWN_BY).limit(1)
        .correlate(Case).lateral("soonest")
    )


def next_promise(row: Any, now: datetime) -> NextPromise | None:
    """Of a row with the columns of :func:`soonest`; None where nothing is promised. *now*: UTC."""
    if row.owed_by is None:
        return None
    return NextPromise(
        row.owed_by, row.owed_by < now, row.told_late_at is not None, row.told_up_at is not None)


def open_in_case(case_id: UUID) -> Sequence[Any]:
    """All that is open in a case, soonest first, for staff: ``id``, ``person_id``, ``kind``, ``rule``,
    ``due_at``, ``shown``. The caller has checked who is looking."""
    return read(OF_CASE, case_id=case_id).all()


def _due(leads: Any, which: Any) -> Any:
    """What is due in the cases of a list; it begins with who leads them, to look at no others."""
    return (
        sa.select(
            Commitment.case_id, Case.crime_reference, Case.crime_type, Case.staff_id,
            sa.func.min(Commitment.due_at).label("due_at"),
            sa.func.array_agg(aggregate_order_by(Commitment.kind, Commitment.due_at)).label("kinds"),
        )
        .select_from(leads).join(Case, Case.staff_id == leads.c.id)
        .join(Commitment, Commitment.case_id == Case.id)
        .where(_OPEN, owned(Case), which, Commitment.due_at <= sa.bindparam("until"))
        .group_by(Commitment.case_id, Case.crime_reference, Case.crime_type, Case.staff_id)
        .order_by(sa.func.min(Commitment.due_at), Commitment.case_id).limit(sa.bindparam("most"))
    )


DUE = {name: _due(*whose) for name, whose in relations.LISTS.items()}


def due_for(me: relations.Member, name: str, until: datetime, most: int = 50) -> Sequence[Any]:
    """Cases of a list of :data:`relations.LISTS` in which something is due by *until* (UTC) or was before,
    the longest overdue first: ``case_id``, ``crime_reference``, ``crime_type``, ``staff_id``, ``due_at``, and
    ``kinds``, the soonest first. A member of staff's ``own`` are also those that they cover today."""
    return read(DUE[name], **relations.list_values(me, name), until=until, most=most).all()
