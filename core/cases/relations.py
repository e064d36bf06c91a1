"""What a member of staff has to do with a case: the one place where that is decided.

``lead`` is the officer in the case, ``cover`` who answers in their place while they are away. ``unit`` is
an officer of the lead's unit, unless the case is sensitive. ``supervisor`` is a supervisor of the lead's
unit. Any other relation is what a plugin says (``case_relation``), and whoever has it may look and change
nothing. Who runs the platform has no relation to any case.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import g

from core.base import clock
from core.cases.cover import cover_columns, covered_by, covering
from core.cases.models import Case, Staff
from core.force.eligibility import is_sensitive
from core.force.vocabulary import FLAGS
from core.hookspecs import StaffAtCase
from core.plugin_host.host import installed, the_force
from core.storage.db import read
from core.storage.sealed import unseal
from core.storage.walls import owned

ROLES = ("officer", "supervisor", "force_admin", "national_admin")
WORK_ON_CASES = frozenset({"officer", "supervisor"})
USE_THE_DESK = WORK_ON_CASES | {"force_admin"}
REVIEW = frozenset({"supervisor", "force_admin"})
OF_THE_CASE = frozenset({"lead", "cover", "unit", "supervisor"})  # who works on a case, and may change it

ME = sa.select(Staff.id, Staff.role, Staff.unit_sealed).where(
    owned(Staff), Staff.id == sa.bindparam("staff_id")
)
case_columns = (
    Case.id, Case.crime_reference, Case.crime_type, Case.district, Case.stage, Case.staff_id,
    Case.reported_at, Case.reported_precision, Case.summary_sealed,
    Case.service_level, Case.offered, *cover_columns,
)
CASE_FOR_STAFF = (
    sa.select(*case_columns, Case.flags, Staff.unit_key)
    .outerjoin(Staff, sa.and_(Staff.id == Case.staff_id, owned(Staff)))
    .where(owned(Case), Case.id == sa.bindparam("case_id"))
)


@dataclass(frozen=True)
class Member:
    """A member of staff as the force has them now.

    ``unit_keys``: what ``Staff.unit_key`` may hold for whoever is of their unit; empty without one.
    Units are compared by these alone: to open another's unit would be work that tells of a case.
    """

    id: UUID
    role: str
    unit_keys: frozenset[bytes]


def member(staff_id: UUID) -> Member | None:
    """Read once in a request, so that a change of role tells from the next request on."""
    kept: Member | None = g.get("tmc_member")
    if kept is None or kept.id != staff_id:
        row = read(ME, staff_id=staff_id).first()
        kept = g.tmc_member = (
            Member(row.id, row.role, unit_keys(row.id, row.unit_sealed)) if row else None)
    return kept


def unit_keys(staff_id: UUID, unit_sealed: bytes | None) -> frozenset[bytes]:
    """:attr:`Member.unit_keys` of a member of staff, as a query brought them."""
    return frozenset(Staff.unit.sought(unseal(Staff, "unit", staff_id, unit_sealed)))


def case_for(me: Member, case_id: UUID) -> tuple[Any, str | None]:
    """The case (None if there is none) and the relation of *me* to it, or None."""
    case = read(CASE_FOR_STAFF, case_id=case_id).first()
    if case is None and me.role in USE_THE_DESK:  # as much work as for a case of others, so that none tells
        _other_relation(StaffAtCase(me.id, me.role, case_id))
    return case, relation(me, case) if case else None


def relation(me: Member, case: Any) -> str | None:
    """*case* as :data:`CASE_FOR_STAFF` has it. Plugins are asked when nothing of the core's own fits."""
    if me.role not in USE_THE_DESK:
        return None
    if case.staff_id == me.id:
        return "lead"
    if covering(case, clock.today()) == me.id:
        return "cover"
    together = case.unit_key in me.unit_keys
    if together and me.role == "supervisor":
        return "supervisor"
    sensitive = is_sensitive(the_force(), case.crime_type, case.service_level, case.flags)
    if together and me.role == "officer" and not sensitive:
        return "unit"
    return _other_relation(StaffAtCase(me.id, me.role, case.id))


def _other_relation(asked: StaffAtCase) -> str | None:
    """What a plugin says. Raises ``ValueError`` when it says what the core alone decides."""
    found: str | None = installed().hook.case_relation(force=the_force(), asked=asked)
    if found in OF_THE_CASE:
        raise ValueError(f"case_relation answers {found}: that somebody works on a case is the core's to say")
    return found


def reviews(me: Member, staff_id: UUID, *units: bytes | None) -> bool:
    """Whether *me* reviews what this member of staff did; *units*: the keys of theirs and the case's.

    A supervisor what concerns their unit, a force admin all; nobody themselves.
    """
    if staff_id == me.id or me.role not in REVIEW:
        return False
    return me.role == "force_admin" or not me.unit_keys.isdisjoint(units)


# --- lists: the same decisions as conditions --------------------------------------------------

_texts = sa.ARRAY(sa.Text)
OWN = Case.staff_id == sa.bindparam("staff_id")
COVERED = covered_by(sa.bindparam("staff_id"), sa.bindparam("today", type_=sa.Date))
_me = sa.union(
    sa.select(Staff.id).where(owned(Staff), Staff.id == sa.bindparam("staff_id")),
    sa.select(Case.staff_id).where(owned(Case), COVERED),
).subquery("leads")
_unit = sa.select(Staff.id).where(
    owned(Staff), Staff.unit_key == sa.any_(sa.bindparam("unit_keys", type_=sa.ARRAY(sa.LargeBinary)))
).subquery("leads")
NOT_SENSITIVE = sa.and_(
    Case.service_level == "standard",
    Case.flags.contained_by(sa.bindparam("plain_flags", type_=_texts)),
    Case.crime_type == sa.any_(sa.bindparam("plain_types", type_=_texts)),
)
# Whose cases (the leads: a statement begins with them, to look at no others), and which of these.
LISTS = {
    "own": (_me, sa.or_(OWN, COVERED)),
    "unit": (_unit, sa.or_(OWN, NOT_SENSITIVE)),
    "supervised": (_unit, sa.true()),
}


def list_of_unit(me: Member) -> str | None:
    """The name in :data:`LISTS` of what *me* may see of the unit; None without a unit."""
    if not me.unit_keys or me.role not in WORK_ON_CASES:
        return None
    return "supervised" if me.role == "supervisor" else "unit"


def list_values(me: Member, name: str) -> dict[str, Any]:
    """What the conditions of :data:`LISTS` are filled with."""
    values: dict[str, Any] = {"staff_id": me.id}
    if name == "own":
        values["today"] = clock.today()
    else:
        values["unit_keys"] = sorted(me.unit_keys)
    if name == "unit":
        values["plain_flags"] = [flag for flag, known in FLAGS.items() if not known.sensitive]
        values["plain_types"] = [kind.id for kind in the_force().crime_types if not kind.sensitive]
    return values
