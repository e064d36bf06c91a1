"""The people on a case as their officer needs them here: access, contact, what waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core.cases import Access, Person
from core.storage import owned, read, unseal
from plugins.your_account.models import Change

_columns = (
    Person.id, Person.given_sealed, Person.family_sealed, Person.locked_at, Person.locked_by,
    Access.role,
)
ON_CASE = (
    sa.select(*_columns).select_from(Access)
    .join(Person, sa.and_(owned(Person), Person.id == Access.person_id))
    .where(owned(Access), Access.case_id == sa.bindparam("case_id"), ~Access.removed)
    .order_by(Access.id)
)
WAITING = sa.select(Change.person_id, Change.state).where(
    owned(Change), Change.state.in_(("asked", "waiting")),
    Change.person_id == sa.any_(sa.bindparam("people", type_=sa.ARRAY(sa.Uuid))),
)


@dataclass(frozen=True)
class OnCase:
    """A person on a case; ``asked``: a change of contact waits for an officer."""

    id: UUID
    name: str
    role: str
    locked_at: datetime | None
    locked_by: str | None
    asked: bool


def people_of(case_id: UUID) -> list[OnCase]:
    rows = read(ON_CASE, case_id=case_id).all()
    waiting = read(WAITING, people=[row.id for row in rows]).all() if rows else []
    asked = {row.person_id for row in waiting if row.state == "asked"}
    return [_on_case(row, asked) for row in rows]


def one_of(case_id: UUID, person_id: UUID) -> OnCase | None:
    """This person, if they are on the case now."""
    return next((one for one in people_of(case_id) if one.id == person_id), None)


def _on_case(row: Any, asked: set[UUID]) -> OnCase:
    names = (unseal(Person, "given", row.id, row.given_sealed),
             unseal(Person, "family", row.id, row.family_sealed))
    return OnCase(
        row.id, " ".join(name for name in names if name), row.role,
        row.locked_at if row.locked_by else None, row.locked_by, row.id in asked,
    )
