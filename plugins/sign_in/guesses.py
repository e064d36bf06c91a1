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

TRIES_PER_CODE = 5
TRIES_PER_ACCOUNT_DAY = 10
TRIES_FROM_ADDRESS_DAY = 6  # of these, so that a stranger's do not use up the person's own
PER_HOUR, PER_DAY = 3, 6  # codes to one email address or number
HERE_PER_HOUR, HERE_PER_DAY = 2, 4  # of these, asked for from one address and not used
LONGEST_WAIT = 60  # seconds
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Counts(Protocol):
    """Where counts are kept. Whoever calls holds or commits what is counted."""

    def take(self, scope: str, values: Sequence[str], most: int) -> list[bool]:
        """Of each of the *values*, one more of the *most* that there are in any 24 hours; False when they
        are used up."""

    def give_back(self, scope: str, values: Sequence[str]) -> None:
        """What was taken of each of the *values* within this hour, once."""

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


class Sent(Protocol):
    """What of a code that was sent decides about guesses; ``tries``: those of its attempt."""

    @property
    def tries(self) -> int: ...
    @property
    def person_id(self) -> UUID | None: ...
    @property
    def code_hash(self) -> bytes | None: ...
    @property
    def code_ends_at(self) -> datetime | None: ...


One = TypeVar("One", bound=Sent)


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


def uncounted(attempts: Sequence[Tried]) -> None:
    """It was no guess: the code was right, and only the name is still to come."""
    for one in attempts:
        one.tries -= 1
    attempts[0].not_before = None


def pause_after(tries: int) -> int:
    """Seconds until the next try: 1, 2, 4 … a minute."""
    return min(LONGEST_WAIT, 1 << min(tries - 1, 6))


def newest_code(sent: Sequence[One], person_id: UUID | None, now: datetime) -> One | None:
    """Of what was *sent*, newest first, the newest code of this person that still works; None for nobody."""
    return next(
        (one for one in sent if person_id and one.person_id == person_id
         and one.code_hash and one.code_ends_at and one.code_ends_at > now), None)


def take_tries(counts: Counts, newest: Tried, people: Sequence[UUID | None]) -> list[bool]:
    """A try counts against each of the *people* whose details were right; whether there still was one.

    None: nobody's were. So who knows no more than a reference can't lock anybody out. As much is done
    whatever the limits say, so that their being reached does not show.
    """
    accounts, here = _accounts(newest, people), _here(newest, people)
    more_here = counts.take("tries/day/address", here, TRIES_FROM_ADDRESS_DAY)
    values = [account if more else at for account, at, more in zip(accounts, here, more_here, strict=True)]
    more = counts.take("tries/day", values, TRIES_PER_ACCOUNT_DAY)
    return [both[0] and both[1] for both in zip(more_here, more, strict=True)]


def give_tries_back(
    counts: Counts, newest: Tried, people: Sequence[UUID | None], which: Sequence[bool]
) -> None:
    """Of *which* of the *people* a try was taken just now that was no guess at their code."""
    taken = {"tries/day/address": _here(newest, people), "tries/day": _accounts(newest, people)}
    for scope, values in taken.items():
        counts.give_back(scope, [value for value, back in zip(values, which, strict=True) if back])


def _accounts(newest: Tried, people: Sequence[UUID | None]) -> list[str]:
    """Each its own: as much is counted where there is nobody as where there are several."""
    nobody = f"tries/{newest.account.hex()}"
    return [f"tries/{one.hex}" if one else f"{nobody}/{place}" if place else nobody
            for place, one in enumerate(people)]


def _here(newest: Tried, people: Sequence[UUID | None]) -> list[str]:
    return [f"{one}/{(newest.address or b'').hex()}" for one in _accounts(newest, people)]


def is_allowed(newest: Tried, sent: Sent | None, *, more: bool) -> bool:
    """May something be compared with the code that was *sent*? ``more``: as :func:`take_tries` says."""
    return sent is not None and max(newest.tries, sent.tries) <= TRIES_PER_CODE and more


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
