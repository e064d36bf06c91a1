"""How many guesses at a code there are, whoever guesses: decided here, wherever the counts are kept.

The portal keeps them in the database (:mod:`plugins.sign_in.limits`). The test that offers a million
guesses decides by these functions too, with counts in memory.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol, TypeVar
from uuid import UUID

from plugins.sign_in.codes import SENT_LENGTH

TRIES_PER_CODE = 5
TRIES_PER_ACCOUNT_DAY = 10
TRIES_FROM_ADDRESS_DAY = 6  # of these, so that a stranger's do not use up the person's own
PER_HOUR, PER_DAY = 3, 6  # codes to one email address or number
HERE_PER_HOUR, HERE_PER_DAY = 2, 4  # of these, asked for from one address and not used
LONGEST_WAIT = 60  # seconds
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Counts(Protocol):
    """Where counts are kept. Whoever calls holds or commits what is counted."""

    def take(self, scope: str, value: str, most: int) -> bool:
        """One more of the *most* that there are in any 24 hours; False when they are used up."""

    def so_far(self, scope: str, key: bytes, window: timedelta) -> int:
        """How many there have been in this window (UTC)."""

    def count(self, scope: str, key: bytes, window: timedelta) -> int:
        """Add one, and say how many there have been in this window (UTC)."""


class Tried(Protocol):
    """What of an attempt decides about guesses."""

    tries: int
    account: bytes
    address: bytes | None
    not_before: datetime | None
    ends_at: datetime
    state: str
    person_id: UUID | None
    code_hash: bytes | None
    code_ends_at: datetime | None


One = TypeVar("One", bound=Tried)


def is_over(attempt: Tried, now: datetime) -> bool:
    return attempt.ends_at <= now or attempt.state == "used"


def seconds_left(attempt: Tried, now: datetime) -> int:
    """Until the next guess is looked at; 0 for at once."""
    if attempt.not_before is None or attempt.not_before <= now:
        return 0
    return math.ceil((attempt.not_before - now).total_seconds())


def counted(attempts: Sequence[Tried], now: datetime, wait: int = 0) -> None:
    """A try counts for every attempt of the browser; the next one has to *wait*, at least."""
    for one in attempts:
        one.tries += 1
    pause = max(wait, pause_after(attempts[0].tries))
    attempts[0].not_before = now + timedelta(seconds=pause)


def pause_after(tries: int) -> int:
    """Seconds until the next try: 1, 2, 4 … a minute."""
    return min(LONGEST_WAIT, 1 << min(tries - 1, 6))


def with_a_code(attempts: Sequence[One], now: datetime) -> One | None:
    """Of *attempts*, newest first, the newest that a code was sent for which still works."""
    return next(
        (one for one in attempts if one.code_hash and one.code_ends_at and one.code_ends_at > now),
        None,
    )


def is_allowed(
    counts: Counts, newest: Tried, sent: Tried | None, person_id: UUID | None, typed: str
) -> bool:
    """May what was *typed* be compared with the code that was *sent*?

    Wrong codes count against the person whose details were right (None: nobody's were): who knows no
    more than a reference can't lock anybody out. Everything is counted whatever the limits say, so
    that their being reached does not show.
    """
    account = f"tries/{person_id.hex}" if person_id else f"tries/{newest.account.hex()}"
    here = f"{account}/{(newest.address or b'').hex()}"
    more_here = counts.take("tries/day/address", here, TRIES_FROM_ADDRESS_DAY)
    more = counts.take("tries/day", account if more_here else here, TRIES_PER_ACCOUNT_DAY)
    return (
        sent is not None and sent.person_id == person_id and len(typed) == SENT_LENGTH
        and max(newest.tries, sent.tries) <= TRIES_PER_CODE and more_here and more
    )


def why_no_code(counts: Counts, to: bytes, here: bytes) -> str:
    """Why no further code may go to a contact, for who asks from here; or nothing, and it is counted."""
    scopes = (
        ("codes/hour", to, HOUR, PER_HOUR, "an hour"),
        ("codes/day", to, DAY, PER_DAY, "a day"),
        ("codes/hour/address", here, HOUR, HERE_PER_HOUR, "an hour from one address"),
        ("codes/day/address", here, DAY, HERE_PER_DAY, "a day from one address"),
    )
    reached = [
        f"send limit: {most} {each}" for scope, key, window, most, each in scopes
        if counts.so_far(scope, key, window) >= most
    ]
    for scope, key, window, _, _ in () if reached else scopes:
        counts.count(scope, key, window)
    return reached[0] if reached else ""
