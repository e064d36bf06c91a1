"""Sending a code: by a way that is safe for the person, and not too often.

Of what is sent to one contact, one address can ask for a part only: who knows all of a person's
details, and keeps asking, leaves something for the person, who asks from elsewhere.
"""

from __future__ import annotations

import secrets
from typing import Any

from core import (
    CODE_LASTS,
    Person,
    Way,
    audit,
    clock,
    current_force_id,
    db,
    lock,
    promise_code,
    the_force,
    ways_to,
)
from plugins.sign_in import limits
from plugins.sign_in.codes import new_sent_code, sent_hash
from plugins.sign_in.finding import NOBODY, contacts_of, still_open
from plugins.sign_in.models import Attempt

PER_HOUR, PER_DAY = 3, 6  # codes to one email address or number
# Seconds until a code goes, by chance: what the worker has to do for it must not slow the next answers
# to who asked, and tell them that there was something to do.
SOONEST, LATEST = 0.5, 3.0
HERE_PER_HOUR, HERE_PER_DAY = 2, 4  # of these, asked for from one address and not used


def send_code(attempt: Attempt, found: Any) -> None:
    """Send a code to the person *found*, if that is allowed; without one, the same work and nothing."""
    person = db.session.get(Person, (current_force_id(), found.id if found else NOBODY))
    locked = bool(person and person.locked_by)
    ways = ways_to(person) if person and not locked else []
    way, why = _allowed(ways, attempt)
    code = new_sent_code()
    row = still_open(found.case_id, found.id) if found else still_open(NOBODY, NOBODY)
    hashed = sent_hash(attempt.id, code, contacts_of(row))
    if found is None:
        return
    if way is None:
        audit.write("code_withheld", case_id=found.case_id, why="locked" if locked else why)
        return
    attempt.code_hash, attempt.code_ends_at = hashed, clock.now() + CODE_LASTS
    db.session.flush()
    wait = SOONEST + secrets.randbelow(1000) / 1000 * (LATEST - SOONEST)
    promise_code(found.id, found.case_id, attempt.id, code, way.channel, wait=wait)
    audit.write("code_sent", case_id=found.case_id, channel=way.channel)


def _allowed(ways: list[Way], attempt: Attempt) -> tuple[Way | None, str]:
    """The best way that may be used now, counted; or None and why not."""
    if not ways:
        _too_many("nowhere", attempt.address)
        return None, "no safe way to reach the person is on the record"
    why = ""
    for way in ways:
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
    counted = (
        ("codes/hour", to, limits.HOUR, PER_HOUR, "an hour"),
        ("codes/day", to, limits.DAY, PER_DAY, "a day"),
        ("codes/hour/address", here, limits.HOUR, HERE_PER_HOUR, "an hour from one address"),
        ("codes/day/address", here, limits.DAY, HERE_PER_DAY, "a day from one address"),
    )
    reached = [
        f"send limit: {most} {each}" for scope, key, window, most, each in counted
        if limits.so_far(scope, key, window) >= most
    ]
    for scope, key, window, _, _ in () if reached else counted:
        limits.count(scope, key, window)
    return reached[0] if reached else ""


def _too_dear() -> str:
    most = the_force().texts.per_day
    sent = limits.count("texts/day", b"all", limits.DAY)
    return f"spend limit: {most} texts a day" if sent > most else ""


def _here(to: bytes, address: bytes | None) -> bytes:
    return limits.hashed(f"{to.hex()}/{(address or b'').hex()}")


def was_used(attempt: Attempt) -> None:
    """Who opens a case from this address is no stranger there: the address may ask again."""
    person = db.session.get(Person, (attempt.force, attempt.person_id))
    for way in ways_to(person) if person else ():
        here = _here(limits.hashed(f"contact/{way.to.casefold()}"), attempt.address)
        limits.forget("codes/hour/address", here, limits.HOUR)
        limits.forget("codes/day/address", here, limits.DAY)
