"""What a person decides about their own access and contact, and what officers decide for them.

The record system stays the master of names and contacts. What is decided here is kept beside it:
a lock, a choice of safe contact that only makes the record's safer, and contacts that were replaced
here (:mod:`core.intake.desk`), which older words of the record do not bring back. Callers commit.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from pydantic import TypeAdapter

from core import audit
from core.base import clock
from core.base.audit_actions import CoreAction
from core.base.email_address import comparable
from core.base.fields import Email, clean_line
from core.base.phone import is_whole
from core.cases import visits
from core.cases.models import Access, Case, Person
from core.cases.safe_contact import SafeContact, of_person
from core.force.eligibility import is_sensitive
from core.plugin_host.host import the_force
from core.storage.db import db, read
from core.storage.walls import owned

CONTACTS = ("email", "phone")
EMAIL = TypeAdapter[str](Email)
PHONE_SIGNS = set("0123456789 +()-")

CASES = (
    sa.select(
        Case.id, Case.crime_reference, Case.crime_type, Case.stage, Case.latest_at,
        Case.reported_at, Case.reported_precision, Case.service_level, Case.flags, Case.staff_id,
    )
    .join(Access, sa.and_(Access.case_id == Case.id, owned(Access)))
    .where(
        owned(Case), Case.offered, Access.person_id == sa.bindparam("person_id"), ~Access.removed
    )
    .order_by(Case.latest_at.desc())
)
ALL_CASES = (
    sa.select(Case.crime_type, Case.service_level, Case.flags)
    .join(Access, sa.and_(Access.case_id == Case.id, owned(Access)))
    .where(owned(Case), Access.person_id == sa.bindparam("person_id"), ~Access.removed)
)


def cases_of(person_id: UUID) -> Sequence[Any]:
    """The cases that a person may follow now, latest news first."""
    return read(CASES, person_id=person_id).all()


def person(person_id: UUID, *, held: bool = False) -> Person:
    """The row of a person of this force; ``held`` for a change. Raises LookupError."""
    wanted = sa.select(Person).where(Person.id == person_id)
    found = db.session.scalars(
        # The row may have been waited for: what this session read of it before is old.
        (wanted.with_for_update() if held else wanted).execution_options(populate_existing=True)
    ).first()
    if found is None:
        raise LookupError(f"no person {person_id} at this force")
    return found


# --- the lock ---------------------------------------------------------------------------------


def is_locked(person: Any) -> bool:
    """Whether nobody may sign in as *person* until an officer has checked who they are."""
    return person.locked_by is not None


def lock_access(person_id: UUID, *, by: str) -> int:
    """Nobody signs in as this person any more, and whoever is signed in is out; how many were.

    ``by`` is ``person`` or ``officer``. What was given before (codes, passkeys, codes of officers)
    never opens again. Whoever is in charge of the person's cases is to be told by the caller.
    """
    found = person(person_id, held=True)
    found.locked_at, found.locked_by = clock.now(), by
    db.session.flush()
    ended = visits.end_all(person_id=person_id)
    audit.write(CoreAction.ACCESS_LOCKED, by=by, person=str(person_id))
    return ended


def unlock_access(person_id: UUID, *, how: str) -> None:
    """Codes go to the person again. ``how`` says how an officer made sure who they are; ``person``
    when they, let in by an officer's code, opened it themself.
    """
    found = person(person_id, held=True)
    found.locked_by = None
    db.session.flush()
    audit.write(CoreAction.ACCESS_UNLOCKED, how=how, person=str(person_id))


# --- safe contact -----------------------------------------------------------------------------


def language_of(person: Any) -> str:
    """The language that a person chose here, else that of the record."""
    return str(person.chosen_language or person.language)


def needs_care(person: Any) -> bool:
    """Whether any case of this person is sensitive: by flag, service, crime or discreet words.

    Cases that are not shown online count too: they are often hidden for that very reason. Who is on
    no case counts as sensitive: nothing is known that says otherwise.
    """
    safe, cases = of_person(person), read(ALL_CASES, person_id=person.id).all()
    return not cases or any(is_discreet(safe, case) for case in cases)


def is_discreet(safe: SafeContact, case: Any) -> bool:
    """Whether letters about *case* say nothing of police: by safe contact, else for all but standard
    cases that are not sensitive."""
    if safe.words:
        return safe.words.strip().casefold() != "named"
    return is_sensitive(the_force(), case.crime_type, case.service_level, case.flags)


# --- contacts ---------------------------------------------------------------------------------


def clean_contact(name: str, value: str) -> str:
    """An ``email`` or ``phone`` that was typed, as it is kept. Raises ``ValueError`` for what is none."""
    value = clean_line(value)
    if name == "email":
        return EMAIL.validate_python(value)
    if not set(value) <= PHONE_SIGNS or not is_whole(value):
        raise ValueError("is no phone number")
    return value


def was_replaced(replaced: str | None, name: str, value: str | None) -> bool:
    """Whether *value* is a contact that was replaced here, however it is spelled."""
    if value is None:
        return False
    gone = json.loads(replaced or "{}").get(name, [])
    return value in gone or (name == "email" and comparable(value) in map(comparable, gone))
