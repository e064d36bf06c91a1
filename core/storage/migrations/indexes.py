"""Indexes that the models have and the tables lack: made after the steps, while the portal serves.

``CREATE INDEX CONCURRENTLY`` locks nobody out, and therefore runs in no transaction with others: each
index is made by itself. One that was cut off stays behind as invalid, and is made anew.
"""

from __future__ import annotations

import time
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.schema import CreateIndex

WAITS = 600.0  # seconds for another command that is making indexes
# Valid indexes of the schema in use, and those that were cut off.
KNOWN = """
SELECT c.relname, i.indisvalid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE c.relnamespace = current_schema()::regnamespace
"""
TURN = "hashtextextended('tmc/indexes', 0)"


class NotMade(Exception):
    """An index could not be made; the text says which, why, and what to do."""


def missing(connection: sa.Connection, tables: Iterable[sa.Table]) -> list[sa.Index]:
    """The indexes of *tables*, of those that are there, that are not there or not valid; by name."""
    known = {row.relname: row.indisvalid for row in connection.execute(sa.text(KNOWN))}
    here = set(sa.inspect(connection).get_table_names())
    wanted = (index for table in tables if table.name in here for index in table.indexes)
    return sorted((one for one in wanted if not known.get(str(one.name))), key=lambda one: str(one.name))


def make_missing(owner_url: str, tables: Iterable[sa.Table]) -> list[str]:
    """Make them, each by itself; their names. Raises :class:`NotMade`."""
    engine = sa.create_engine(owner_url, isolation_level="AUTOCOMMIT")
    tables = list(tables)
    try:
        with engine.connect() as connection:
            if not missing(connection, tables):
                return []
            _take_turn(connection)
            made = missing(connection, tables)
            for index in made:
                _make(connection, index)
            return [str(index.name) for index in made]
    finally:
        engine.dispose()


def _take_turn(connection: sa.Connection) -> None:
    """Asked for again and again: who waits in a statement would be waited for by the one who makes."""
    deadline = time.monotonic() + WAITS
    while not connection.scalar(sa.text(f"SELECT pg_try_advisory_lock({TURN})")):
        if time.monotonic() > deadline:
            raise NotMade("another command has been making indexes for ten minutes: wait for it, "
                          "then run `trackmycrime schema upgrade` again")
        time.sleep(0.2)


def _make(connection: sa.Connection, index: sa.Index) -> None:
    name = connection.dialect.identifier_preparer.quote(str(index.name))
    create = str(CreateIndex(index).compile(dialect=connection.dialect))
    try:
        connection.execute(sa.text(f"DROP INDEX CONCURRENTLY IF EXISTS {name}"))
        connection.execute(sa.text(create.replace("INDEX", "INDEX CONCURRENTLY", 1)))
    except sa.exc.DBAPIError as failure:
        why = str(failure.orig).strip().splitlines()[0]
        raise NotMade(f"the index {index.name} could not be made: {why}. The steps are done and the "
                      "portal can serve; run `trackmycrime schema upgrade` again") from None
