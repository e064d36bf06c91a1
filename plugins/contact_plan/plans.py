"""What was agreed with a person about a case: read, and changed. Callers commit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from uuid6 import uuid7

from core import audit, commitments
from core.base import clock
from core.cases import Access, Person
from core.hookspecs import AgreedWay
from core.storage import insert_many, lock, owned, read, seal, unseal
from plugins.contact_plan.audit_actions import ContactPlanAction
from plugins.contact_plan.models import ContactPlan
from plugins.contact_plan.rhythm import Every

# Nothing is kept of it between two questions: one takes less than a tenth of a millisecond.
PLANS = sa.select(
    ContactPlan.id, ContactPlan.every, ContactPlan.way, ContactPlan.staff_id, ContactPlan.made_at,
    ContactPlan.reason_sealed,
).where(
    owned(ContactPlan), ContactPlan.case_id == sa.bindparam("case_id"),
    ContactPlan.person_id == sa.bindparam("person_id"),
).order_by(ContactPlan.made_at, ContactPlan.id)
ON_CASE = (
    sa.select(Person.id, Person.given_sealed, Person.family_sealed).select_from(Access)
    .join(Person, sa.and_(owned(Person), Person.id == Access.person_id))
    .where(owned(Access), Access.case_id == sa.bindparam("case_id"), ~Access.removed)
    .order_by(Access.id)
)


@dataclass(frozen=True)
class Plan:
    """One agreement; ``staff_id`` None: the person chose it. ``reason``: in the words of who did."""

    every: Every
    way: AgreedWay
    staff_id: UUID | None
    reason: str | None
    made_at: datetime


def rows_of(case_id: UUID, person_id: UUID) -> Any:
    """All that was agreed, oldest first, as the due day of a contact is reckoned from it."""
    return read(PLANS, case_id=case_id, person_id=person_id).all()


def history(case_id: UUID, person_id: UUID) -> list[Plan]:
    """All that was agreed, newest first, with the reasons opened."""
    found = (Plan(Every(row.every), AgreedWay(row.way), row.staff_id,
                  unseal(ContactPlan, "reason", row.id, row.reason_sealed), row.made_at)
             for row in rows_of(case_id, person_id))
    return [*found][::-1]


def people_of(case_id: UUID) -> list[tuple[UUID, str]]:
    """(id, name) of everybody who is on the case now."""
    return [(row.id, _name(row)) for row in read(ON_CASE, case_id=case_id)]


def name_on_case(case_id: UUID, person_id: UUID) -> str | None:
    """The name of this person, if they are on the case now."""
    return dict(people_of(case_id)).get(person_id)


def _name(row: Any) -> str:
    names = (unseal(Person, "given", row.id, row.given_sealed),
             unseal(Person, "family", row.id, row.family_sealed))
    return " ".join(name for name in names if name)


def agree(
    case_id: UUID, person_id: UUID, every: Every, way: AgreedWay, *, reason: str = "",
    staff_id: UUID | None = None,
) -> None:
    """From now on this counts. The same said again, without a word more, changes nothing.

    Whether *staff_id*, or the person, may do so is for the caller to ask, and whether the way is safe. Raises
    ValueError where staff give no *reason*, which the person reads.
    """
    if staff_id and not reason:
        raise ValueError("staff say why")
    lock(f"contact_plan/{case_id}/{person_id}")  # two at once would be in one order here, in another there
    kept = history(case_id, person_id)
    if kept and _says(kept[0]) == (every, way, reason or kept[0].reason, staff_id):
        return
    row_id = uuid7()
    insert_many(ContactPlan, [{
        "id": row_id, "case_id": case_id, "person_id": person_id, "every": every.value, "way": way.value,
        "staff_id": staff_id, "reason_sealed": seal(ContactPlan, "reason", row_id, reason or None),
        "made_at": clock.now(),
    }])
    audit.write(ContactPlanAction.CHANGED, case_id=case_id, by="officer" if staff_id else "person",
                every=every.value, way=way.value, person=str(person_id))
    commitments.settle([case_id])


def _says(plan: Plan) -> tuple[Every, AgreedWay, str | None, UUID | None]:
    return plan.every, plan.way, plan.reason, plan.staff_id
