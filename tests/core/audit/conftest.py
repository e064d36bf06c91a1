"""A linked chain, and somebody with every right in the database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from core.audit.export import Head
from core.base.settings import Settings
from tests.conftest import HERTS
from tests.core.audit.chains import ROWS, heads_now, link_all, write_rows


@pytest.fixture
def chain(app: Flask) -> list[Head]:
    """Twelve linked rows, and the head that was told of them."""
    write_rows(app)
    assert link_all(app) == ROWS
    return heads_now(app)


@pytest.fixture
def owner(settings: Settings) -> Callable[..., Any]:
    """Statements of somebody who owns the tables and has put the triggers to sleep."""

    def run(*statements: str, **values: Any) -> None:
        engine = sa.create_engine(str(settings.owner_database_url))
        with engine.begin() as connection:
            connection.execute(sa.text(f"SELECT set_config('tmc.force', '{HERTS}', true)"))
            for table in ("audit_entry", "audit_link"):
                connection.execute(sa.text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
            for statement in statements:
                assert connection.execute(sa.text(statement), values).rowcount > 0, statement
            for table in ("audit_entry", "audit_link"):
                connection.execute(sa.text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))
        engine.dispose()

    return run
