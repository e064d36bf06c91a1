"""Who has a notice in hand: a process has a number, and lives while it holds the lock of that number.

PostgreSQL lets go of the lock when the connection that took it ends: at once when the process is killed,
within half a minute when its machine is gone.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Lock
from uuid import UUID

import sqlalchemy as sa

from core.base.installation import State
from core.storage.db import connect_args, db, read
from core.storage.prepared import is_ended

# of a machine that is gone the server itself hears within half a minute
NOTICED_SOON = " -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"
# After a restart of the database every lock is gone until its holder is back.
GRACE = timedelta(seconds=15)
ALIVE = sa.select(
    (~sa.func.pg_try_advisory_xact_lock_shared(sa.bindparam("number", type_=sa.BigInteger))).label("held"),
    (sa.func.pg_postmaster_start_time() > sa.func.now() - sa.bindparam("grace", type_=sa.Interval))
    .label("young"),
)


class Holder:
    """An advisory lock that is held for as long as this process and the database run."""

    def __init__(self, engine: sa.Engine, number: int) -> None:
        self._engine = sa.create_engine(
            engine.url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT", hide_parameters=True,
            connect_args=connect_args(NOTICED_SOON),
        )
        self._number = number
        self._connection: sa.Connection | None = None

    def keep(self) -> None:
        """Take the lock, if it is not held; as soon as the server knows that a former connection ended."""
        if self._connection is not None:
            if not is_ended(self._connection.connection.driver_connection):
                return
            self.close()
        connection = self._engine.connect()
        if connection.scalar(sa.select(sa.func.pg_try_advisory_lock(self._number))):
            self._connection = connection
        else:
            connection.close()

    def close(self) -> None:
        """Let go."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class Presence:
    """This process, to the others; and the notices that its threads have in hand."""

    def __init__(self) -> None:
        self.number = secrets.randbelow(2**63 - 1) + 1
        self.in_hand: set[UUID] = set()
        self._holders: dict[sa.Engine, Holder] = {}
        self._lock = Lock()

    def keep(self) -> None:
        """Hold the lock in the database of the force in scope, anew where it was restarted."""
        engine = db.session.get_bind()
        assert isinstance(engine, sa.Engine)
        with self._lock:
            holder = self._holders.setdefault(engine, Holder(engine, self.number))
            holder.keep()

    def close(self) -> None:
        """Let go of every lock: what is in hand is in nobody's any more."""
        with self._lock:
            for holder in self._holders.values():
                holder.close()
            self._holders.clear()

    @contextmanager
    def holding(self, notice: UUID) -> Iterator[bool]:
        """One of our threads has it in hand for as long as the block lasts; False if another has."""
        with self._lock:
            free = notice not in self.in_hand
            self.in_hand.add(notice)
        try:
            yield free
        finally:
            if free:
                self.in_hand.discard(notice)

    def is_held(self, by: int) -> bool:
        """Whether the process with this number still has what it had in hand.

        Of our own we would not ask if one of our threads still had it.
        """
        if by == self.number:
            return False
        row = read(ALIVE, number=by, grace=GRACE).one()
        return bool(row.held or row.young)


PRESENCE = State("presence", Presence)


def presence() -> Presence:
    """This process's own."""
    return PRESENCE.get()
