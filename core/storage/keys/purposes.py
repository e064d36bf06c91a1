"""The open keys of one force: one chain of keys for each purpose, and no way to use one for another.

Every key has the moment from which it is used, so that all processes change over together: a new
key is there, and known to all, before anybody writes with it.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import TypeVar
from uuid import UUID

from core.base import clock
from core.storage import ciphers
from core.storage.ciphers import DataKey, KeyProblem, MacKey, Unreadable

Kind = TypeVar("Kind", DataKey, MacKey)
DATA = "data"
LAST_MILLISECOND = 253_402_300_799_000  # of the year 9999
GROUPS = ("data", "index", "codes", "audit")  # what an operator rotates, and in which order


class WrongPurpose(LookupError):
    """A key was asked for a purpose that is not declared, or that its kind of key has not."""


class ForceErased(KeyProblem):
    """The force's keys were destroyed, and with them all that it had."""


@dataclass(frozen=True)
class Purpose:
    """What a key is for. ``lasts``: how long what it made is of use; None: until it is made anew."""

    name: str
    group: str
    lasts: timedelta | None = None


DAYS = timedelta(days=1)
PURPOSES: dict[str, Purpose] = {
    one.name: one for one in (
        Purpose(DATA, "data"),
        Purpose("audit", "audit"),
        Purpose("audit-chain", "audit"),
        Purpose("lookup", "index"),
        Purpose("feed", "index"),
        Purpose("forms", "index", 2 * DAYS),
        Purpose("codes", "codes", 31 * DAYS),
        Purpose("limits", "codes", 31 * DAYS),
        Purpose("links", "codes", 31 * DAYS),
    )
}


def declare(name: str, group: str, lasts: timedelta | None = None) -> None:
    """For plugins, when they are loaded: a purpose of their own, for a key of its own.

    ``group``: ``index`` (look-up by keyed hash) or ``codes`` (codes, limits and links, which end).
    Raises :class:`WrongPurpose` when the name is taken or there is no such group.
    """
    purpose = Purpose(name, group, lasts)
    if group not in ("index", "codes") or PURPOSES.setdefault(name, purpose) != purpose:
        raise WrongPurpose(f"{name}: a purpose has one group, index or codes, and one meaning")


@dataclass(frozen=True)
class OpenKey:
    """One key of the force; what it can do is what its purpose needs."""

    purpose: str
    key_id: bytes
    starts_at: datetime
    made_at: datetime
    work: DataKey | MacKey = field(repr=False)


