"""The table of reasons was the core's: whoever has rows in it keeps them, under the plugin's name."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from core.plugin_host.host import host
from core.storage import schema
from tests.conftest import HERTS
from tests.postgres import Addresses

_numbers = count(1)
BEFORE, ROW = "core_0015", UUID(int=7)


@pytest.fixture
def before(app: Flask, database: Addresses) -> Iterator[tuple[sa.Engine, Addresses]]:
    """A database of the version before, its table of reasons empty."""
    name = f"reasons_{next(_numbers)}"
    other = database.new_database(name)
    schema.upgrade(app, other.owner, "tmc_serving")
    core, *plugins = schema.owners(host(app))
    ours = next(one for one in plugins if one.name == "oversight")
    owner = sa.create_engine(other.owner)
    with owner.begin() as connection:
        script = core.script()
        schema._move(connection, core, lambda revision, context: script._downgrade_revs(BEFORE, revision))
        connection.execute(sa.text("ALTER TABLE oversight_break_glass RENAME TO break_glass"))
        connection.execute(sa.text("ALTER TABLE break_glass RENAME CONSTRAINT oversight_break_glass_verdict "
                                   "TO break_glass_verdict"))
        connection.execute(sa.text(f"DROP TABLE {ours.version_table}"))
    owner.dispose()
    engine = sa.create_engine(other.server.url(database=name))
    yield engine, other
    engine.dispose()


@pytest.mark.parametrize("rows", [0, 1])
def test_reasons_that_were_given_are_kept_and_forces_stay_apart(
    app: Flask, before: tuple[sa.Engine, Addresses], rows: int
) -> None:
    engine, other = before
    with engine.begin() as connection:
        connection.execute(sa.text("SET LOCAL session_replication_role = replica"))  # without case and staff
        for _ in range(rows):
            connection.execute(sa.text(
                "INSERT INTO break_glass (force, id, case_id, staff_id, reason, opened_at, ends_at) "
                "VALUES (:force, :id, :id, :id, 'court', now(), now())"), {"force": HERTS, "id": ROW})
    schema.upgrade(app, other.owner, "tmc_serving")
    with engine.connect() as connection:
        there = sa.inspect(connection).get_table_names()
        kept = connection.execute(sa.text("SELECT id FROM oversight_break_glass")).scalars().all()
        held = connection.scalar(sa.text(
            "SELECT relforcerowsecurity FROM pg_class WHERE relname = 'oversight_break_glass'"))
        assert "break_glass" not in there
        assert kept == [ROW] * rows
        assert held
