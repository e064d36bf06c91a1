"""Days on which something is said of a case, and what is kept of the only one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask

from core.storage.db import db, force_scope
from tests.conftest import HERTS

DAY = timedelta(days=1)
START = datetime(2024, 3, 10, 10, tzinfo=UTC)


def days(many: int) -> list[str]:
    return [(START + number * DAY).isoformat() for number in range(many)]


def of(app: Flask, model: Any, *names: str) -> dict[str, Any]:
    """Columns of the only row of a table."""
    with app.app_context(), force_scope(HERTS):
        row = db.session.scalars(sa.select(model)).one()
        return {name: getattr(row, name) for name in names}
