"""Many rows that go to the database as one value: see docs/decisions/0034-many-rows-as-one-value.md."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Dialect

from core.storage.prepared import compile_insert, cursor_of, explained


@dataclass(frozen=True, slots=True)
class ManyRows:
    """Rows that go to the database as one value, which costs half of a statement for each row.

    ``columns``: each with how its values are written in JSON; ``as_json``: those that are JSON themselves;
    ``answers``: whether it tells the ids of the rows that went in.
    """

    sql: str
    columns: Sequence[tuple[str, Callable[[Any], Any]]]
    as_json: Sequence[str]
    answers: bool

    def filled(self, rows: Sequence[Mapping[str, Any]]) -> str | None:
        """None for what would be another thing: a JSON null is no NULL."""
        if any(row[name] is None for name in self.as_json for row in rows):
            return None
        return _encoded([
            {name: value if (value := row[name]) is None or written is _as_it_is else written(value)
             for name, written in self.columns}
            for row in rows
        ])


def compile_insert_many(
    table: sa.Table, columns: Sequence[str], dialect: Dialect, skip_existing: Sequence[str] = ()
) -> ManyRows | None:
    """None when there is a column whose values JSON does not carry, or SQLAlchemy has defaults to fill in.

    With *skip_existing* (a unique key) it answers the ids of the rows that were not there.
    """
    if compile_insert(table, columns, dialect) is None:
        return None

    def insert(given: Any) -> Any:
        made = postgresql.insert(table).from_select(list(columns), sa.select(*given), include_defaults=False)
        if not skip_existing:
            return made
        return made.on_conflict_do_nothing(index_elements=skip_existing).returning(table.c.id)

    return _many(table, columns, dialect, insert, answers=bool(skip_existing))


def compile_update_many(
    table: sa.Table, columns: Sequence[str], dialect: Dialect
) -> ManyRows | None:
    """Of rows by ``force`` and ``id``. None as for :func:`compile_insert_many`."""
    def update(given: Any) -> Any:
        return sa.update(table).values({name: given[name] for name in columns}).where(
            table.c.force == given.force, table.c.id == given.id)

    return _many(table, ["force", "id", *columns], dialect, update)


def _many(
    table: sa.Table, columns: Sequence[str], dialect: Dialect, statement: Callable[[Any], Any], *,
    answers: bool = False,
) -> ManyRows | None:
    kinds = {name: table.c[name].type for name in columns}
    written = [(name, how) for name, kind in kinds.items() if (how := _written(kind))]
    if len(written) < len(kinds):
        return None
    rows = sa.func.json_to_recordset(sa.cast(sa.bindparam("rows", type_=sa.Text), postgresql.JSON))
    given = rows.table_valued(*(sa.column(name, kind) for name, kind in kinds.items()))
    compiled = statement(given.render_derived(name="given", with_types=True).c).compile(dialect=dialect)
    as_json = [name for name, kind in kinds.items() if isinstance(kind, sa.JSON)]
    return ManyRows(str(compiled), written, as_json, answers)


_encoded = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _as_it_is(value: Any) -> Any:
    return value


_WRITTEN: Sequence[tuple[tuple[type[Any], ...], Callable[[Any], Any]]] = (
    ((sa.Uuid,), str),
    ((sa.DateTime, sa.Date, sa.Time), lambda value: value.isoformat()),
    # As PostgreSQL itself writes bytes in text.
    ((sa.LargeBinary,), lambda value: "\\x" + value.hex()),
    ((sa.String, sa.Boolean, sa.Integer, sa.JSON), _as_it_is),
)


def _written(kind: Any) -> Callable[[Any], Any] | None:
    if isinstance(kind, sa.ARRAY):
        inner = _written(kind.item_type)
        if inner is None or inner is _as_it_is or isinstance(kind.item_type, sa.JSON):
            return inner
        return lambda values: [inner(one) for one in values]
    # Not those that have code of their own for their values: JSON would carry them past it.
    return next((written for kinds, written in _WRITTEN
                 if isinstance(kind, kinds) and not isinstance(kind, sa.types.TypeDecorator | sa.Enum)), None)


def run_at_once(
    connection: sa.Connection, statement: ManyRows, rows: Sequence[Mapping[str, Any]]
) -> list[Any] | None:
    """The ids that it answers, if any; None, and nothing done, for rows that go one by one only."""
    value = statement.filled(rows)
    if value is None:
        return None
    cursor = cursor_of(connection)
    try:
        cursor.execute(statement.sql, {"rows": value})
        return [row[0] for row in cursor.fetchall()] if statement.answers else []
    except psycopg.Error as error:
        raise explained(connection, statement.sql, error) from error
