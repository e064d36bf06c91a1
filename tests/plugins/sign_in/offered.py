"""Guesses offered in virtual time: the rules of the portal, with attempts and counts in memory.

What decides is :mod:`plugins.sign_in.guesses`, as in the portal. The guesser is stronger than anybody
can be: knows all details, has as many browsers and addresses as wanted, and no worker, letter or pace
ever holds the guesses up.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from core.notices.letters import CODE_LASTS
from plugins.sign_in import codes, guesses
from plugins.sign_in.rules import ATTEMPT_LASTS, ATTEMPTS_KEPT

START, HOUR = datetime(2026, 1, 1, tzinfo=UTC), timedelta(hours=1)


class InMemory:
    """The counts of :mod:`plugins.sign_in.limits`, without its database."""

    def __init__(self) -> None:
        self.now = START
        self.windows: Counter[tuple[str, bytes, int]] = Counter()
        self.hours: defaultdict[tuple[str, str], list[int]] = defaultdict(list)

    def take(self, scope: str, values: Sequence[str], most: int) -> list[bool]:
        return [self._take(scope, one, most) for one in values]

    def _take(self, scope: str, value: str, most: int) -> bool:
        hour = (self.now - START) // HOUR
        taken = self.hours[scope, value]
        while taken and taken[0] < hour - 24:
            del taken[0]
        if len(taken) >= most:
            return False
        taken.append(hour)
        return True

    def give_back(self, scope: str, values: Sequence[str]) -> None:
        for one in values:
            self.hours[scope, one].pop()

    def so_far(self, scope: str, key: bytes, window: timedelta) -> int:
        return self.windows[self._in(scope, key, window)]

    def count(self, scope: str, key: bytes, window: timedelta) -> int:
        self.windows[self._in(scope, key, window)] += 1
        return self.so_far(scope, key, window)

    def _in(self, scope: str, key: bytes, window: timedelta) -> tuple[str, bytes, int]:
        return scope, key, (self.now - START) // window


@dataclass(slots=True)
class Given:
    """An attempt to sign in with right details; ``code_hash`` names the code that was sent."""

    account: bytes
    address: bytes
    person_id: UUID
    ends_at: datetime
    tries: int = 0
    not_before: datetime | None = None
    state: str = "known"
    code_hash: bytes | None = None
    code_ends_at: datetime | None = None


@dataclass
class Seen:
    """A guess that was really compared with a code."""

    person: UUID
    at: datetime
    code: bytes


@dataclass
class Portal:
    """Takes guesses, and keeps which of them reached a code."""

    counts: InMemory = field(default_factory=InMemory)
    offered: int = 0
    codes: int = 0
    compared: list[Seen] = field(default_factory=list)

    def begin(self, browser: list[Given], person: UUID, address: str, now: datetime) -> None:
        """Details are given once more; a code comes of it, if one may be sent."""
        self.counts.now = now
        given = Given(b"reference", address.encode(), person, now + ATTEMPT_LASTS)
        to = f"contact/{person}".encode()
        if not guesses.why_no_code(self.counts, to, to + given.address):
            self.codes += 1
            given.code_hash, given.code_ends_at = str(self.codes).encode(), now + CODE_LASTS
        browser.insert(0, given)
        del browser[ATTEMPTS_KEPT:]

    def guess(self, browser: list[Given], now: datetime) -> str:
        """``too soon``, ``over``, ``not compared`` or ``compared``: one wrong guess."""
        self.offered += 1
        self.counts.now, newest = now, browser[0]
        if guesses.is_over(newest, now):
            return "over"
        if guesses.seconds_left(newest, now):
            return "too soon"
        guesses.counted(browser, now)
        sent = guesses.newest_code(browser, newest.person_id, now)
        [more] = guesses.take_tries(self.counts, newest, [newest.person_id])
        if not guesses.is_allowed(newest, sent, more=more):
            return "not compared"
        assert sent and sent.code_hash
        self.compared.append(Seen(newest.person_id, now, sent.code_hash))
        return "compared"

    def most_of_one_code(self) -> int:
        return max(Counter(one.code for one in self.compared).values(), default=0)

    def most_in(self, span: timedelta) -> int:
        """The most guesses at one person's codes that were compared in any *span* of time."""
        times: defaultdict[UUID, list[datetime]] = defaultdict(list)
        for one in self.compared:
            times[one.person].append(one.at)
        return max((_densest(sorted(found), span) for found in times.values()), default=0)


def _densest(times: list[datetime], span: timedelta) -> int:
    most = first = 0
    for last, moment in enumerate(times):
        while times[first] <= moment - span:
            first += 1
        most = max(most, last - first + 1)
    return most


def chance(compared: int) -> float:
    """Of one success at least: guesses at one code differ, and each code is new chance."""
    return compared / float(10**codes.SENT_LENGTH)
