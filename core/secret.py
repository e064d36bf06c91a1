"""Encrypted columns: sealed bytes in the table, text on the model."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from core.sealing.keyring import keys as keys


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


def secrets_of(model: type[Any]) -> tuple[str, ...]:
    """The names of a model's encrypted attributes."""
    found = {name for part in model.__mro__ for name, it in vars(part).items() if isinstance(it, Secret)}
    return tuple(sorted(found))


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
