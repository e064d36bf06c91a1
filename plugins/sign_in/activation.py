"""Codes that an officer hands over: single use, from the desk, also for who has neither email nor phone.

A code stays good when the case moves to another officer: the person holds it rightly. Every officer
of the case can withdraw it.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from uuid6 import uuid7

from core import audit
from core.base import clock, current_force_id
from core.cases import people
from core.plugin_host import plugin_settings
from core.storage import db, lock, owned, read
from plugins.sign_in.audit_actions import SignInAction
from plugins.sign_in.codes import handed_hash, new_handed_code
from plugins.sign_in.finding import NOBODY
from plugins.sign_in.models import Activation

WAITING = sa.select(Activation.id, Activation.code_hash, Activation.made_at, Activation.ends_at).where(
    owned(Activation), Activation.person_id == sa.bindparam("person_id"),
    Activation.used_at.is_(None), Activation.ends_at > sa.bindparam("now"),
).order_by(Activation.id.desc()).limit(1)
TO_USE = WAITING.with_for_update()
NO_CODE = bytes(32)


def make(person_id: UUID, case_id: UUID, staff_id: UUID) -> str:
    """A code for the officer to hand over; an older one of this person ends. The caller commits."""
    lock(f"sign_in/activation/{person_id}")  # so that of two officers the second ends the first one's code
    _remove(person_id)
    code, row_id, now = new_handed_code(), uuid7(), clock.now()
    db.session.add(Activation(
        id=row_id, person_id=person_id, case_id=case_id, staff_id=staff_id,
        code_hash=handed_hash(row_id, code), made_at=now, ends_at=now + lasts(),
    ))
    audit.write(SignInAction.CODE_MADE, case_id=case_id, person=str(person_id))
    return f"{code[:5]}-{code[5:]}"


def lasts() -> timedelta:
    return timedelta(days=plugin_settings("sign_in").code_days)


def withdraw(person_id: UUID, case_id: UUID) -> None:
    """A code that was not used yet opens nothing any more. The caller commits."""
    if _remove(person_id):
        audit.write(SignInAction.CODE_WITHDRAWN, case_id=case_id, person=str(person_id))


def _remove(person_id: UUID) -> int:
    done: Any = db.session.execute(
        sa.delete(Activation).where(Activation.person_id == person_id, Activation.used_at.is_(None))
    )
    return int(done.rowcount)


def waiting_since(person_id: UUID) -> datetime | None:
    """When the code was made that this person can still use: none from before a lock."""
    row = read(WAITING, person_id=person_id, now=clock.now()).first()
    locked_at = people.person(person_id).locked_at
    return row.made_at if row and (locked_at is None or row.made_at > locked_at) else None


def use(person_id: UUID, typed: str, *, locked_at: datetime | None) -> bool:
    """Is *typed* this person's code, made since their access was last locked? Then it is used up.

    The caller commits.
    """
    row = read(TO_USE, person_id=person_id, now=clock.now()).first()
    good = row is not None and (locked_at is None or row.made_at > locked_at)
    expected, row_id = (row.code_hash, row.id) if good and row else (NO_CODE, NOBODY)
    if not secrets.compare_digest(expected, handed_hash(row_id, typed)):
        return False
    used = db.session.get(Activation, (current_force_id(), row_id))
    assert used is not None
    used.used_at = clock.now()
    return True


def remove_old() -> None:
    db.session.execute(sa.delete(Activation).where(Activation.ends_at < clock.now()))
