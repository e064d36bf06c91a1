"""Statements compiled once and run on the driver itself.

The way from a prebuilt Core statement through SQLAlchemy to psycopg costs four times what the
driver needs, at every statement of every page. Only :mod:`core.storage.db` runs these, behind its walls.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from select import POLLIN, poll
from typing import Any

import psycopg
import psycopg.sql
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.engine.result import IteratorResult, SimpleResultMetaData

CURSOR = "tmc_cursor"
TOGETHER = "tmc_together"


def own_name() -> str:
    """What PostgreSQL knows the connections of this process by."""
    return f"trackmycrime {os.getpid()} {socket.gethostname()}"[:63]


@dataclass(frozen=True, slots=True)
class Statement:
    """The driver's text, the values it holds already, and what SQLAlchemy's types do to others."""

    sql: str
    given: Mapping[str, Any]
    convert: Sequence[tuple[str, Callable[[Any], Any]]]
    shape: SimpleResultMetaData | None

    def filled(self, values: Mapping[str, Any]) -> dict[str, Any]:
        full = {**self.given, **values}
        for name, convert in self.convert:
            full[name] = convert(full[name])
        return full


def compile_read(statement: Any, dialect: Dialect) -> Statement | None:
    """None for what only SQLAlchemy can run: lists spread out in ``IN``, values of types of its own."""
    compiled = statement.compile(dialect=dialect)
    for column in statement.selected_columns:
        if not _as_the_driver_gives_it(column.type, dialect):
            return None
    return _statement(compiled, SimpleResultMetaData([c.key for c in statement.selected_columns]))


def _as_the_driver_gives_it(kind: Any, dialect: Dialect) -> bool:
    """psycopg makes lists of arrays by itself, so only what is in them may need SQLAlchemy."""
    inner = kind.item_type if isinstance(kind, sa.ARRAY) else kind
    return inner.dialect_impl(dialect).result_processor(dialect, None) is None


def compile_insert(table: sa.Table, columns: Iterable[str], dialect: Dialect) -> Statement | None:
    """None when SQLAlchemy has defaults to fill in."""
    named = {name: sa.bindparam(name, type_=table.c[name].type) for name in columns}
    compiled = sa.insert(table).values(named).compile(dialect=dialect)
    return None if compiled.insert_prefetch else _statement(compiled, None)


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

    return _many(table, columns, dialect, insert)


def compile_update_many(
    table: sa.Table, columns: Sequence[str], dialect: Dialect
) -> ManyRows | None:
    """Of rows by ``force`` and ``id``. None as for :func:`compile_insert_many`."""
    def update(given: Any) -> Any:
        return sa.update(table).values({name: given[name] for name in columns}).where(
            table.c.force == given.force, table.c.id == given.id)

    return _many(table, ["force", "id", *columns], dialect, update)


def _many(
    table: sa.Table, columns: Sequence[str], dialect: Dialect, statement: Callable[[Any], Any]
) -> ManyRows | None:
    kinds = {name: table.c[name].type for name in columns}
    written = [(name, how) for name, kind in kinds.items() if (how := _written(kind))]
    if len(written) < len(kinds):
        return None
    rows = sa.func.json_to_recordset(sa.cast(sa.bindparam("rows", type_=sa.Text), postgresql.JSON))
    given = rows.table_valued(*(sa.column(name, kind) for name, kind in kinds.items()))
    compiled = statement(given.render_derived(name="given", with_types=True).c).compile(dialect=dialect)
    as_json = [name for name, kind in kinds.items() if isinstance(kind, sa.JSON)]
    return ManyRows(str(compiled), written, as_json, bool(compiled.effective_returning))


_encoded = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _as_it_is(value: Any) -> Any:
    return value


_WRITTEN: Sequence[tuple[tuple[type[Any], ...], Callable[[Any], Any]]] = (
    ((sa.Uuid,), str),
    ((sa.DateTime, sa.Date, sa.Time), lambda value: value.isoformat()),
    ((sa.LargeBinary,), lambda value: "\\x" + value.hex()),
    ((sa.String, sa.Boolean, sa.Integer, sa.JSON), _as_it_is),
)


def _written(kind: Any) -> Callable[[Any], Any] | None:
    if isinstance(kind, sa.ARRAY):
        inner = _written(kind.item_type)
        if inner is None or inner is _as_it_is or isinstance(kind.item_type, sa.JSON):
            return inner
        return lambda values: [inner(one) for one in values]
    return next((written for kinds, written in _WRITTEN
                 if isinstance(kind, kinds) and not isinstance(kind, sa.types.TypeDecorator | sa.Enum)), None)


def compile_update(table: sa.Table, columns: Iterable[str], dialect: Dialect) -> Statement | None:
    """Values and key are called ``b_<column>``."""
    statement = (
        sa.update(table)
        .where(table.c.force == sa.bindparam("b_force"), table.c.id == sa.bindparam("b_id"))
        .values({name: sa.bindparam(f"b_{name}", type_=table.c[name].type) for name in columns})
    )
    return _statement(statement.compile(dialect=dialect), None)


def compile_change(statement: sa.Update, dialect: Dialect) -> Statement:
    """Of an update whose values are written out (no lists spread out in ``IN``)."""
    compiled = _statement(statement.compile(dialect=dialect), None)
    assert compiled
    return compiled


def _statement(compiled: Any, shape: SimpleResultMetaData | None) -> Statement | None:
    if compiled.post_compile_params or compiled.literal_execute_params:
        return None
    given = {key: bind.value for key, bind in compiled.binds.items() if not bind.required}
    return Statement(str(compiled), given, tuple(compiled._bind_processors.items()), shape)


def begin(connection: sa.Connection, sql: str, value: str) -> None:
    """Begin the transaction with ``sql % value``, a literal, in one round trip.

    psycopg would begin by itself, in a round trip of its own before the first statement.
    """
    driver: Any = connection.connection.driver_connection
    literal = psycopg.sql.quote(value, driver)
    try:
        told = driver.pgconn.exec_(f"BEGIN; {sql % literal}".encode())
        if told.status != psycopg.pq.ExecStatus.TUPLES_OK:
            raise psycopg.errors.error_from_result(told)
    except psycopg.Error as error:
        raise explained(connection, sql, error) from error


def run(
    connection: sa.Connection, statement: Statement, values: Mapping[str, Any]
) -> sa.Result[Any]:
    """The rows of a read."""
    assert statement.shape
    cursor = cursor_of(connection)
    try:
        cursor.execute(statement.sql, statement.filled(values))
        rows = cursor.fetchall()
    except psycopg.Error as error:
        raise explained(connection, statement.sql, error) from error
    return IteratorResult(statement.shape, iter(rows))


def any_rows(
    connection: sa.Connection, sql: str, asked: Iterable[tuple[str, Statement, Mapping[str, Any]]]
) -> list[bool]:
    """Whether each read has a row, after ``sql % (force,)`` was said before it; one round trip."""
    driver: Any = connection.connection.driver_connection
    try:
        with driver.pipeline():
            cursors = []
            for force, statement, values in asked:
                driver.execute(sql, (force,))
                cursors.append(driver.cursor())
                cursors[-1].execute(statement.sql, statement.filled(values))
            return [cursor.fetchone() is not None for cursor in cursors]
    except psycopg.Error as error:
        raise explained(connection, sql, error) from error


def tell(connection: sa.Connection, sql: str, values: Mapping[str, Any]) -> None:
    """Run a statement whose answer nobody reads."""
    try:
        cursor_of(connection).execute(sql, values)
    except psycopg.Error as error:
        raise explained(connection, sql, error) from error


def ask(connection: sa.Connection, sql: str, values: Mapping[str, Any]) -> Any:
    """The one value that a statement answers."""
    cursor = cursor_of(connection)
    try:
        [value] = cursor.execute(sql, values).fetchone() or [None]
    except psycopg.Error as error:
        raise explained(connection, sql, error) from error
    return value


def count(connection: sa.Connection, statement: Statement, values: Mapping[str, Any]) -> int:
    """How many rows it changed."""
    cursor = cursor_of(connection)
    try:
        return cursor.execute(statement.sql, statement.filled(values)).rowcount
    except psycopg.Error as error:
        raise explained(connection, statement.sql, error) from error


def run_many(
    connection: sa.Connection, statement: Statement, rows: Sequence[Mapping[str, Any]]
) -> None:
    cursor = cursor_of(connection)
    try:
        if len(rows) == 1:
            cursor.execute(statement.sql, statement.filled(rows[0]))
        else:
            cursor.executemany(statement.sql, [statement.filled(row) for row in rows])
    except psycopg.Error as error:
        raise explained(connection, statement.sql, error) from error


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


@contextmanager
def together(connection: sa.Connection) -> Iterator[None]:
    """What is run within goes out without waiting for what went before (libpq's pipeline mode); what
    failed is raised by the next statement or at the end."""
    driver: Any = connection.connection.driver_connection
    try:
        with driver.pipeline():
            connection.info[TOGETHER] = True
            try:
                yield
            finally:
                connection.info.pop(TOGETHER, None)
    except psycopg.Error as error:
        raise explained(connection, "", error) from error


def cursor_of(connection: sa.Connection) -> psycopg.Cursor[Any]:
    """One cursor for each connection, kept: every result is fetched whole before the next. Of statements
    that go together each has its own, which its answer comes to."""
    cursor: psycopg.Cursor[Any] | None = connection.info.get(CURSOR)
    if cursor is None or connection.info.get(TOGETHER):
        driver: Any = connection.connection.driver_connection
        cursor = connection.info[CURSOR] = driver.cursor()
    return cursor


def explained(connection: sa.Connection, sql: str, error: psycopg.Error) -> Exception:
    """The driver's failure as SQLAlchemy names it; a broken connection leaves the pool."""
    broken: Any = connection.connection.driver_connection
    lost = bool(broken is None or broken.closed)
    if lost:
        connection.invalidate(error)
    return sa.exc.DBAPIError.instance(
        sql, None, error, psycopg.Error, hide_parameters=True, connection_invalidated=lost,
        dialect=connection.dialect,
    )


def is_ended(dbapi_connection: Any) -> bool:
    """Whether the server ended this idle connection."""
    look = poll()
    look.register(dbapi_connection.fileno(), POLLIN)
    return bool(look.poll(0))
