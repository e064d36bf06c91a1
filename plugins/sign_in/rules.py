"""Signing in: details only find; a code that reaches a contact on the record opens.

The browser's request does the same whatever was typed: it stores the sealed details and one job.
Whether they match is found out by the worker, so that neither the answer nor its time tells. A code
costs the same work too, whether there is somebody it could open for or not.
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

from core import audit, client_address, clock, db, defer, device, owned, people, the_force
from plugins.sign_in import activation, guesses, limits, sending
from plugins.sign_in.codes import is_handed, sent_hash, typed_code
from plugins.sign_in.finding import NOBODY, contacts_of, find_person, still_open
from plugins.sign_in.models import Activation, Attempt, Count

ATTEMPT_LASTS = timedelta(minutes=30)
SEND_WITHIN = 3000  # milliseconds
ATTEMPTS_KEPT = 6  # of one browser
NO_CODE = bytes(32)


@dataclass(frozen=True)
class Opened:
    """Whom and what a code or a passkey opened, how, and the person's own language."""

    person_id: UUID
    case_id: UUID
    language: str
    how: str


class TooSoon(Exception):
    """The last try was a moment ago: nothing was compared or counted. Try again in ``seconds``."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"{seconds} seconds")
        self.seconds = seconds


# --- details ------------------------------------------------------------------------------------


def begin(details: Mapping[str, str], *, address: str, wait: int = 0, turn: int = 1) -> UUID:
    """Keep what was typed, for the worker to look into; the id of the attempt. The caller commits.

    With *wait* (seconds) the worker looks later, and a code that is sent can be tried later; first
    *turns* of visitors come before second ones.
    """
    now = clock.now()
    reference = the_force().reference_meaning(details["crime_reference"])
    soonest = now + timedelta(seconds=wait)
    attempt = Attempt(
        account=limits.hashed(f"account/{reference}"), state="given", made_at=now,
        address=limits.hashed(client_address(address)), ends_at=now + ATTEMPT_LASTS, tries=0,
        not_before=soonest if wait else None, details=json.dumps(dict(details)),
    )
    db.session.add(attempt)
    db.session.flush()
    defer("sign_in_look_into", urgent=turn, at=soonest if wait else None,
          attempt_id=str(attempt.id), turn=turn)
    limits.tried(attempt.address)
    return attempt.id


def look_into(attempt_id: str, turn: int = 1) -> None:
    """The worker's part: do the details match? Then wipe what was typed.

    What is to be done about it is left to a moment that chance chooses: else it would slow the next
    answers to who asked, and tell them that there was something to do.
    """
    found = _locked([UUID(attempt_id)])
    if not found or found[0].state != "given":
        return
    _resolve(found[0])
    wait = timedelta(milliseconds=secrets.randbelow(SEND_WITHIN) + 1) if SEND_WITHIN else None
    defer("sign_in_send", urgent=turn, at=clock.now() + wait if wait else None, attempt_id=attempt_id)


def send(attempt_id: str) -> None:
    """The worker's second part: a code for whom the details led to. For nobody there is nothing to do."""
    found = _locked([UUID(attempt_id)])
    if found and found[0].state == "known" and found[0].code_hash is None:
        sending.send_code(found[0])


def _resolve(attempt: Attempt) -> None:
    details = json.loads(attempt.details or "{}")
    attempt.details_sealed = None
    found = find_person(details)
    attempt.state = "known" if found else "unknown"
    if found:
        attempt.person_id, attempt.case_id = found.id, found.case_id
        audit.write("sign_in", case_id=found.case_id, result="details_match")
    else:
        audit.write("sign_in", result="details_unknown")


# --- codes --------------------------------------------------------------------------------------


def open_with(
    attempts: Sequence[UUID], code: str, *, wait: int = 0, proved: UUID | None = None
) -> Opened | None:
    """What *code* opens in the browser that began the *attempts* (newest first), or None.

    In place of a code, a passkey may have ``proved`` who it is. Counts every try; *wait*: seconds
    before this browser's next one, at least. The caller commits, also when the answer is None.
    Raises :class:`TooSoon`.
    """
    found, typed = _locked(attempts), typed_code(code)
    newest = found[0] if found and found[0].id == attempts[0] else None
    if newest is None or guesses.is_over(newest, clock.now()):
        audit.write("sign_in", result="no_attempt", device=device.present())
        return None
    if proved is None:
        _ask_for_patience(newest, typed)
    guesses.counted(found, clock.now(), wait)
    person_id, case_id = _whose(newest)
    row = still_open(case_id, person_id)
    sent = guesses.with_a_code(found, clock.now())
    how = _proof(newest, sent, person_id, row, typed, proved)
    stands = bool(how and row and _is_as_it_was(row, case_id))
    opened = Opened(person_id, case_id, row.language, how) if how and stands else None
    _write_down(person_id, case_id, opened)
    if opened is None:
        limits.tried(newest.address)
        return None
    newest.person_id, newest.case_id = person_id, case_id
    for one in found:
        one.state, one.code_hash, one.details_sealed = "used", None, None
    sending.was_used(newest)
    limits.led_in(newest.address, [one.made_at for one in found])
    return opened


