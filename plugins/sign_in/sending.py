"""Sending a code: by a way that is safe for the person, and not too often.

Of what is sent to one contact, one address can ask for a part only: who knows all of a person's
details, and keeps asking, leaves something for the person, who asks from elsewhere.
"""

from __future__ import annotations

from core import (
    CODE_LASTS,
    Person,
    Way,
    audit,
    clock,
    db,
    lock,
    promise_code,
    restored,
    the_force,
    ways_to,
)
from plugins.sign_in import guesses, limits
from plugins.sign_in.codes import new_sent_code, sent_hash
from plugins.sign_in.finding import contacts_of, still_open
from plugins.sign_in.models import Attempt


def send_code(attempt: Attempt) -> None:
    """Send a code to the person that the details led to, if that is allowed. The caller commits."""
    person = db.session.get(Person, (attempt.force, attempt.person_id))
    if person is None or attempt.case_id is None:
        return
    held = restored.held_since()
    if held and attempt.made_at < held:
        audit.write("code_withheld", case_id=attempt.case_id, why="asked for before a restore")
        return
    way, why = _allowed(person, attempt)
    if way is None:
        audit.write("code_withheld", case_id=attempt.case_id, why=why)
        return
    code, row = new_sent_code(), still_open(attempt.case_id, person.id)
    attempt.code_hash = sent_hash(attempt.id, code, contacts_of(row))
    attempt.code_ends_at = clock.now() + CODE_LASTS
    db.session.flush()
    promise_code(person.id, attempt.case_id, attempt.id, code, way.channel)
    audit.write("code_sent", case_id=attempt.case_id, channel=way.channel)


def _allowed(person: Person, attempt: Attempt) -> tuple[Way | None, str]:
    """The best way that may be used now, counted; or None and why not."""
    if person.locked_by:
        return None, "locked"
    why = "no safe way to reach the person is on the record"
    for way in ways_to(person):
        why = _too_many(way.to, attempt.address)
        if not why and way.channel == "sms":
            why = _too_dear()
        if not why:
            return way, ""
    return None, why


def _too_many(contact: str, address: bytes | None) -> str:
    """Why no further code may go to this contact, or nothing, and then it is counted."""
    to = limits.hashed(f"contact/{contact.casefold()}")
    here = _here(to, address)
    lock(f"sign_in/{to.hex()}")
    return guesses.why_no_code(limits, to, here)


def _too_dear() -> str:
    most = the_force().texts.per_day
    sent = limits.count("texts/day", b"all", guesses.DAY)
    return f"spend limit: {most} texts a day" if sent > most else ""


def _here(to: bytes, address: bytes | None) -> bytes:
    return limits.hashed(f"{to.hex()}/{(address or b'').hex()}")


def was_used(attempt: Attempt) -> None:
    """Who opens a case from this address is no stranger there: the address may ask again."""
    person = db.session.get(Person, (attempt.force, attempt.person_id))
    for way in ways_to(person) if person else ():
        here = _here(limits.hashed(f"contact/{way.to.casefold()}"), attempt.address)
        limits.forget("codes/hour/address", here, guesses.HOUR)
        limits.forget("codes/day/address", here, guesses.DAY)
