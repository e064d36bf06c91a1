"""Encrypted columns: sealed bytes in the table, text on the model."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import current_app
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import insert as pg_insert

from core import crypto
from core.db import CHECKED, Base, ForceOwned, ForceSession, db
from core.scope import current_force_id


class ForceKey(ForceOwned, Base):
    """A force's data key, wrapped by the master key; the newest is written with."""

    __tablename__ = "force_key"
    key_id: orm.Mapped[bytes] = orm.mapped_column(sa.LargeBinary)
    wrapped: orm.Mapped[bytes] = orm.mapped_column(sa.LargeBinary)
    __table_args__ = (sa.UniqueConstraint("key_id", "force"),)


class Secret:
    """A text attribute whose value is kept sealed in the column ``<name>_sealed``."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name, self.column = name, f"{name}_sealed"

    def __get__(self, row: Any, owner: type | None = None) -> Any:
        if row is None:
            return self
        value = getattr(row, self.column)
        if value is None:
            return None
        return keys().open(row.__tablename__, self.name, row.id.bytes, value)

    def __set__(self, row: Any, text: str | None) -> None:
        setattr(row, self.column, seal(type(row), self.name, row.id, text))


def sealed_column() -> orm.Mapped[bytes | None]:
    return orm.mapped_column(sa.LargeBinary)


def seal(model: type[Any], name: str, row: UUID, text: str | None) -> bytes | None:
    """*text* sealed for the column *name* of the row; for inserts of many rows."""
    if text is None:
        return None
    return keys().seal(model.__tablename__, name, row.bytes, text)


def unseal(model: type[Any], name: str, row: UUID, value: bytes | None) -> str | None:
    """The text of a sealed value that a Core query brought."""
    if value is None:
        return None
    return keys().open(model.__tablename__, name, row.bytes, value)


def keys() -> crypto.ForceKeys:
    """The open keys of the force in scope; made at the force's first use."""
    force = current_force_id()
    opened: dict[str, crypto.ForceKeys] = current_app.extensions["tmc_keys"]
    if force not in opened:
        opened[force] = _load_or_make(force)
    return opened[force]


def _load_or_make(force: str) -> crypto.ForceKeys:
    """In a transaction of its own: a key that a caller's roll-back undid would lose data."""
    master: bytes = current_app.extensions["tmc_master_key"]
    with ForceSession(db=db) as session:
        stored = session.scalars(sa.select(ForceKey).order_by(ForceKey.id)).all()
        if not stored:
            _make_first(session, master, force)
            stored = session.scalars(sa.select(ForceKey).order_by(ForceKey.id)).all()
        newest = stored[-1]
        return crypto.unwrap(master, force, newest.key_id, newest.wrapped)


def _make_first(session: ForceSession, master: bytes, force: str) -> None:
    """Two processes may be first together: the fixed id lets one of them win."""
    key_id = crypto.new_key()[: crypto.KEY_ID]
    wrapped = crypto.wrap(master, force, key_id, crypto.new_key())
    row = {"force": force, "id": UUID(int=0), "key_id": key_id, "wrapped": wrapped}
    statement = pg_insert(ForceKey).values(row).on_conflict_do_nothing()
    session.execute(statement, execution_options={CHECKED: True})
    session.commit()
