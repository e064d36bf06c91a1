"""Locks of a force that nobody waits long for. They are held until the transaction ends."""

from __future__ import annotations

import psycopg
import sqlalchemy as sa

from core import statements
from core.db import LOCK, LOCK_TIMEOUT, session_connection
from core.scope import current_force_id

TRY = "SELECT pg_try_advisory_xact_lock(hashtextextended(%(name)s, 0))"
WITHIN = "SELECT set_config('lock_timeout', %(wait)s, true)"


class LockBusy(RuntimeError):
    """A lock was not to be had soon. The transaction can only be rolled back."""


def lock_soon(*names: str, within: float) -> None:
    """As :func:`core.db.lock`, one after the other. Raises LockBusy after *within* seconds for one."""
    connection, force = session_connection(), current_force_id()
    statements.tell(connection, WITHIN, {"wait": str(int(within * 1000))})
    try:
        for name in names:
            statements.tell(connection, LOCK, {"name": f"{force}/{name}"})
    except sa.exc.OperationalError as error:
        if isinstance(error.orig, psycopg.errors.LockNotAvailable):
            raise LockBusy(names) from None
        raise
    statements.tell(connection, WITHIN, {"wait": LOCK_TIMEOUT})


def try_lock(*names: str) -> bool:
    """Hold one of these locks; False, at once, when others hold them all."""
    connection, force = session_connection(), current_force_id()
    return any(statements.ask(connection, TRY, {"name": f"{force}/{name}"}) for name in names)
