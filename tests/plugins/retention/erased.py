"""What tests of erasing look at: every row, and a digest of them."""

from __future__ import annotations

import hashlib
from typing import Any

import sqlalchemy as sa
from flask import Flask

from core.storage.db import db, force_scope
from core.storage.row_guard import Base

CANARY = "canary-of-the-erased"
GONE = "41/1/24"
STAYS = "41/2/24"


def rows_of(app: Flask, force: str) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table of a force, as it is stored."""
    found = {}
    with app.app_context(), force_scope(force):
        for mapper in sorted(Base.registry.mappers, key=lambda m: str(m.local_table)):
            table = mapper.local_table
            statement = sa.select(*table.c).where(table.c.force == sa.bindparam("force", type_=sa.Text))
            found[str(table)] = [dict(row._mapping) for row in db.session.execute(
                statement, {"force": force}, execution_options={"tmc_checked": True})]
        db.session.rollback()
    return found


def digest(rows: dict[str, list[dict[str, Any]]]) -> str:
    flat = sorted(f"{table}{sorted(row.items(), key=str)}" for table, many in rows.items() for row in many)
    return hashlib.sha256("\n".join(flat).encode()).hexdigest()
