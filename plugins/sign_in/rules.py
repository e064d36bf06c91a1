"""Signing in: details only find; a code that reaches a contact on the record opens.

The browser's request does the same whatever was typed: it stores the sealed details and one job.
Whether they match is found out by the worker, so that neither the answer nor its time tells.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from uuid6 import uuid7

from core import (
    CODE_LASTS,
    Access,
    Case,
    Person,
    audit,
    clock,
    db,
    defer,
    keys,
    owned,
    plugin_settings,
    promise_code,
    read,
    the_force,
    unseal,
)
from plugins.sign_in import limits
from plugins.sign_in.matching import matches, plain_code
from plugins.sign_in.models import Activation, Attempt

ATTEMPT_LASTS = timedelta(minutes=30)
ACTIVATION_LASTS = timedelta(days=7)
TRIES_PER_ATTEMPT = 5
TRIES_PER_ACCOUNT_DAY = 10
LETTERS_PER_HOUR, LETTERS_PER_DAY = 3, 6
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that is easily taken for another
ACTIVATION_LENGTH = 10
NOBODY = UUID(int=0)

CANDIDATES = sa.select(
    Case.id.label("case_id"), Person.id, Person.family_sealed, Person.date_of_birth_sealed,
    Person.postcode_sealed, Person.email_sealed,
).select_from(Case).join(Access, sa.and_(owned(Access), Access.case_id == Case.id)).join(
    Person, sa.and_(owned(Person), Person.id == Access.person_id)
).where(
    owned(Case), Case.reference_key == sa.bindparam("reference"), Case.offered, ~Access.removed
).order_by(Access.id).limit(50)
ACTIVATIONS = (
    sa.select(Activation.id, Activation.code_hash)
    .where(
        owned(Activation),
        Activation.person_id == sa.bindparam("person_id"),
        Activation.used_at.is_(None),
        Activation.ends_at > sa.bindparam("now"),
    )
    .with_for_update()
)


def begin(details: Mapping[str, str]) -> UUID:
    """Keep what was typed, for the worker to look into; the id of the attempt. The caller commits."""
    now = clock.now()
    reference = the_force().normalise_reference(details["crime_reference"])
    attempt = Attempt(
        account=limits.hashed(f"account/{reference}"), state="given", made_at=now,
        ends_at=now + ATTEMPT_LASTS, tries=0, details=json.dumps(dict(details)),
    )
    db.session.add(attempt)
    db.session.flush()
    defer("sign_in_look_into", urgent=True, attempt_id=str(attempt.id))
    return attempt.id


def look_into(attempt_id: str) -> None:
    """The worker's part: do the details match, and may a code be sent?"""
    attempt = _locked(UUID(attempt_id))
    if attempt is not None and attempt.state == "given":
        resolve(attempt)


def resolve(attempt: Attempt) -> None:
    """Find the person, wipe what was typed, and send a code if that is allowed."""
    details = json.loads(attempt.details or "{}")
    attempt.details_sealed = None
    found = find_person(details)
    attempt.state = "known" if found else "unknown"
    if found is None:
        audit.write("sign_in", result="details_unknown")
        return
    attempt.person_id, attempt.case_id = found.id, found.case_id
    audit.write("sign_in", case_id=found.case_id, result="details_match")
    why = why_no_letter(found.id)
    if why:
        audit.write("code_withheld", case_id=found.case_id, why=why)
        return
    code = f"{secrets.randbelow(10**6):06d}"
    attempt.code_hash = code_hash(attempt.id, code)
    attempt.ends_at = clock.now() + CODE_LASTS
    db.session.flush()
    promise_code(found.id, found.case_id, attempt.id, code)
    audit.write("code_sent", case_id=found.case_id, channel="email")


def find_person(details: Mapping[str, str]) -> Any:
    """The one whose details all match; the first by age of access when two do; or None."""
    reference = the_force().normalise_reference(details.get("crime_reference", ""))
    wanted = [name for name in plugin_settings("sign_in").details if name != "crime_reference"]
    fitting = [
        row for row in read(CANDIDATES, reference=reference)
        if matches(wanted, details, {
            "surname": unseal(Person, "family", row.id, row.family_sealed),
            "date_of_birth": unseal(Person, "date_of_birth", row.id, row.date_of_birth_sealed),
            "postcode": unseal(Person, "postcode", row.id, row.postcode_sealed),
        })
    ]
    return fitting[0] if fitting else None


