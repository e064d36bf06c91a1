"""What is stored, to see what a request changed: every row, and all that is sealed, open."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import Flask

from core.storage.db import db, force_scope
from core.storage.row_guard import Base
from core.storage.sealed import Secret
from tests.conftest import HERTS
from tests.security.shadow import rows_of

Rows = dict[tuple[Any, ...], dict[str, Any]]


def everything(app: Flask, leaving_out: dict[str, list[str]] | None = None) -> Rows:
    """All rows but what may change: table -> columns, or ["*"] for the whole table."""
    left = leaving_out or {}
    return {
        (table.name, row["force"], row["id"]): {
            name: value for name, value in row.items() if name not in left.get(table.name, ())
        }
        for table, rows in rows_of(app) if left.get(table.name) != ["*"] for row in rows
    }


def secrets_of(app: Flask, force: str = HERTS) -> str:
    """All that is sealed in the rows of a force, open."""
    with app.app_context(), force_scope(force):
        return "\n".join(
            str(getattr(row, name))
            for mapper in Base.registry.mappers
            for name, value in vars(mapper.class_).items() if isinstance(value, Secret)
            for row in db.session.scalars(sa.select(mapper.class_))
        )
