"""What the models say and the tables have not: somebody changed a model and forgot the step.

Asked at every start, so without Alembic. Indexes are not looked at: those that are missing are made
(``indexes.py``). What tables have beyond the models is told only where no row could be added.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

COLUMNS = """
SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull,
       a.atthasdef OR a.attidentity <> '' AS filled
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0
  AND NOT a.attisdropped AND c.relname = ANY (:tables)
"""
# u: unique, f: foreign key, with the table it leads to. The primary key of every table is the core's.
KEYS = """
SELECT c.relname, k.contype, coalesce(o.relname, '') AS leads_to,
       (SELECT array_agg(a.attname::text) FROM pg_attribute a
        WHERE a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey)) AS columns
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid LEFT JOIN pg_class o ON o.oid = k.confrelid
WHERE c.relnamespace = current_schema()::regnamespace AND k.contype IN ('u', 'f')
  AND c.relname = ANY (:tables)
"""
UNIQUE_INDEXES = """
SELECT c.relname, (SELECT array_agg(a.attname::text) FROM pg_attribute a
                   WHERE a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)) AS columns
FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
WHERE c.relnamespace = current_schema()::regnamespace AND i.indisunique AND i.indpred IS NULL
  AND i.indexprs IS NULL AND c.relname = ANY (:tables)
"""
# A name of a type as PostgreSQL itself writes it; to_regtype forgets the length, which is told apart.
NAMED = """
SELECT wanted, format_type(to_regtype(wanted)::oid, NULL) AS name
FROM unnest(CAST(:types AS text[])) AS wanted
"""

Key = tuple[str, frozenset[str], str]


@dataclass(frozen=True)
class _There:
    """What the database has of some tables: by table and column, and by table."""

    columns: Mapping[str, Mapping[str, Any]]
    keys: Mapping[str, set[Key]]
    types: Mapping[str, str]


def drift(connection: sa.Connection, tables: Iterable[sa.Table]) -> list[str]:
    """What differs, a few words each; nothing when the tables are as the models say."""
    wanted = sorted(tables, key=lambda table: table.name)
    if not wanted:
        return []
    there = _there(connection, wanted)
    return [said for table in wanted for said in _of_table(table, there, connection)]


def _there(connection: sa.Connection, tables: list[sa.Table]) -> _There:
    names = {"tables": [table.name for table in tables]}
    columns: dict[str, dict[str, Any]] = defaultdict(dict)
    for row in connection.execute(sa.text(COLUMNS), names):
        columns[row.relname][row.attname] = row
    keys: dict[str, set[Key]] = defaultdict(set)
    for row in connection.execute(sa.text(KEYS), names):
        keys[row.relname].add((row.contype, frozenset(row.columns), row.leads_to))
    for row in connection.execute(sa.text(UNIQUE_INDEXES), names):
        keys[row.relname].add(("u", frozenset(row.columns or ()), ""))
    types = {_type_of(column, connection) for table in tables for column in table.columns}
    rows = connection.execute(sa.text(NAMED), {"types": sorted(types)})
    return _There(columns, keys, {row.wanted: row.name for row in rows})


def _type_of(column: sa.Column[Any], connection: sa.Connection) -> str:
    return column.type.compile(connection.dialect)


def _parts(type_name: str) -> tuple[str, str]:
    """The name of a type, and its length or precision."""
    within = "".join(re.findall(r"\(([^()]*)\)", type_name))
    return re.sub(r"\([^()]*\)", "", type_name), within.replace(" ", "")


def _of_table(table: sa.Table, there: _There, connection: sa.Connection) -> Iterator[str]:
    columns = there.columns.get(table.name)
    if columns is None:
        yield f"the table {table.name} is not there"
        return
    for column in table.columns:
        if column.name not in columns:
            yield f"the table {table.name} has no column {column.name}"
            continue
        found, wanted = columns[column.name], _type_of(column, connection)
        if _parts(found.type) != (there.types[wanted], _parts(wanted)[1]):
            yield f"{table.name}.{column.name} is {found.type}, and its model says {wanted.lower()}"
        if found.attnotnull is bool(column.nullable):
            yield (f"{table.name}.{column.name} {'must' if found.attnotnull else 'need not'} be filled in, "
                   f"and its model says it {'need not' if found.attnotnull else 'must'}")
    for name, found in columns.items():
        if name not in table.columns and found.attnotnull and not found.filled:
            yield f"{table.name}.{name} must be filled in, and its model has no such column"
    for key in sorted(_keys_of(table) - there.keys.get(table.name, set()), key=str):
        yield f"the table {table.name} has no {_key_text(key)}"


def _keys_of(table: sa.Table) -> set[Key]:
    found: set[Key] = set()
    for key in table.constraints:
        if isinstance(key, sa.ForeignKeyConstraint):
            found.add(("f", frozenset(key.column_keys), key.referred_table.name))
        elif isinstance(key, sa.UniqueConstraint):
            found.add(("u", frozenset(column.name for column in key.columns), ""))
    return found


def _key_text(key: Key) -> str:
    kind, columns, leads_to = key
    over = ", ".join(sorted(columns))
    return f"unique key over {over}" if kind == "u" else f"foreign key over {over} to {leads_to}"
