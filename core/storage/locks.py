"""Locks of a force that nobody waits long for. They are held until the transaction ends."""

from __future__ import annotations

from collections.abc import Sequence

import psycopg
import sqlalchemy as sa

from core.storage import prepared
from core.storage.db import LOCK_TIMEOUT, db, session_connection
from core.storage.row_guard import HELD

# PostgreSQL looks at the places one after the other, and at no more than it needs.
TRY = """SELECT (SELECT true FROM generate_series(1, %(places)s) AS place WHERE
pg_try_advisory_xact_lock(hashtextextended(%(name)s || '/' || place, 0)) LIMIT 1)"""
# CASE asks for the second only when the first is held: each stays held until the transaction ends.
BOTH_NOW = """SELECT CASE WHEN NOT pg_try_advisory_xact_lock(hashtextextended(%(first)s, 0)) THEN 0
WHEN pg_try_advisory_xact_lock(hashtextextended(%(second)s, 0)) THEN 2 ELSE 1 END"""
# One trip instead of four: PostgreSQL works a list off from left to right.
BOTH_SOON = """SELECT set_config('lock_timeout', %(within)s, true),
pg_advisory_xact_lock(hashtextextended(%(first)s, 0)),
pg_advisory_xact_lock(hashtextextended(%(second)s, 0)),
set_config('lock_timeout', %(after)s, true)"""

EACH = "SELECT pg_advisory_xact_lock(hashtextextended(name, 0)) FROM unnest(%(names)s::text[]) AS name"


class LockBusy(RuntimeError):
    """A lock was not to be had soon. The transaction can only be rolled back."""


def lock_now(first: str, second: str) -> int:
    """As :func:`core.storage.lock`, *first* and then *second*, without waiting: how many are held now."""
    connection, names = _names(first, second)
    held = int(prepared.ask(connection, BOTH_NOW, {"first": names[0], "second": names[1]}))
    _remember(names[:held])
    return held


def lock_soon(first: str, second: str, *, within: float) -> None:
    """As :func:`core.storage.lock`, *first*, then *second*; raises LockBusy after *within* seconds each."""
    connection, names = _names(first, second)
    if set(names) <= set(db.session().info.get(HELD, ())):
        return
    try:
        prepared.tell(connection, BOTH_SOON, {
            "within": str(int(within * 1000)), "first": names[0], "second": names[1], "after": LOCK_TIMEOUT})
    except sa.exc.OperationalError as error:
        if isinstance(error.orig, psycopg.errors.LockNotAvailable):
            raise LockBusy(first, second) from None
        raise
    _remember(names)


def lock_each(names: Sequence[str]) -> None:
    """As :func:`core.storage.lock` for all of *names*, in their order, in one trip."""
    connection, named = _names(*names)
    prepared.tell(connection, EACH, {"names": list(named)})


def _names(*names: str) -> tuple[sa.Connection, tuple[str, ...]]:
    """The connection that asks for locks of so many names, and how they are called for its force."""
    connection, force = session_connection()
    return connection, tuple(f"{force}/{name}" for name in names)


def _remember(names: tuple[str, ...]) -> None:
    """Until the transaction ends; what a part of one holds may be undone with the part."""
    if not db.session().in_nested_transaction():
        db.session().info[HELD] = names


def take_place(name: str, places: int) -> bool:
    """Hold one of so many *places*, ``name/1`` and so on; False, at once, when others hold them all."""
    connection, [name] = _names(name)
    return bool(prepared.ask(connection, TRY, {"name": name, "places": places}))
