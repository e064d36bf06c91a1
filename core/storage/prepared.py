"""Statements compiled once and run on the driver itself.

The way from a prebuilt Core statement through SQLAlchemy to psycopg costs four times what the
driver needs, at every statement of every page. Only :mod:`core.storage.db` runs these, behind its walls.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from select import POLLIN, poll
from typing import Any

import psycopg
import psycopg.sql
import sqlalchemy as sa
from sqlalchemy.engine import Dialect

from core.storage.result_rows import Columns, result_of

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
    columns: Columns | None

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
    return _statement(compiled, Columns([c.key for c in statement.selected_columns]))


def _as_the_driver_gives_it(kind: Any, dialect: Dialect) -> bool:
    """psycopg makes lists of arrays by itself, so only what is in them may need SQLAlchemy."""
    inner = kind.item_type if isinstance(kind, sa.ARRAY) else kind
    return inner.dialect_impl(dialect).result_processor(dialect, None) is None


def compile_insert(table: sa.Table, columns: Iterable[str], dialect: Dialect) -> Statement | None:
    """None when SQLAlchemy has defaults to fill in."""
    named = {name: sa.bindparam(name, type_=table.c[name].type) for name in columns}
    compiled = sa.insert(table).values(named).compile(dialect=dialect)
    return None if compiled.insert_prefetch else _statement(compiled, None)


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


def _statement(compiled: Any, columns: Columns | None) -> Statement | None:
    if compiled.post_compile_params or compiled.literal_execute_params:
        return None
    given = {key: bind.value for key, bind in compiled.binds.items() if not bind.required}
    return Statement(str(compiled), given, tuple(_conversions(compiled)), columns)


def _conversions(compiled: Any) -> Iterator[tuple[str, Callable[[Any], Any]]]:
    """What SQLAlchemy's types do to each value before the driver has it."""
    for name, bind in compiled.binds.items():
        convert = bind.type.dialect_impl(compiled.dialect).bind_processor(compiled.dialect)
        if convert:
            yield name, convert


def begin(connection: sa.Connection, sql: str, value: str) -> None:
    """Begin the transaction with ``sql % value``, a literal, in one round trip.

    psycopg would begin by itself, in a round trip of its own before the first statement.
    """
    driver: Any = connection.connection.driver_connection
    try:
        told = driver.pgconn.exec_(_beginning(sql, value))
        if told.status != psycopg.pq.ExecStatus.TUPLES_OK:
            raise psycopg.errors.error_from_result(told)
    except psycopg.Error as error:
        raise explained(connection, sql, error) from error


@lru_cache(maxsize=256)
def _beginning(sql: str, value: str) -> bytes:
    """Kept, because every transaction of a force begins with the same."""
    return f"BEGIN; {sql % psycopg.sql.quote(value)}".encode()


def run(
    connection: sa.Connection, statement: Statement, values: Mapping[str, Any]
) -> sa.Result[Any]:
    """The rows of a read."""
    assert statement.columns
    cursor = cursor_of(connection)
    try:
        cursor.execute(statement.sql, statement.filled(values))
        rows = cursor.fetchall()
    except psycopg.Error as error:
        raise explained(connection, statement.sql, error) from error
    return result_of(statement.columns, rows)


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
