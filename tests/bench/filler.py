"""Multiplies what a database holds, in PostgreSQL itself: a million cases in minutes.

Every row of one force is copied *copies* times, each copy with its own ids, references, officers,
units and people, so that whatever hangs together does so in each copy. Times are spread over the
year before yesterday. What is sealed is copied as it is and opens at the first rows only: pages are asked for
those, in the midst of all others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import cast

import sqlalchemy as sa
from sqlalchemy.schema import CreateIndex

from core.storage.row_guard import Base

# Keys, and what there is one of for each force, are not made more.
LEFT = {"force_key", "audit_head", "record_feed_key", "erased_case", "outgoing"}
# Told by the record system, in the time of the seed; all other times are those of the taking in.
TOLD = {"happened_at", "reported_at", "occurred_from", "occurred_to", "latest_at"}
SAME_AS_KEYS = {"subject_key", "crime_reference", "unit_key"}
LAST_YEAR = 360  # days
BODIES = 90  # days for which a steady portal keeps them
# What lists and jobs open of everybody at once is left empty in the copies.
NOT_COPIED = {"staff": {"name_sealed", "email_sealed", "collar_number_sealed", "unit_sealed"},
              "oversight_break_glass": {"words_sealed"}}
ID = "encode(overlay(uuid_send({0}) PLACING int4send(k) FROM 13), 'hex')::uuid"


def fill(superuser: str, *, copies: int, forces: Sequence[str], before: float) -> None:
    """Copy every row of the first of *forces* *copies* times, to all of them in turn.

    ``before``: by how many days what the record system told is older than its taking in.
    """
    engine = sa.create_engine(superuser)
    with engine.begin() as connection:
        connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
        connection.execute(sa.text("SET LOCAL maintenance_work_mem = '512MB'"))
        tables = [table for table in Base.metadata.sorted_tables if table.name not in LEFT]
        for table in tables:
            _copy(connection, table, copies, forces, before)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("VACUUM ANALYZE"))
        connection.execute(sa.text("CHECKPOINT"))
    engine.dispose()


def _copy(
    connection: sa.Connection, table: sa.Table, copies: int, forces: Sequence[str], before: float
) -> None:
    """Without the plain indexes, which are made again at the end: half the time for many rows."""
    values = {"copies": copies, "forces": list(forces), "before": before, "home": forces[0]}
    dropped = [index for index in table.indexes if not index.unique]
    for index in dropped:
        connection.execute(sa.text(f"DROP INDEX {index.name}"))
    columns = dict(columns_of(table))
    connection.execute(sa.text(
        f"INSERT INTO {table.name} ({', '.join(columns)}) SELECT {', '.join(columns.values())} "
        f"FROM (SELECT * FROM {table.name} WHERE force = :home ORDER BY id) t "
        "CROSS JOIN generate_series(1, :copies) k"), values)
    for index in dropped:
        connection.execute(CreateIndex(index))


def columns_of(table: sa.Table) -> Iterator[tuple[str, str]]:
    """Each column and what a copy has in it."""
    unique = {
        column.name for group in (*table.constraints, *table.indexes)
        if isinstance(group, sa.UniqueConstraint) or getattr(group, "unique", False)
        for column in cast(sa.UniqueConstraint, group).columns
    }
    for column in table.columns:
        yield column.name, _of(column, apart=column.name in unique | SAME_AS_KEYS)


def _of(column: sa.Column[object], *, apart: bool) -> str:
    name, kind = f"t.{column.name}", column.type
    if column.name == "force":
        return "(CAST(:forces AS text[]))[1 + k % cardinality(CAST(:forces AS text[]))]"
    if isinstance(kind, sa.Uuid):
        return ID.format(name)
    if isinstance(kind, sa.DateTime):
        told = " + make_interval(hours => CAST(:before * 24 AS int))" if column.name in TOLD else ""
        return f"{name}{told} - make_interval(hours => 48 + {LAST_YEAR} * 24 * k / CAST(:copies AS int))"
    if column.name in NOT_COPIED.get(column.table.name, ()):
        return "NULL"
    if column.name == "body_sealed":
        return f"CASE WHEN {LAST_YEAR} * k < {BODIES} * CAST(:copies AS int) THEN {name} END"
    if apart and isinstance(kind, sa.Text):
        return f"{name} || '-' || k"
    if apart and isinstance(kind, sa.LargeBinary):
        return f"{name} || int4send(k)"
    if apart and isinstance(kind, sa.BigInteger):
        return f"{name} + CAST(k AS bigint) * 10000000"
    return name
