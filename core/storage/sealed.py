"""Encrypted columns: sealed bytes in the table, text on the model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from core.storage.keys.keyring import force_keys


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
        return force_keys().open(row.__tablename__, self.name, row.id.bytes, value)

    def __set__(self, row: Any, text: str | None) -> None:
        for column, value in self.values(type(row), row.id, text).items():
            setattr(row, column, value)

    def values(self, model: type[Any], row: UUID, text: str | None) -> dict[str, Any]:
        """What the columns of the row hold for *text*."""
        return {self.column: seal(model, self.name, row, text)}


class ComparedSecret(Secret):
    """A secret by which rows are found, too: the column ``<name>_key`` holds a keyed hash of the text
    as it is compared, and nothing where that is blank."""

    def __init__(self, compared: Callable[[str | None], str]) -> None:
        self.compared = compared

    def values(self, model: type[Any], row: UUID, text: str | None) -> dict[str, Any]:
        compared = self.compared(text).encode()
        key = force_keys().mac("lookup", compared) if compared else None
        return {**super().values(model, row, text), f"{self.name}_key": key}

    def sought(self, text: str | None) -> list[bytes]:
        """What ``<name>_key`` may hold for *text*, under former keys too; nothing if it is blank."""
        compared = self.compared(text).encode()
        return force_keys().macs("lookup", compared) if compared else []


_SECRETS: dict[type[Any], dict[str, Secret]] = {}


def secrets_of(model: type[Any]) -> dict[str, Secret]:
    """A model's encrypted attributes by name, in the order of their names."""
    if model not in _SECRETS:
        found = {name: it for part in reversed(model.__mro__) for name, it in vars(part).items()
                 if isinstance(it, Secret)}
        _SECRETS[model] = dict(sorted(found.items()))
    return _SECRETS[model]


def sealed_column() -> orm.Mapped[bytes | None]:
    """The column of a :class:`Secret`: ``<name>_sealed`` beside ``name = Secret()``."""
    return orm.mapped_column(sa.LargeBinary)


def seal(model: type[Any], name: str, row: UUID, text: str | None) -> bytes | None:
    """*text* sealed for the column *name* of the row; for inserts of many rows."""
    if text is None:
        return None
    return force_keys().seal(model.__tablename__, name, row.bytes, text)


def unseal(model: type[Any], name: str, row: UUID, value: bytes | None) -> str | None:
    """The text of a sealed value that a Core query brought."""
    if value is None:
        return None
    return force_keys().open(model.__tablename__, name, row.bytes, value)
