"""The first administrator's code: made by a command, used once, and no session by itself."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from flask import session

from core import audit
from core.audit import AuditEntry
from core.base import clock, current_force_id
from core.storage import db, owned, read
from plugins.staff_sign_in.attempts import LASTS, SETUP
from plugins.staff_sign_in.audit_actions import StaffSignInAction
from plugins.staff_sign_in.models import SetupCode

# No two of them look alike. 20 of 26 are 94 bits: nobody guesses them, so their tries are not counted.
ALPHABET = "23456789ACDEFHJKMNPRTUVWXY"
LENGTH = 20
NOTE_WRONG_EVERY = timedelta(minutes=10)
WRONG = sa.select(AuditEntry.id).where(
    owned(AuditEntry), AuditEntry.action == StaffSignInAction.SETUP_CODE_WRONG,
    AuditEntry.case_id.is_(None), AuditEntry.at > sa.bindparam("since"),
).limit(1)


def make(hours: int) -> str:
    """A new code, in place of any that was not used. The caller commits, and shows it once."""
    db.session.execute(sa.delete(SetupCode).where(SetupCode.used_at.is_(None)))
    code, now = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH)), clock.now()
    db.session.add(SetupCode(code_hash=_hash(code), made_at=now, ends_at=now + timedelta(hours=hours)))
    audit.write(StaffSignInAction.SETUP_CODE_MADE, hours=hours)
    return "-".join(code[at:at + 5] for at in range(0, LENGTH, 5))


def give(typed: str) -> bool:
    """Whether *typed* is a code that still holds: then the next sign-in of this browser uses it.

    The caller commits.
    """
    plain = "".join(sign for sign in typed.upper() if sign.isalnum())[:LENGTH + 1]
    found = db.session.scalars(sa.select(SetupCode).where(
        SetupCode.code_hash == _hash(plain), SetupCode.used_at.is_(None),
        SetupCode.ends_at > clock.now())).first()
    if found is None:
        _note_wrong()
        return False
    session[SETUP] = [str(found.id), (clock.now() + LASTS).isoformat()]
    return True


def given() -> UUID | None:
    """The code that this browser gave lately."""
    kept, until = session.get(SETUP) or ("", "")
    return UUID(kept) if kept and until > clock.now().isoformat() else None


def use(setup_id: UUID | None) -> bool:
    """Use up the code of this id; False if it was used meanwhile, is over or was replaced.

    The caller commits.
    """
    if setup_id is None:
        return False
    found = db.session.scalars(sa.select(SetupCode).where(
        SetupCode.id == setup_id, SetupCode.used_at.is_(None), SetupCode.ends_at > clock.now(),
    ).with_for_update()).first()
    if found is None:
        return False
    found.used_at = clock.now()
    return True


def _note_wrong() -> None:
    """Every ten minutes at most: whoever floods the door fills no audit."""
    if read(WRONG, since=clock.now() - NOTE_WRONG_EVERY).first() is None:
        audit.write(StaffSignInAction.SETUP_CODE_WRONG)


def _hash(code: str) -> bytes:
    return hashlib.sha256(f"{current_force_id()}/{code}".encode()).digest()
