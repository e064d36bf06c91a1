"""Who somebody is whom the provider vouches for, and whether they have access: by issuer, subject and claims.

The claims decide anew at every sign-in; an email address decides nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal
from uuid import UUID

import sqlalchemy as sa
from uuid6 import uuid7

from core import audit
from core.audit import CoreAction
from core.base import clean_line, clock
from core.cases import Staff, kept_id, kept_ids
from core.storage import db, lock
from core.web import sessions
from plugins.staff_sign_in import setup_codes
from plugins.staff_sign_in.audit_actions import StaffSignInAction
from plugins.staff_sign_in.models import Identity
from plugins.staff_sign_in.refusals import Refused, Why
from plugins.staff_sign_in.settings import StaffSignInSettings, values_of

By = Literal["claims", "admin"]
GRANTED_FOR = timedelta(days=30)  # a set-up code stands in for the claim that long
LONGEST_NAME = 200
NO_MORE = "officer"  # what is left of a role: nobody is told of reviews, and nobody can sign in


@dataclass(frozen=True)
class Admitted:
    staff_id: UUID
    role: str


def admit(settings: StaffSignInSettings, claims: Mapping[str, Any], setup_id: UUID | None) -> Admitted:
    """The member of staff whom these claims are of, with the role, name and unit that they say.

    The caller commits, also when it raises :class:`Refused`: whoever has no role any more has lost what
    they had.
    """
    issuer, subject = settings.issuer, str(claims["sub"])
    lock("staff_sign_in/identities")
    identity = identity_of(issuer, subject)
    try:
        return _admitted(settings, claims, identity, setup_id)
    except Refused as refused:
        if identity is not None:
            refused.staff_id = identity.staff_id
            if identity.ended_by != "admin":
                end_access(identity, "claims")
        raise


def _admitted(
    settings: StaffSignInSettings, claims: Mapping[str, Any], identity: Identity | None, setup_id: UUID | None
) -> Admitted:
    _refuse_unwanted(settings, claims, identity)
    role = settings.roles.of(values_of(claims, settings.roles.claim))
    if identity is not None and _is_granted(identity):
        role = "force_admin"
    if role is None and setup_id is None:
        raise Refused(Why.NO_ROLE)
    record_id = _record_id(settings, claims)
    staff = _staff_found(settings, identity, record_id)
    granted = setup_codes.use(setup_id)
    role = "force_admin" if granted else role
    if role is None:
        raise Refused(Why.NO_ROLE)
    staff = staff or _new_staff(record_id)
    identity = identity or _known_from_now(settings.issuer, str(claims["sub"]), staff.id)
    identity.seen_at, identity.ended_at, identity.ended_by = clock.now(), None, None
    if granted:
        identity.granted_until = clock.now() + GRANTED_FOR
        audit.write(StaffSignInAction.SETUP_CODE_USED, staff=str(staff.id))
    _take_over(settings, claims, staff, role)
    db.session.flush()
    return Admitted(staff.id, role)


def _refuse_unwanted(
    settings: StaffSignInSettings, claims: Mapping[str, Any], identity: Identity | None
) -> None:
    if identity is not None and identity.ended_by == "admin":
        raise Refused(Why.ENDED)
    for name, unwanted in settings.refuses.items():
        if not values_of(claims, name).isdisjoint(unwanted):
            raise Refused(Why.REFUSED_CLAIM)


def _record_id(settings: StaffSignInSettings, claims: Mapping[str, Any]) -> str:
    found = [value.strip() for value in values_of(claims, settings.record_id)]
    if len(found) != 1 or not 0 < len(found[0]) <= LONGEST_NAME:
        raise Refused(Why.RECORD_ID)
    return found[0]


def _is_granted(identity: Identity) -> bool:
    return identity.granted_until is not None and clock.now() < identity.granted_until


def _staff_found(settings: StaffSignInSettings, identity: Identity | None, record_id: str) -> Staff | None:
    """Raises :class:`Refused` where another signs in as them, or the same person is somebody else now."""
    staff = staff_called(record_id)
    if identity is not None:
        if staff is None or staff.id != identity.staff_id:
            raise Refused(Why.CHANGED)
    elif staff is not None and any(one.issuer == settings.issuer for one in identities_of(staff.id)):
        raise Refused(Why.TAKEN)
    return staff


def _new_staff(record_id: str) -> Staff:
    made = Staff(id=uuid7(), record_id=kept_id(record_id), role=NO_MORE)
    db.session.add(made)
    db.session.flush()
    return made


def _known_from_now(issuer: str, subject: str, staff_id: UUID) -> Identity:
    made = Identity(id=uuid7(), staff_id=staff_id, issuer=issuer, made_at=clock.now(), seen_at=clock.now())
    made.subject = subject
    db.session.add(made)
    return made


def _take_over(settings: StaffSignInSettings, claims: Mapping[str, Any], staff: Staff, role: str) -> None:
    """Role and unit as the claims have them; the name where the record system said none."""
    if staff.role != role:
        audit.write(CoreAction.ROLE_SET, staff=str(staff.id), role=role, before=staff.role)
        staff.role = role
    names = sorted(values_of(claims, settings.name))
    if not staff.name and names and clean_line(names[0]):
        staff.name = clean_line(names[0])[:LONGEST_NAME]
    if settings.units is None:
        return
    units = sorted(values_of(claims, settings.units.claim))
    unit = settings.units.names.get(units[0], units[0]) if units else None
    if staff.unit != unit:
        staff.unit = unit
        audit.write(CoreAction.UNIT_CHANGED, staff=str(staff.id), source="staff_sign_in")


# --- looking up, and ending ---------------------------------------------------------------------


def identity_of(issuer: str, subject: str) -> Identity | None:
    """By issuer and subject together: the same subject of another provider is somebody else."""
    return db.session.scalars(sa.select(Identity).where(
        Identity.issuer == issuer, Identity.subject_key.in_(Identity.subject.sought(subject)))).first()


def identities_of(staff_id: UUID) -> list[Identity]:
    return list(db.session.scalars(sa.select(Identity).where(Identity.staff_id == staff_id)))


def staff_called(record_id: str) -> Staff | None:
    """By the record system's id."""
    return db.session.scalars(sa.select(Staff).where(Staff.record_id.in_(kept_ids(record_id)))).first()


def any_administrator() -> bool:
    """Whether a force admin can sign in already."""
    return db.session.scalars(sa.select(Identity.id).join(Staff, Staff.id == Identity.staff_id).where(
        Staff.role == "force_admin", Identity.ended_at.is_(None)).limit(1)).first() is not None


def end_access(identity: Identity, by: By) -> int:
    """Their access ends at once, in every browser; how many visits that were. The caller commits."""
    identity.granted_until = None
    if identity.ended_by != "admin":
        identity.ended_at, identity.ended_by = clock.now(), by
    staff = db.session.scalars(sa.select(Staff).where(Staff.id == identity.staff_id)).one()
    if staff.role != NO_MORE:
        audit.write(CoreAction.ROLE_SET, staff=str(staff.id), role=NO_MORE, before=staff.role)
        staff.role = NO_MORE
    ended = sessions.end_of_staff(staff.id)
    audit.write(StaffSignInAction.ACCESS_ENDED, staff=str(staff.id), by=by, visits=ended)
    return ended
