"""What record systems sent and could not be used, for the staff of a case."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from core.cases.models import Access, Case, Person
from core.intake.tracked_row import unusable_of
from core.storage.db import read
from core.storage.sealed import unseal
from core.storage.walls import owned

OF_CASE = sa.select(Case.id, Case.unusable_sealed).where(
    owned(Case), Case.id == sa.bindparam("case_id"), Case.unusable_sealed.is_not(None)
)
OF_PEOPLE = (
    sa.select(Person.id, Person.unusable_sealed, Person.given_sealed, Person.family_sealed)
    .select_from(Access).join(Person, sa.and_(owned(Person), Person.id == Access.person_id))
    .where(
        owned(Access), Access.case_id == sa.bindparam("case_id"), ~Access.removed,
        Person.unusable_sealed.is_not(None),
    ).order_by(Access.id)
)


@dataclass(frozen=True)
class Unusable:
    """A detail that the record system must put right. ``person``: whose it is, by name; None when it
    is of the case, empty when no name is known. ``field``: as docs/record-feed.md calls it (``email``,
    ``officer/unit``)."""

    field: str
    person: str | None = None


def details_left_out(case_id: UUID) -> list[Unusable]:
    """Of a case and the people on it, as the latest news has it. The caller has checked who looks."""
    found = [
        Unusable(field) for row in read(OF_CASE, case_id=case_id)
        for field in sorted(unusable_of(Case, row.id, row.unusable_sealed))
    ]
    for row in read(OF_PEOPLE, case_id=case_id):
        parts = (unseal(Person, one, row.id, getattr(row, f"{one}_sealed"))
                 for one in ("given", "family"))
        name = " ".join(part for part in parts if part)
        found += [Unusable(field, name)
                  for field in sorted(unusable_of(Person, row.id, row.unusable_sealed))]
    return found