@dataclass
class ForceKeys:
    """The open keys of one force, as they were when they were read. Shared between threads."""

    force: str
    chains: Mapping[str, tuple[OpenKey, ...]]  # by purpose, newest first
    look_again: Callable[[bytes], DataKey | None] = field(repr=False)
    read_at: float = 0.0  # of time.monotonic()
    erased: bool = False
    data: dict[bytes, DataKey] = field(init=False, repr=False)
    ended: dict[bytes, float] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.data = {one.key_id: _of(one, DataKey) for one in self.chains.get(DATA, ())}

    def remember(self, before: ForceKeys, seconds: float) -> None:
        """Data keys that ended meanwhile still open, for *seconds*, what was read before."""
        for key_id in before.data.keys() - self.data.keys():
            ended = before.ended.get(key_id, self.read_at)
            if self.read_at - ended <= seconds:
                self.data[key_id], self.ended[key_id] = before.data[key_id], ended

    # --- fields -----------------------------------------------------------------------------

    def seal(self, table: str, column: str, row: bytes, text: str) -> bytes:
        """*text* encrypted for one cell, with the data key of this moment."""
        return _of(self.key_at(DATA), DataKey).seal(table, column, row, text)

    def open(self, table: str, column: str, row: bytes, value: bytes) -> str:
        """The text that was sealed for this cell. Raises :class:`Unreadable`."""
        return self._key_of(table, column, value).open(table, column, row, value)

    def open_many(
        self, table: str, column: str, cells: Iterable[tuple[bytes, bytes]]
    ) -> list[str]:
        """The texts of one column of several rows, in their order. Raises :class:`Unreadable`."""
        found: list[str] = []
        # In runs, not by key: the order of the rows is kept, and mostly all of them are one run.
        for _, same in groupby(cells, lambda cell: cell[1][: 1 + ciphers.KEY_ID]):
            run = list(same)
            found += self._key_of(table, column, run[0][1]).open_many(table, column, run)
        return found

    def _key_of(self, table: str, column: str, value: bytes) -> DataKey:
        key_id = ciphers.key_id_of(value)
        key = self.data.get(key_id) or self.look_again(key_id)
        if key is None or value[:1] != ciphers.FORMAT:
            raise Unreadable(f"{table}.{column}: written with a key that is not here")
        return key

    # --- proofs and look-up -----------------------------------------------------------------

    def mac(self, purpose: str, value: bytes, at: datetime | UUID | None = None) -> bytes:
        """HMAC-SHA256 of *value* (32 bytes) under the key for *purpose*.

        ``at``: the moment (UTC), or the UUIDv7 of a row, whose key it is; by default the present
        one. A value that belongs to a row or to a span of time and names it is the same before and
        after the key is changed. Raises :class:`WrongPurpose`.
        """
        return _of(self.key_at(purpose, at), MacKey).mac(value)

    def macs(self, purpose: str, value: bytes) -> list[bytes]:
        """*value* under every key for *purpose*, newest first: to find what a former key made."""
        return [_of(one, MacKey).mac(value) for one in self._chain(purpose)]

    def signed(self, purpose: str, value: bytes) -> tuple[bytes, bytes]:
        """The id of the present key for *purpose* (4 bytes), and the MAC under it."""
        key = self.key_at(purpose)
        return key.key_id, _of(key, MacKey).mac(value)

    def fits(
        self, purpose: str, value: bytes, given: bytes, key_id: bytes | None = None
    ) -> bool:
        """Whether *given* is the MAC of *value*: under the key ``key_id``, else under any there is.

        False also for a key that is not there. Compared in equal time. Raises :class:`WrongPurpose`.
        """
        keys = [one for one in self._chain(purpose) if key_id in (None, one.key_id)]
        # Added up, not any(): that stops at the first that fits, and its time would say which.
        return sum(hmac.compare_digest(_of(one, MacKey).mac(value), given) for one in keys) > 0

    def key_id(self, purpose: str, at: datetime | UUID | None = None) -> bytes:
        """The id (4 bytes) of the key that :meth:`mac` uses."""
        return self.key_at(purpose, at).key_id

    # --- which key --------------------------------------------------------------------------

    def key_at(self, purpose: str, at: datetime | UUID | None = None) -> OpenKey:
        """The key for *purpose* of a moment, by default of now."""
        chain = self._chain(purpose)
        # The clock is asked only where there is a choice: this runs for every value that is sealed.
        if len(chain) == 1:
            return chain[0]
        moment = _moment(at) if isinstance(at, UUID) else at or clock.now()
        return next((one for one in chain if one.starts_at <= moment), chain[-1])

    def _chain(self, purpose: str) -> tuple[OpenKey, ...]:
        try:
            return self.chains[purpose]
        except KeyError:
            if self.erased:
                raise ForceErased(f"{self.force} was erased here: its keys are destroyed") from None
            raise WrongPurpose(
                f"no key is for {purpose!r}: purposes are declared in core/storage/keys/purposes.py, "
                "or by a plugin with declare_purpose()"
            ) from None


def chains_of(keys: Iterable[OpenKey]) -> dict[str, tuple[OpenKey, ...]]:
    """By purpose, newest first."""
    found: dict[str, list[OpenKey]] = {}
    # By id too, so that two keys of one moment come in the same order in every process.
    for one in sorted(keys, key=lambda key: (key.starts_at, key.key_id), reverse=True):
        found.setdefault(one.purpose, []).append(one)
    return {purpose: tuple(chain) for purpose, chain in found.items()}


def _of(key: OpenKey, kind: type[Kind]) -> Kind:
    if not isinstance(key.work, kind):
        raise WrongPurpose(f"the key for {key.purpose!r} does not do this")
    return key.work


def _moment(row: UUID) -> datetime:
    """When the row of a UUIDv7 was made."""
    # RFC 9562: 48 bits of milliseconds since 1970. An id from outside may say any year; Python's end at 9999.
    seconds = min(row.int >> 80, LAST_MILLISECOND) / 1000
    return datetime.fromtimestamp(seconds, tz=UTC)
