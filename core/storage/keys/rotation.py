"""New keys while everything serves.

1. The new keys are stored, to be used from a moment :data:`SETTLES` seconds ahead. By then every
   process has read them, because it looks every :data:`~core.storage.keys.master_key.LOOK_EVERY` seconds.
2. From that moment everybody seals with the new key. What a process had begun with the former one
   is written before its transaction ends: the command waits for the last that began before.
3. What is sealed with a former key is sealed anew; when nothing is left, the former key ends.

A run that was cut off is simply run again: a key made less than :data:`RECENT` ago is not made
once more, and everything goes on where it stopped.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

import sqlalchemy as sa

from core.base import clock
from core.base.audit_actions import CoreAction
from core.base.scope import current_force_id
from core.storage import ciphers
from core.storage.ciphers import KeyProblem
from core.storage.db import db, lock, read
from core.storage.keys import key_ends, resealing
from core.storage.keys.key_ends import Note
from core.storage.keys.keyring import (
    ERASED,
    ForceKey,
    force_keys,
    look,
    masters,
    new_row,
    unwrapped,
)
from core.storage.keys.master_key import (
    LOOK_EVERY,
    FileKey,
    KeyFile,
    current,
    read_key_file,
    replace_key_file,
)
from core.storage.keys.purposes import DATA, PURPOSES, OpenKey

CLOCKS_DIFFER = timedelta(seconds=2)  # between the machines that serve, at most
SETTLES = timedelta(seconds=LOOK_EVERY) + CLOCKS_DIFFER
RECENT = timedelta(hours=1)
SIGNED_FOR = timedelta(hours=12)  # what a former session key signed is taken no longer
PASSES = 50
WAITS = 120.0  # seconds for transactions of before; the database ends idle ones after 60

Done = Callable[[int], object]


@dataclass
class Rotated:
    """What was done at one force."""

    made: list[str] = field(default_factory=list)  # purposes
    sealed: int = 0
    hashed: int = 0
    ended: Counter[str] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)  # former keys that are still needed
    unreadable: Counter[str] = field(default_factory=Counter)


def purposes_of(groups: Iterable[str]) -> list[str]:
    return [one.name for one in PURPOSES.values() if one.group in set(groups)]


# --- 1. new keys ----------------------------------------------------------------------------


def is_recent(made_at: datetime) -> bool:
    return clock.now() - made_at < RECENT


def make_keys(
    purposes: Iterable[str], *, note: Note, again: bool = False, files: Iterable[str] = ()
) -> list[str]:
    """New keys of the force in scope, for the caller to commit; for which purposes.

    None for a purpose whose newest key is recent, unless *again*. ``files``: what the force's audit
    is told of beside: new keys of the whole installation. ``note`` writes the audit.
    """
    lock("keys")
    held = look()
    due = [one for one in purposes if again or not is_recent(held.chains[one][0].made_at)]
    starts_at = clock.now() + SETTLES
    db.session.add_all(ForceKey(**new_row(held.force, one, starts_at)) for one in due)
    if told := [*files, *due]:
        note(CoreAction.KEYS_MADE, purposes=told)
    db.session.flush()
    look()  # nothing is made with them before everybody has looked again
    return due


def used_by_all_from(purposes: Iterable[str]) -> datetime:
    """The moment after which nobody begins anything with a former key of the force in scope."""
    return max(force_keys().chains[one][0].starts_at for one in purposes) + CLOCKS_DIFFER


# --- 2. and 3. what the former keys made --------------------------------------------------------


def finish(purposes: Iterable[str], rotated: Rotated, done: Done, note: Note) -> None:
    """Make anew what former keys made, and end those that nothing needs any more. ``note`` audits it.

    ``done`` hears after each part how many values it had, and commits it: what comes next builds on it.
    """
    purposes = list(purposes)
    if DATA in purposes and len(look().chains[DATA]) > 1:
        _finish_data(rotated, done, note)
    if "feed" in purposes and len(force_keys().chains["feed"]) > 1:
        _finish_digests(rotated, done, note)
    for purpose in purposes:
        _end(key_ends.outlived(force_keys().chains[purpose]), rotated, done, note)
        rotated.kept[purpose] = len(look().chains[purpose]) - 1


def _finish_data(rotated: Rotated, done: Done, note: Note) -> None:
    def one_pass() -> int:
        walked = resealing.seal_anew(done)
        rotated.sealed += walked.done
        rotated.unreadable = walked.unreadable
        return resealing.waiting() - walked.unreadable.total()

    one_pass()  # most of the work, while the last transactions of before come to their end
    _wait_for_earlier([DATA])
    if _again_until_none(one_pass):
        # Counted again, with what did not open: a key goes only when nothing at all is under it.
        still = {key_id for _, key_id in resealing.counted()}
        _end([one for one in _former(DATA) if one.key_id not in still], rotated, done, note)


def _finish_digests(rotated: Rotated, done: Done, note: Note) -> None:
    def one_pass() -> int:
        walked = resealing.hash_anew(done)
        rotated.hashed += walked.done
        return resealing.old_digests() - walked.unreadable.total()

    _wait_for_earlier(["feed"])
    if _again_until_none(one_pass) and resealing.old_digests() == 0:
        _end(_former("feed"), rotated, done, note)


def _end(former: Iterable[OpenKey], rotated: Rotated, done: Done, note: Note) -> None:
    rotated.ended += key_ends.end(former, note)
    done(0)


def _former(purpose: str) -> tuple[OpenKey, ...]:
    """Keys from before the present one. Somebody else may just have made the next."""
    chain = force_keys().chains[purpose]
    return chain[1 + chain.index(force_keys().key_at(purpose)):]


def _again_until_none(one_pass: Callable[[], int]) -> bool:
    """A row that somebody is at work with is passed over: its turn is the next pass."""
    for _ in range(PASSES):
        if one_pass() <= 0:
            return True
        time.sleep(0.1)
    return False


def _wait_for_earlier(purposes: list[str]) -> None:
    """Until all that may have been begun with a former key is written, or undone."""
    moment, deadline = used_by_all_from(purposes), time.monotonic() + WAITS
    while True:
        # Rolled back each time: within one transaction PostgreSQL shows the same activity for ever.
        oldest = oldest_transaction()
        db.session.rollback()
        if clock.now() > moment and (oldest is None or oldest > moment):
            return
        if time.monotonic() > deadline:
            raise KeyProblem(
                f"{current_force_id()}: somebody has been at work since {oldest}; the new keys are "
                "in use and nothing is lost. Run `trackmycrime keys rotate` again to finish"
            )
        time.sleep(0.1)


_activity = sa.table("pg_stat_activity", *(
    sa.column(name) for name in ("datname", "usename", "pid", "xact_start")))
OLDEST = sa.select(sa.func.min(_activity.c.xact_start, type_=sa.DateTime(timezone=True))).where(
    _activity.c.datname == sa.func.current_database(),
    # A backup in progress runs as another role, for hours, and seals nothing.
    _activity.c.usename == sa.literal_column("current_user"),
    _activity.c.pid != sa.func.pg_backend_pid(),
)


def oldest_transaction() -> datetime | None:
    """When the oldest transaction of any serving process, but this one, began (UTC)."""
    found: datetime | None = read(OLDEST).scalar()
    return found


# --- keys in files --------------------------------------------------------------------------


def add_key_to_file(file: KeyFile, *, lasts: timedelta | None = None, again: bool = False) -> bool:
    """A new key in *file*, to be used by all from a moment ahead; whether there is one.

    ``lasts``: for how long after its successor came into use a former key is of use; None: always.
    Raises :class:`KeyProblem` when the file cannot be written.
    """
    assert file.path
    there = read_key_file(file.path)
    if not again and is_recent(there[0].starts_at):
        return False
    new = FileKey(ciphers.new_key(), clock.now() + SETTLES)
    replace_key_file(file.path, [new, *(_still_of_use(there, lasts) if lasts else there)])
    file.read_again()
    return True


def _still_of_use(there: list[FileKey], lasts: timedelta) -> list[FileKey]:
    kept = there[:1]
    for newer, former in pairwise(there):
        if newer.starts_at + lasts > clock.now():
            kept.append(former)
    return kept


def wrap_anew() -> int:
    """The keys of the force in scope under the newest master key; how many were not. The caller commits."""
    master, count = masters().in_use()[0], 0
    stored = sa.select(ForceKey).where(ForceKey.purpose != ERASED).with_for_update()
    # Locked: of two runs at once, one would wrap with what is the newest no more.
    for row in db.session.scalars(stored):
        if ciphers.unwrap(master, row.force, row.purpose, row.key_id, row.wrapped) is None:
            row.wrapped = ciphers.wrap(master, row.force, row.purpose, row.key_id,
                                      unwrapped(row.force, row))
            count += 1
    return count


def put_former_aside(file: KeyFile) -> int:
    """Master keys that wrap nothing any more go into ``<file>.former``, for backups that need them."""
    assert file.path
    there = read_key_file(file.path)
    newest = current(there)
    former = there[there.index(newest) + 1:]
    if former:
        beside = file.path.resolve().with_name(f"{file.path.name}.former")
        older = read_key_file(beside) if beside.exists() and beside.stat().st_size else []
        kept = [*former, *(one for one in older if one not in former)]
        # There first, then out of here: a power cut in between leaves a key in both, never in neither.
        replace_key_file(beside, kept, like=file.path)
        replace_key_file(file.path, there[: there.index(newest) + 1])
        file.read_again()
    return len(former)


def seconds_until(moment: datetime) -> float:
    return max(0.0, (moment - clock.now()).total_seconds())