def _ask_for_patience(attempt: Attempt, typed: str) -> None:
    """An officer's code is not held up: it is too long to be guessed."""
    left = guesses.seconds_left(attempt, clock.now())
    if left and not is_handed(typed):
        raise TooSoon(left)


def _proof(
    newest: Attempt, sent: Attempt | None, person_id: UUID, row: Any, typed: str, proved: UUID | None
) -> str | None:
    """What proves that it is this person: ``officer_code``, ``code``, ``passkey`` or None.

    Of a locked access only an officer's code made since then does, and leaves it locked for all others;
    what was sent or made before the lock never proves anything again.
    """
    locked_at = row.locked_at if row else None
    contacts, enough = contacts_of(row), newest.tries <= guesses.TRIES_PER_CODE
    if is_handed(typed):
        right = enough and activation.use(person_id, typed, locked_at=locked_at)
        return "officer_code" if right else None
    open_now = not (row and row.locked_by)
    if proved is not None:
        return "passkey" if enough and open_now and proved == person_id else None
    right = _is_sent(newest, sent, person_id, contacts, typed)
    since = locked_at is None or (sent is not None and sent.made_at > locked_at)
    return "code" if right and open_now and since else None


def _is_as_it_was(row: Any, case_id: UUID) -> bool:
    """Asked again with the person held: a lock or another contact may have come in this very moment.

    Only of who is about to be let in: else the wait would tell that there is such a person.
    """
    people.person(row.id, held=True)
    now = still_open(case_id, row.id)
    return (now is not None and now.locked_at == row.locked_at
            and contacts_of(now) == contacts_of(row))


def _write_down(person_id: UUID, case_id: UUID, opened: Opened | None) -> None:
    """Every try, with as much of who and with what as is known; people see their own."""
    audit.write(
        "sign_in", case_id=None if case_id == NOBODY else case_id,
        person="" if person_id == NOBODY else str(person_id), device=device.present(),
        result="opened" if opened else "wrong_code",
    )


def _whose(attempt: Attempt) -> tuple[UUID, UUID]:
    """The person and case that the details led to. The officer's code need not wait for the worker."""
    if attempt.state != "given":
        return attempt.person_id or NOBODY, attempt.case_id or NOBODY
    found = find_person(json.loads(attempt.details or "{}"))
    return (found.id, found.case_id) if found else (NOBODY, NOBODY)


def _is_sent(
    newest: Attempt, sent: Attempt | None, person_id: UUID, contacts: str, typed: str
) -> bool:
    """Is it the newest code that this browser's attempts led to?

    It is compared whatever the limits say, so that their being reached does not show.
    """
    whose = None if person_id == NOBODY else person_id
    allowed = guesses.is_allowed(limits, newest, sent, whose, typed)
    expected = sent.code_hash if sent and allowed else None
    return same_code(expected, sent_hash((sent or newest).id, typed, contacts))


def same_code(expected: bytes | None, given: bytes) -> bool:
    """The one place where a sent code is compared; with None, with what nothing is equal to."""
    return secrets.compare_digest(expected or NO_CODE, given)


def _locked(attempts: Sequence[UUID]) -> list[Attempt]:
    """The attempts that there still are, newest first."""
    found: dict[UUID, Any] = {
        one.id: one for one in db.session.scalars(
            sa.select(Attempt).where(Attempt.id.in_([NOBODY, *attempts])).order_by(Attempt.id)
            .with_for_update()
        )
    }
    return [found[one] for one in attempts if one in found]


# --- now and then -------------------------------------------------------------------------------


def _before(model: Any, moment: Any, name: str) -> Any:
    return sa.select(model.id).where(
        owned(model), moment < sa.bindparam(name, type_=sa.DateTime(timezone=True)))


OLD = sa.union_all(
    _before(Attempt, Attempt.ends_at, "attempts"), _before(Activation, Activation.ends_at, "codes"),
    _before(Count, Count.since, "counts"),
).limit(1)


def any_old() -> tuple[Any, dict[str, Any]]:
    """Whether there is anything for :func:`remove_old`."""
    now = clock.now()
    return OLD, {"attempts": now - guesses.DAY, "codes": now, "counts": now - 2 * guesses.DAY}


def remove_old() -> None:
    """Attempts, codes and counts past their end go; run every hour."""
    db.session.execute(sa.delete(Attempt).where(Attempt.ends_at < clock.now() - guesses.DAY))
    activation.remove_old()
    limits.remove_old()


__all__ = ["Opened", "TooSoon", "begin", "look_into", "open_with", "remove_old", "send"]
