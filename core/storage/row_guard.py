"""The first wall between forces: what a session reads and writes is of the force in scope.

ORM statements get ``force = <force in scope>``; Core statements pass when :func:`core.storage.read` looked at
their own term; a listener of each engine refuses any other way in.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal, cast
from uuid import UUID

import sqlalchemy as sa
from flask_sqlalchemy.session import Session
from sqlalchemy import orm
from uuid6 import uuid7

from core.base.scope import IN_SCOPE, NoForceInScope, current_force_id
from core.storage import prepared
from core.storage.row_ends import Kept
from core.storage.walls import WallError

CHECKED = "tmc_checked"
HELD = "held"  # in a session's info: locks that its transaction holds already
SET_FORCE = "SELECT set_config('tmc.force', %s, true)"
SAVEPOINTS = ("SAVEPOINT ", "RELEASE SAVEPOINT ", "ROLLBACK TO SAVEPOINT ")


class ForceSession(Session):
    """A session of exactly one force; its database is that force's."""

    def get_bind(self, mapper: Any = None, clause: Any = None, bind: Any = None, **kw: Any) -> Any:
        if bind is not None:
            return bind
        engines = self._db.engines
        return engines.get(force_of(self), engines[None])


class Base(orm.DeclarativeBase):
    """What every model of the core and of plugins is made from."""


class ForceOwned:
    """A row that belongs to one force: key (force, id), id a UUIDv7 that carries its time."""

    # Until when rows are kept. ``with_case``: they go with the case or person that they belong to.
    # ``by_job``: a job of their room's own takes them away. ``with_force``: until the force is erased.
    # Else by themselves, after so many days. Every model says it; nobody can guess it.
    __kept__: ClassVar[Literal["with_case", "by_job", "with_force"] | tuple[Kept, ...]]
    # When the force is absorbed: to the successor, to the past, or only of use at one force. Likewise.
    __at_merger__: ClassVar[Literal["move", "stay", "end"]]
    # (column, what) for each that holds what record systems call a sender (``source``) or an officer:
    # two forces may call theirs alike.
    __called_by__: ClassVar[tuple[tuple[str, Literal["source", "officer"]], ...]] = ()
    # When a case or the force is erased. What stays holds ids and keys only.
    __at_erasure__: ClassVar[Literal["goes", "stays"]] = "goes"
    force: orm.Mapped[str] = orm.mapped_column(sa.Text, primary_key=True)
    id: orm.Mapped[UUID] = orm.mapped_column(sa.Uuid, primary_key=True)

    def __init__(self, **values: Any) -> None:
        values.setdefault("force", current_force_id())
        values.setdefault("id", uuid7())
        self.force, self.id = values.pop("force"), values.pop("id")
        for name, value in values.items():
            if not hasattr(type(self), name):
                raise TypeError(f"{type(self).__name__} has no {name}")
            setattr(self, name, value)

    @classmethod
    def as_moved(cls, row: dict[str, Any]) -> dict[str, Any]:
        """What a row says at the successor when forces merge: column -> value, with its secrets open."""
        return row


@sa.event.listens_for(Base, "instrument_class", propagate=True)
def _mark_owned(mapper: orm.Mapper[Any], cls: type) -> None:
    if issubclass(cls, ForceOwned):
        cast(sa.Table, mapper.local_table).info["force_owned"] = True


def owned_models() -> list[type[Any]]:
    """The models of all rooms and plugins that are loaded, those that others point at first."""
    known = {mapper.local_table: mapper.class_ for mapper in Base.registry.mappers}
    found = [known[table] for table in Base.metadata.sorted_tables if table in known]
    return [one for one in found if issubclass(one, ForceOwned)]


def refuse_unguarded(
    connection: sa.Connection, cursor: Any, statement: str, parameters: Any, context: Any, many: bool
) -> None:
    """The engine's last look: a statement that came past the guard does not run, nor one whose answer
    SQLAlchemy would read at once while statements go together."""
    if connection.info.get(prepared.TOGETHER):
        raise WallError(f"this statement cannot go together with others: {statement[:120]}")
    if context is not None and context.execution_options.get(CHECKED):
        return
    if connection.info.get("tmc_flushing"):
        return
    if statement.startswith(SAVEPOINTS):
        return
    raise WallError(f"this statement did not come through the session's guard: {statement[:120]}")


def force_of(session: orm.Session) -> str:
    """The force that the session works for, which is the one in scope: whoever has the session asks it.

    Raises :class:`NoForceInScope`, and :class:`WallError` when the session is at work for another.
    """
    force = IN_SCOPE.get()
    if force is None:
        raise NoForceInScope
    if session.info.get("force", force) != force:
        raise WallError(f"a session of {session.info['force']} is used for {force}")
    return force


@sa.event.listens_for(ForceSession, "after_begin")
def _tell_the_force(session: ForceSession, transaction: Any, connection: sa.Connection) -> None:
    force = session.info["force"] = force_of(session)
    if not transaction.nested:
        prepared.begin(connection, SET_FORCE, force)
        session.info["connection"] = connection


@sa.event.listens_for(ForceSession, "after_transaction_end")
def _forget_connection(session: ForceSession, transaction: Any) -> None:
    if transaction.parent is None:
        session.info.pop("connection", None)
        session.info.pop(HELD, None)


@sa.event.listens_for(ForceSession, "do_orm_execute")
def guard_rows(state: orm.ORMExecuteState) -> None:
    """Row guard: every ORM statement sees the rows of the force in scope only."""
    if not state.is_orm_statement:
        if not state.execution_options.get(CHECKED):
            raise WallError("a Core statement on the session: use db.read()")
        return
    force = force_of(state.session)
    if state.is_insert:
        if not state.execution_options.get(CHECKED):
            raise WallError("an insert statement on the session: use insert_many()")
        return
    state.statement = state.statement.options(
        orm.with_loader_criteria(ForceOwned, lambda row: row.force == force, include_aliases=True)
    )
    state.update_execution_options(**{CHECKED: True})


@sa.event.listens_for(ForceSession, "before_flush")
def guard_writes(session: ForceSession, context: Any, instances: Any) -> None:
    """Row guard: what is written belongs to the force in scope."""
    force = force_of(session)
    for row in (*session.new, *session.dirty, *session.deleted):
        if isinstance(row, ForceOwned) and row.force != force:
            raise WallError(f"a {type(row).__name__} of {row.force} would be written for {force}")
    session.connection().info["tmc_flushing"] = True


@sa.event.listens_for(ForceSession, "after_flush")
def _flushed(session: ForceSession, context: Any) -> None:
    session.connection().info.pop("tmc_flushing", None)


@sa.event.listens_for(ForceSession, "after_soft_rollback")
def _rolled_back(session: ForceSession, previous: Any) -> None:
    if session.is_active and not session.in_transaction():
        session.info.pop("force", None)


@sa.event.listens_for(sa.pool.Pool, "checkin")
def _clean_connection(dbapi_connection: Any, record: Any) -> None:
    record.info.pop("tmc_flushing", None)
