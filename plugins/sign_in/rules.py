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

from core import audit
from core.audit import CoreAction
from core.base import clock
from core.cases import people
from core.plugin_host import defer, the_force
from core.storage import db
from core.web import client_address, device
from plugins.sign_in import activation, candidates, guesses, limits, sending
from plugins.sign_in.candidates import Candidate
from plugins.sign_in.codes import SENT_LENGTH, is_handed, sent_hash, typed_code
from plugins.sign_in.finding import NOBODY, contacts_of, find_people, still_open
from plugins.sign_in.models import Alike, Attempt

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


class NameWanted(Exception):
    """The code is that of several people, who share a contact: the given name is to be asked for.

    ``proofs``: of the code, for :func:`open_named`; to be kept where only this browser can have them.
    """

    def __init__(self, proofs: Mapping[str, str]) -> None:
        super().__init__("the given name")
        self.proofs = dict(proofs)


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
    # Right or wrong: what turns out to be right is taken back when it has led in.
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
    """The worker's second part: codes for whom the details led to. For nobody there is nothing to do."""
    found = _locked([UUID(attempt_id)])
    if found and found[0].state == "known":
        sending.send_codes(found[0])


def _resolve(attempt: Attempt) -> None:
    details = json.loads(attempt.details or "{}")
    attempt.details_sealed = None
    found = find_people(details)
    attempt.state = "known" if found else "unknown"
    if found:
        attempt.person_id, attempt.case_id = found[0].id, found[0].case_id
        db.session.add_all(Alike(attempt_id=attempt.id, person_id=one.id) for one in found[1:])
        audit.write(CoreAction.SIGN_IN, case_id=found[0].case_id, result="details_match")
    else:
        audit.write(CoreAction.SIGN_IN, result="details_unknown")


# --- codes --------------------------------------------------------------------------------------


def open_with(
    attempts: Sequence[UUID], code: str, *, wait: int = 0, proved: UUID | None = None
) -> Opened | None:
    """What *code* opens in the browser that began the *attempts* (newest first), or None.

    In place of a code, a passkey may have ``proved`` who it is. Counts every try; *wait*: seconds
    before this browser's next one, at least. The caller commits, also when the answer is None.
    Raises :class:`TooSoon`, and :class:`NameWanted`, after which the caller commits too.
    """
    found, typed = _alive(attempts), typed_code(code)
    if not found:
        return None
    newest = found[0]
    if proved is None:
        _ask_for_patience(newest, typed)
    guesses.counted(found, clock.now(), wait)
    case_id, who = candidates.of(found)
    how, right = _proof(newest, who, typed, proved)
    if how == "code" and candidates.need_given_name(right, who):
        guesses.uncounted(found)
        _write_down(case_id, who, "name_asked")
        raise NameWanted({one.sent.id.hex: candidates.proof_of(one) for one in right if one.sent})
    return _let_in(found, case_id, who, right[0] if right else None, how)


def open_named(
    attempts: Sequence[UUID], given: str, proofs: Mapping[str, str], *, wait: int = 0
) -> Opened | None:
    """What the *given* name opens in a browser that has the *proofs* of :class:`NameWanted`, or None.

    Counts as a code does. The caller commits, also when the answer is None. Raises :class:`TooSoon`.
    """
    found = _alive(attempts)
    if not found:
        return None
    newest = found[0]
    _ask_for_patience(newest)
    guesses.counted(found, clock.now(), wait)
    case_id, who = candidates.of(found)
    more = guesses.take_tries(limits, newest, [_or_none(one) for one in who])
    proved = [
        one for one, left in zip(who, more, strict=True)
        if guesses.is_allowed(newest, one.sent, more=left) and one.is_open and one.since_lock
        and one.sent and secrets.compare_digest(
            proofs.get(one.sent.id.hex, ""), candidates.proof_of(one))
    ]
    return _let_in(found, case_id, who, candidates.named(given, proved, who), "code")


def _alive(attempts: Sequence[UUID]) -> list[Attempt]:
    """The attempts of a browser, locked, if the newest of them is not over."""
    found = _locked(attempts)
    # The newest says for whom a code is: where it is gone, an older one must not take its place.
    if found and found[0].id == attempts[0] and not guesses.is_over(found[0], clock.now()):
        return found
    audit.write(CoreAction.SIGN_IN, result="no_attempt", device=device.present())
    return []


