"""The database: one session behind two walls between forces, and the only place with raw SQL.

The first wall is the row guard (``row_guard.py``), to which Core statements come through :func:`read` alone;
the second is row-level security, for which each transaction begins by telling PostgreSQL its force.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar, cast
from uuid import UUID
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.dialects.postgresql import insert as pg_insert

from core.base.scope import IN_SCOPE, scope_of
from core.base.settings import Settings
from core.storage import many_rows, prepared
from core.storage.migrations import admin
from core.storage.row_guard import (
    CHECKED,
    HELD,
    Base,
    ForceSession,
    force_of,
    refuse_unguarded,
)
from core.storage.walls import WallError, check_change, check_force_filters

LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%(name)s, 0))"
# In each process: for 8 threads of pages, 8 of what machines send, and the worker's own work.
POOL = {"pool_size": 10, "max_overflow": 8, "pool_timeout": 5, "hide_parameters": True}
KEEP_ALIVE = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
LOCK_TIMEOUT = "5000"  # milliseconds
CONNECTION_LIMITS = (
    f"-c statement_timeout=20000 -c lock_timeout={LOCK_TIMEOUT} "
    "-c idle_in_transaction_session_timeout=60000"
)
db = SQLAlchemy(
    model_class=Base, session_options={"class_": ForceSession, "expire_on_commit": False}
)


# --- set-up -----------------------------------------------------------------------------------


def connect_args(more: str = "") -> dict[str, Any]:
    """What every connection to a database is made with: limits of time; *more* server settings."""
    return {"options": f"{CONNECTION_LIMITS}{more}", "application_name": prepared.own_name(),
            "connect_timeout": 5, **KEEP_ALIVE}


def init_app(app: Flask, settings: Settings) -> None:
    options = {**POOL, "connect_args": connect_args()}
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = options
    app.config["SQLALCHEMY_BINDS"] = {
        force: {"url": url, **options} for force, url in settings.force_database_urls.items()
    }
    db.init_app(app)
    with app.app_context():
        for engine in db.engines.values():
            sa.event.listen(engine, "before_cursor_execute", refuse_unguarded)
            sa.event.listen(engine, "checkout", refuse_ended)


def refuse_ended(dbapi_connection: Any, record: Any, proxy: Any) -> None:
    """What the server ended while it lay in the pool is not handed out; nor are its equals.

    An idle connection has nothing to read, unless it was ended. Asking the server instead
    (``pool_pre_ping``) would cost every page three round trips.
    """
    if prepared.is_ended(dbapi_connection):
        raise sa.exc.InvalidatePoolError


@contextmanager
def force_scope(force_id: str) -> Iterator[None]:
    """Work for one force, with a session of its own that ends with the block.

    Not committed by itself: what the block does not commit is rolled back.
    Raises :class:`WallError` inside a scope of another force that has a session at work.
    """
    before = IN_SCOPE.get()
    if before not in (None, force_id):
        if db.session().in_transaction():
            raise WallError(f"{before} is still at work: end its transaction first")
        db.session.remove()
    with scope_of(force_id):
        try:
            yield
        finally:
            if before != force_id:
                db.session.remove()


# --- reading and writing many rows ------------------------------------------------------------

Query = sa.Select[*tuple[Any, ...]] | sa.CompoundSelect[*tuple[Any, ...]]
EachOrMany = tuple[prepared.Statement | None, many_rows.ManyRows | None]  # one by one, and as one value
Made = TypeVar("Made")
_compiled: WeakKeyDictionary[Any, dict[Any, Any]] = WeakKeyDictionary()


def _compiled_once(make: Callable[..., Made], of: Any, connection: sa.Connection, *columns: Any) -> Made:
    """What *make* compiles of a statement, or of a table and *columns* of it: kept for as long as that is."""
    try:
        found: Made = _compiled[of][make, columns]
    except KeyError:
        found = make(of, connection.dialect, *columns)
        _compiled.setdefault(of, {})[make, columns] = found
    return found


def _compile_read(statement: Query, dialect: sa.Dialect) -> prepared.Statement | None:
    check_force_filters(statement)
    return prepared.compile_read(statement, dialect)


def _compile_change(statement: sa.Update, dialect: sa.Dialect) -> prepared.Statement:
    check_change(statement)
    return prepared.compile_change(statement, dialect)


def _compile_insert(table: sa.Table, dialect: sa.Dialect, columns: tuple[str, ...]) -> EachOrMany:
    return (prepared.compile_insert(table, columns, dialect),
            many_rows.compile_insert_many(table, columns, dialect))


def _compile_insert_of_new(
    table: sa.Table, dialect: sa.Dialect, columns: tuple[str, ...], key: tuple[str, ...]
) -> many_rows.ManyRows | None:
    return many_rows.compile_insert_many(table, columns, dialect, ["force", *key])


def _compile_update(table: sa.Table, dialect: sa.Dialect, columns: tuple[str, ...]) -> EachOrMany:
    return (prepared.compile_update(table, columns, dialect),
            many_rows.compile_update_many(table, columns, dialect))


def session_connection() -> tuple[sa.Connection, str]:
    """The session's connection, in its transaction, and the force that it works for.

    Both are asked for once a statement and handed on from here. The connection is kept: SQLAlchemy would
    look for it anew each time.
    """
    session = db.session()
    force = force_of(session)
    return session.info.get("connection") or session.connection(), force


def read(statement: Query, **values: Any) -> sa.Result[Any]:
    """Run a prebuilt Core query for the force in scope; ``:force`` is filled in here.

    Raises :class:`WallError` unless every force-owned table in it has ``force = :force``
    (use :func:`owned`).
    """
    db.session.flush()
    return read_unflushed(statement, **values)


def read_unflushed(statement: Query, **values: Any) -> sa.Result[Any]:
    """As :func:`read`, while rows of the session are still being filled."""
    connection, values["force"] = session_connection()
    compiled = _compiled_once(_compile_read, statement, connection)
    if compiled is None:
        return connection.execute(statement, values, execution_options={CHECKED: True})
    return prepared.run(connection, compiled, values)


def insert_many(
    model: type[Any], rows: Sequence[Mapping[str, Any]], *, skip_existing: Sequence[str] = ()
) -> set[UUID]:
    """Insert *rows* (column name -> value, ``id`` given) of the force in scope; ids that went in.

    With *skip_existing* (the columns of a unique key beside ``force``) rows that are there already
    are left as they are and not among the answer.
    """
    if not rows:
        return set()
    connection, force = session_connection()
    filled = [{**row, "force": force} for row in rows]
    table = cast(sa.Table, model.__table__)
    if not skip_existing:
        _insert(connection, table, filled)
        return {row["id"] for row in rows}
    many = _compiled_once(
        _compile_insert_of_new, table, connection, tuple(filled[0]), tuple(skip_existing))
    if many and len(filled) >= MANY:
        made = many_rows.run_at_once(connection, many, filled)
        if made is not None:
            return set(made)
    statement = pg_insert(table).on_conflict_do_nothing(index_elements=["force", *skip_existing])
    done = connection.execute(
        statement.returning(table.c.id), filled, execution_options={CHECKED: True}
    )
    return set(done.scalars())


MANY = 4  # rows from which on they go as one value


def _insert(connection: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    each, many = _compiled_once(_compile_insert, table, connection, tuple(rows[0]))
    if many and len(rows) >= MANY and many_rows.run_at_once(connection, many, rows) is not None:
        return
    if each is None:
        connection.execute(sa.insert(table), rows, execution_options={CHECKED: True})
    else:
        prepared.run_many(connection, each, rows)


@contextmanager
def sent_together() -> Iterator[None]:
    """Rows written within by the functions of this module do not wait for each other on their way to
    PostgreSQL: the next are made while it works on the first. What fails is raised at the end, if not
    before. Raises :class:`WallError` for what SQLAlchemy would run by itself within."""
    with prepared.together(session_connection()[0]):
        yield


def update_many(model: type[Any], rows: Sequence[Mapping[str, Any]]) -> None:
    """Update rows by ``id``, each once; every row names the same columns."""
    if not rows:
        return
    table = cast(sa.Table, model.__table__)
    connection, force = session_connection()
    columns = tuple(name for name in rows[0] if name != "id")
    each, many = _compiled_once(_compile_update, table, connection, columns)
    filled = [{**row, "force": force} for row in rows]
    if many and len(rows) >= MANY and many_rows.run_at_once(connection, many, filled) is not None:
        return
    assert each
    prepared.run_many(connection, each, [{f"b_{k}": v for k, v in row.items()} for row in filled])


def change(statement: sa.Update, **values: Any) -> int:
    """Run a prebuilt Core update for the force in scope, where what is new depends on what is there;
    how many rows it changed. ``:force`` is filled in here.

    Raises :class:`WallError` unless it changes rows with ``force = :force`` only (use :func:`owned`).
    """
    db.session.flush()
    connection, force = session_connection()
    compiled = _compiled_once(_compile_change, statement, connection)
    return prepared.count(connection, compiled, {**values, "force": force})


def lock(name: str) -> None:
    """Wait for, and hold until the transaction ends, a lock of the force in scope."""
    connection, force = session_connection()
    name = f"{force}/{name}"
    if name not in db.session().info.get(HELD, ()):
        prepared.tell(connection, LOCK, {"name": name})


def ping() -> list[str]:
    """The databases that do not answer, by the force they are for ("" for the shared one)."""
    away = []
    for name, engine in db.engines.items():
        try:
            with engine.connect().execution_options(**{CHECKED: True}) as connection:
                connection.execute(sa.select(1))
        except (sa.exc.OperationalError, sa.exc.TimeoutError):
            away.append(name or "")
    return away


def other_connections() -> int:
    """How many connections to the databases, in the serving role, other processes have."""
    count = 0
    for engine in db.engines.values():
        with engine.connect() as connection:
            count += admin.other_processes(
                connection.execution_options(**{CHECKED: True}), prepared.own_name())
    return count


def undo() -> None:
    """What was not committed is undone, also when the database is away."""
    try:
        db.session.rollback()
    except sa.exc.SQLAlchemyError:
        db.session.remove()


def close_connections() -> None:
    """Let go of every pooled connection (before a fork, or at the end)."""
    for engine in db.engines.values():
        engine.dispose()

DELETED_AT_ONCE = 1000


def delete_rows(model: Any, ids: Iterable[UUID]) -> int:
    """Rows of the force in scope by their ids; how many there were. The caller commits."""
    count, left = 0, sorted(ids)
    for start in range(0, len(left), DELETED_AT_ONCE):
        part = sa.literal(left[start : start + DELETED_AT_ONCE], sa.ARRAY(sa.Uuid))
        done: Any = db.session.execute(sa.delete(model).where(model.id == sa.any_(part)))
        count += done.rowcount
    return count
