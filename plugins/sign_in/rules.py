"""Signing in: details only find; a code that reaches a contact on the record opens.

The browser's request does the same whatever was typed: it stores the sealed details and one job.
Whether they match is found out by the worker, so that neither the answer nor its time tells.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
# What a code opens, asked again when it is typed: much may have changed since it was sent.
STILL_OPEN = sa.select(Person.id, Person.email_sealed, Person.language).select_from(Case).join(
    Access, sa.and_(owned(Access), Access.case_id == Case.id)
).join(Person, sa.and_(owned(Person), Person.id == Access.person_id)).where(
    owned(Case), Case.id == sa.bindparam("case_id"), Person.id == sa.bindparam("person_id"),
    Case.offered, ~Access.removed,
)
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


@dataclass(frozen=True)
class Opened:
    """Whom and what a code opened, and the person's own language."""

    person_id: UUID
    case_id: UUID
    language: str


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
    attempt, _ = _locked([UUID(attempt_id)])
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
    email = unseal(Person, "email", found.id, found.email_sealed)
    attempt.code_hash = emailed_hash(attempt.id, code, email)
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


def open_with(attempts: Sequence[UUID], code: str) -> Opened | None:
    """What *code* opens in the browser that began the *attempts* (newest first), or None.

    Counts every try. The caller commits, also when the answer is None.
    """
    attempt, lettered = _locked(attempts)
    if attempt is None or attempt.ends_at <= clock.now() or attempt.state == "used":
        audit.write("sign_in", result="no_attempt")
        return None
    attempt.tries += 1
    person_id, case_id = _whose(attempt)
    row = read(STILL_OPEN, case_id=case_id, person_id=person_id).first()
    email = unseal(Person, "email", row.id, row.email_sealed) if row else None
    typed = plain_code(code)
    right = _activation(attempt, person_id, typed) or _emailed(
        attempt, lettered or attempt, person_id, email, typed
    )
    audit.write(
        "sign_in", case_id=attempt.case_id, result="opened" if right and row else "wrong_code"
    )
    if not right or row is None:
        return None
    attempt.person_id, attempt.case_id = person_id, case_id
    for one in {attempt, lettered or attempt}:
        one.state, one.code_hash, one.details_sealed = "used", None, None
    return Opened(person_id, case_id, row.language)


def _whose(attempt: Attempt) -> tuple[UUID, UUID]:
    """The person and case that the details led to. The officer's code need not wait for the worker."""
    if attempt.state != "given":
        return attempt.person_id or NOBODY, attempt.case_id or NOBODY
    found = find_person(json.loads(attempt.details or "{}"))
    return (found.id, found.case_id) if found else (NOBODY, NOBODY)


def _emailed(
    attempt: Attempt, lettered: Attempt, person_id: UUID, email: str | None, typed: str
) -> bool:
    """Is it the code of the newest letter that this browser's attempts led to?

    Wrong codes count against the person whose details were right: who knows no more than a
    reference can't lock anybody out.
    """
    if lettered is not attempt:
        lettered.tries += 1
    counted = attempt.account if person_id == NOBODY else limits.hashed(f"tries/{person_id}")
    tried = limits.count("tries/day", counted, limits.DAY)
    if max(attempt.tries, lettered.tries) > TRIES_PER_ATTEMPT or tried > TRIES_PER_ACCOUNT_DAY:
        return False
    expected = lettered.code_hash or code_hash(lettered.id, "")
    same = secrets.compare_digest(expected, emailed_hash(lettered.id, typed, email))
    return same and bool(typed) and lettered.person_id == person_id


def _activation(attempt: Attempt, person_id: UUID, typed: str) -> bool:
    rows = read(ACTIVATIONS, person_id=person_id, now=clock.now()).all()
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
    return keys().mac("codes", row.bytes + code.encode(), at=row)


def emailed_hash(row: UUID, code: str, email: str | None) -> bytes:
    """A code works for as long as the address it went to is the one on the record."""
    return code_hash(row, f"{code} {email}")


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


def _locked(attempts: Sequence[UUID]) -> tuple[Attempt | None, Attempt | None]:
    """The newest attempt, and the newest that a code was sent for and still works."""
    found = {
        one.id: one for one in db.session.scalars(
            sa.select(Attempt).where(Attempt.id.in_([NOBODY, *attempts])).order_by(Attempt.id)
            .with_for_update()
        )
    }
    now, in_order = clock.now(), [found[one] for one in attempts if one in found]
    lettered = [one for one in in_order if one.code_hash and one.ends_at > now]
    newest = in_order[0] if in_order and in_order[0].id == attempts[0] else None
    return newest, lettered[0] if lettered else None


__all__ = ["begin", "find_person", "look_into", "make_activation", "open_with", "remove_old"]
