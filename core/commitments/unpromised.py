"""Whom nobody owes news: never anybody who follows an open case. Looked for every night, and by hand."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from core.cases.models import Access, Case
from core.commitments.facts import OWED_FIRST
from core.commitments.models import Commitment
from core.force.eligibility import NEEDS_CARE
from core.force.vocabulary import ENDED
from core.hookspecs import CommitmentState
from core.storage.db import read
from core.storage.walls import owned

_others = sa.orm.aliased(Access)
FOLLOWED = (
    sa.select(Case.id.label("case_id"), Access.person_id)
    .join(Access, sa.and_(Access.case_id == Case.id, owned(Access)))
    .where(
        owned(Case), Case.stage.not_in([str(stage) for stage in ENDED]), ~Access.removed,
        sa.or_(Case.offered, Case.offered_reason.in_(sorted(NEEDS_CARE))),
        sa.or_(Access.role.in_(OWED_FIRST), ~sa.exists().where(
            owned(_others, Case), _others.case_id == Case.id, ~_others.removed,
            _others.role.in_(OWED_FIRST))),
    )
)
UNPROMISED = FOLLOWED.where(~sa.exists().where(
    owned(Commitment, Case, Access), Commitment.case_id == Case.id, Commitment.person_id == Access.person_id,
    Commitment.state == CommitmentState.OPEN,
)).order_by(Case.id, Access.person_id)
_followed = FOLLOWED.subquery()
HOW_MANY = sa.select(sa.func.count(sa.distinct(_followed.c.case_id)))


@dataclass(frozen=True)
class Unpromised:
    """``cases``: how many open, followed cases there are; ``people``: (case, person) to whom none is owed."""

    cases: int
    people: tuple[tuple[UUID, UUID], ...]


def unpromised() -> Unpromised:
    """Of the force in scope."""
    people = tuple((row.case_id, row.person_id) for row in read(UNPROMISED))
    return Unpromised(read(HOW_MANY).scalar() or 0, people)
