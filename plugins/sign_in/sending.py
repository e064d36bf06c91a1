"""Sending a code: by a way that is safe for the person, and not too often.

Of what is sent to one contact, one address can ask for a part only: who knows all of a person's
details, and keeps asking, leaves something for the person, who asks from elsewhere.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

import sqlalchemy as sa

from core import audit
from core.audit import CoreAction
from core.base import clock
from core.cases import Person, people
from core.hookspecs import Channel
from core.notices import CODE_LASTS, Way, promise_code, restored, ways_to
from core.plugin_host import the_force
from core.storage import db, lock
from plugins.sign_in import guesses, limits
from plugins.sign_in.codes import new_sent_code, sent_hash
from plugins.sign_in.finding import contacts_of, still_open
from plugins.sign_in.models import Alike, Attempt

Reader = tuple[Attempt | Alike, Person]  # where a code is kept, and whose it is


def send_codes(attempt: Attempt) -> None:
    """To each person that the details led to a code, if that is allowed. The caller commits.

    To people who share a contact goes one, which is the code of all of them.
    """
    held = restored.held_since()
    # Whoever asked before the restore no longer waits: it would only be a way in that lies about.
    if held and attempt.made_at < held:
        audit.write(CoreAction.CODE_WITHHELD, case_id=attempt.case_id, why="asked for before a restore")
        return
    shared: dict[tuple[str, str], tuple[Way, list[Reader]]] = {}
    waiting = _without_a_code(attempt)
    # All at once and in one order: else two jobs for the same people could wait for each other.
    for key in sorted({_key_of(way.to).hex() for _, person in waiting for way in ways_to(person)}):
        lock(f"sign_in/{key}")
    for one, person in waiting:
        way, why = _allowed(person, attempt, shared)
        if way is None:
            audit.write(CoreAction.CODE_WITHHELD, case_id=attempt.case_id, why=why)
        else:
            shared.setdefault(_goes_to(way), (way, []))[1].append((one, person))
    taken: set[str] = set()
    for way, readers in shared.values():
        _send(attempt, readers, way, _new_code(taken))


def _without_a_code(attempt: Attempt) -> list[Reader]:
    places: list[Attempt | Alike] = [attempt, *db.session.scalars(
        sa.select(Alike).where(Alike.attempt_id == attempt.id).order_by(Alike.id))]
    found = []
    for one in places:
        person = db.session.get(Person, (attempt.force, one.person_id)) if attempt.case_id else None
        if person and one.code_hash is None:
            found.append((one, person))
    return found


def _new_code(taken: set[str]) -> str:
    """Different from those that go to others, so that it says whose it is."""
    code = new_sent_code()
    while code in taken:
        code = new_sent_code()
    taken.add(code)
    return code


def _send(attempt: Attempt, readers: Sequence[Reader], way: Way, code: str) -> None:
    assert attempt.case_id
    for one, person in readers:
        [row] = still_open(attempt.case_id, [person.id])
        one.code_hash = sent_hash(one.id, code, contacts_of(row))
        one.code_ends_at = clock.now() + CODE_LASTS
    db.session.flush()
    # What is said to several is said as the most careful of them needs it.
    reader = next((person for _, person in readers if people.needs_care(person)), readers[0][1])
    promise_code(reader.id, attempt.case_id, attempt.id, code, way.channel)
    audit.write(CoreAction.CODE_SENT, case_id=attempt.case_id, channel=way.channel)


def _allowed(
    person: Person, attempt: Attempt, shared: Collection[tuple[str, str]]
) -> tuple[Way | None, str]:
    """The best way that may be used now, counted unless it is *shared* already; or None and why not."""
    if person.locked_by:
        return None, "locked"
    why = "no safe way to reach the person is on the record"
    for way in ways_to(person):
        if _goes_to(way) in shared:
            return way, ""
        why = _too_many(way.to, attempt.address)
        if not why and way.channel is Channel.TEXT:
            why = _too_dear()
        if not why:
            return way, ""
    return None, why


def _goes_to(way: Way) -> tuple[str, str]:
    # RFC 5321 lets capitals before the @ matter; mail services make one mailbox of them.
    return way.channel, way.to.casefold()


def _too_many(contact: str, address: bytes | None) -> str:
    """Why no further code may go to this contact, or nothing, and then it is counted."""
    to = _key_of(contact)
    return guesses.why_no_code(limits, to, _here(to, address))


def _key_of(contact: str) -> bytes:
    return limits.hashed(f"contact/{contact.casefold()}")


def _too_dear() -> str:
    most = the_force().texts.per_day
    sent = limits.count("texts/day", b"all", guesses.DAY)
    return f"spend limit: {most} texts a day" if sent > most else ""


def _here(to: bytes, address: bytes | None) -> bytes:
    return limits.hashed(f"{to.hex()}/{(address or b'').hex()}")


def was_used(attempt: Attempt, whose: Iterable[UUID]) -> None:
    """Who opens a case from this address is no stranger there: the address may ask again, for all *whose*
    codes it asked for."""
    for one in whose:
        person = db.session.get(Person, (attempt.force, one))
        for way in ways_to(person) if person else ():
            here = _here(_key_of(way.to), attempt.address)
            limits.forget("codes/hour/address", here, guesses.HOUR)
            limits.forget("codes/day/address", here, guesses.DAY)