def why_no_letter(person_id: UUID) -> str | None:
    """Counts this letter, and says why it must not go."""
    key = limits.hashed(f"person/{person_id}")
    if limits.count("letters/day", key, limits.DAY) > LETTERS_PER_DAY:
        return "send limit: 6 a day"
    if limits.count("letters/hour", key, limits.HOUR) > LETTERS_PER_HOUR:
        return "send limit: 3 an hour"
    return None


def open_with(attempt_id: UUID | None, code: str) -> tuple[UUID, UUID] | None:
    """(person, case) that *code* opens in the browser that began the attempt, or None.

    Counts every try. The caller commits, also when the answer is None.
    """
    attempt = _locked(attempt_id or NOBODY)
    if attempt is None or attempt.ends_at <= clock.now() or attempt.state == "used":
        audit.write("sign_in", result="no_attempt")
        return None
    if attempt.state == "given":
        resolve(attempt)
    attempt.tries += 1
    typed = plain_code(code)
    right = _activation(attempt, typed) or _emailed(attempt, typed)
    audit.write("sign_in", case_id=attempt.case_id, result="opened" if right else "wrong_code")
    if not right or attempt.person_id is None or attempt.case_id is None:
        return None
    attempt.state, attempt.code_hash = "used", None
    return attempt.person_id, attempt.case_id


def _emailed(attempt: Attempt, typed: str) -> bool:
    tried = limits.count("tries/day", attempt.account, limits.DAY)
    if attempt.tries > TRIES_PER_ATTEMPT or tried > TRIES_PER_ACCOUNT_DAY:
        return False
    expected = attempt.code_hash or code_hash(attempt.id, "")
    return secrets.compare_digest(expected, code_hash(attempt.id, typed)) and bool(typed)


def _activation(attempt: Attempt, typed: str) -> bool:
    rows = read(ACTIVATIONS, person_id=attempt.person_id or NOBODY, now=clock.now()).all()
    for row in rows:
        if attempt.tries <= TRIES_PER_ATTEMPT and secrets.compare_digest(
            row.code_hash, code_hash(row.id, typed)
        ):
            used = db.session.get(Activation, (attempt.force, row.id))
            assert used is not None
            used.used_at = clock.now()
            return True
    return False


def code_hash(row: UUID, code: str) -> bytes:
    return keys().mac("codes", row.bytes + code.encode())


def make_activation(person_id: UUID, case_id: UUID, staff_id: UUID) -> str:
    """A code for the officer to hand over; older ones of this person end. The caller commits."""
    db.session.execute(
        sa.delete(Activation).where(Activation.person_id == person_id, Activation.used_at.is_(None))
    )
    code, row_id, now = (
        "".join(secrets.choice(ALPHABET) for _ in range(ACTIVATION_LENGTH)),
        uuid7(),
        clock.now(),
    )
    db.session.add(Activation(
        id=row_id, person_id=person_id, case_id=case_id, staff_id=staff_id,
        code_hash=code_hash(row_id, code), made_at=now, ends_at=now + ACTIVATION_LASTS,
    ))
    audit.write("activation_code_made", case_id=case_id, person=str(person_id))
    return f"{code[:5]}-{code[5:]}"


def remove_old() -> None:
    """Attempts and codes past their end go; run every hour."""
    now = clock.now()
    db.session.execute(sa.delete(Attempt).where(Attempt.ends_at < now - limits.DAY))
    db.session.execute(sa.delete(Activation).where(Activation.ends_at < now))
    limits.remove_old()


def _locked(attempt_id: UUID) -> Attempt | None:
    return db.session.scalars(
        sa.select(Attempt).where(Attempt.id == attempt_id).with_for_update()
    ).first()


__all__ = ["begin", "find_person", "look_into", "make_activation", "open_with", "remove_old"]