def _ask_for_patience(attempt: Attempt, typed: str = "") -> None:
    """An officer's code is not held up: it is too long to be guessed."""
    left = guesses.seconds_left(attempt, clock.now())
    if left and not is_handed(typed):
        raise TooSoon(left)


def _proof(
    newest: Attempt, who: Sequence[Candidate], typed: str, proved: UUID | None
) -> tuple[str, list[Candidate]]:
    """What proves who it is (``officer_code``, ``code`` or ``passkey``), and of whom of the candidates.

    Of a locked access only an officer's code made since then does, and leaves it locked for all others.
    """
    enough = newest.tries <= guesses.TRIES_PER_CODE
    if is_handed(typed):
        return "officer_code", [  # in one order for all: each holds the code that there is
            one for one in sorted(who, key=lambda one: one.person_id)
            if enough and activation.use(one.person_id, typed, locked_at=one.locked_at)]
    if proved is not None:
        return "passkey", [one for one in who if enough and one.is_open and proved == one.person_id]
    return "code", _of_the_code(newest, who, typed)


def _of_the_code(newest: Attempt, who: Sequence[Candidate], typed: str) -> list[Candidate]:
    """Whose newest code it is of those that this browser's attempts led to.

    It is compared whatever the limits say, so that their being reached does not show. What was somebody's
    own code was no guess at another's.
    """
    people_ids = [_or_none(one) for one in who]
    more = guesses.take_tries(limits, newest, people_ids)
    right = []
    for one, left in zip(who, more, strict=True):
        allowed = guesses.is_allowed(newest, one.sent, more=left) and len(typed) == SENT_LENGTH
        expected = one.sent.code_hash if one.sent and allowed else None
        fits = same_code(expected, sent_hash((one.sent or newest).id, typed, one.contacts))
        if fits and one.row and one.is_open and one.since_lock:
            right.append(one)
    if right:
        opened = [] if candidates.need_given_name(right, who) else right[:1]
        guesses.give_tries_back(
            limits, newest, people_ids,
            [left and one not in opened for one, left in zip(who, more, strict=True)])
    return right


def _or_none(one: Candidate) -> UUID | None:
    return None if one.person_id == NOBODY else one.person_id


def _let_in(
    found: Sequence[Attempt], case_id: UUID, who: Sequence[Candidate], one: Candidate | None, how: str
) -> Opened | None:
    newest = found[0]
    if one is None or one.row is None or not _is_as_it_was(one.row, case_id):
        _write_down(case_id, who, "wrong_code")
        limits.tried(newest.address)
        return None
    _write_down(case_id, [one], "opened")
    newest.person_id, newest.case_id = one.person_id, case_id
    candidates.end(found)
    sending.was_used(newest, [each.person_id for each in who])
    limits.led_in(newest.address, [each.made_at for each in found])
    return Opened(one.person_id, case_id, one.row.language, how)


def _is_as_it_was(row: Any, case_id: UUID) -> bool:
    """Asked again with the person held: a lock or another contact may have come in this very moment.

    Only of who is about to be let in: else the wait would tell that there is such a person.
    """
    people.person(row.id, held=True)
    [now] = still_open(case_id, [row.id])
    return (now is not None and now.locked_at == row.locked_at
            and contacts_of(now) == contacts_of(row))


def _write_down(case_id: UUID, who: Sequence[Candidate], result: str) -> None:
    """Every try, with as much of who and with what as is known; people see their own.

    One row, whoever it may have been: a code that is not right is a try at all of them.
    """
    audit.write(
        CoreAction.SIGN_IN, case_id=None if case_id == NOBODY else case_id,
        person=" ".join(str(one.person_id) for one in who if one.person_id != NOBODY),
        device=device.present(), result=result,
    )


def same_code(expected: bytes | None, given: bytes) -> bool:
    """The one place where a sent code is compared; with None, with what nothing is equal to."""
    return secrets.compare_digest(expected or NO_CODE, given)


def _locked(attempts: Sequence[UUID]) -> list[Attempt]:
    """The attempts that there still are, newest first."""
    found: dict[UUID, Any] = {
        one.id: one for one in db.session.scalars(
            # Never an empty list, of which SQLAlchemy makes another statement.
            sa.select(Attempt).where(Attempt.id.in_([NOBODY, *attempts])).order_by(Attempt.id)
            .with_for_update()
        )
    }
    return [found[one] for one in attempts if one in found]


__all__ = [
    "NameWanted", "Opened", "TooSoon", "begin", "look_into", "open_named", "open_with", "send",
]
