"""`schema upgrade` waits for a table that is in use, and stops nobody who reads it meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from core.storage import schema
from core.storage.schema import SchemaProblem
from core.testing.postgres import SERVING, as_superuser
from tests.security.checklist import requirement


@pytest.fixture
def reader(settings: Any) -> Iterator[sa.Connection]:
    """Somebody whose statement has been reading the notices for a while."""
    engine = sa.create_engine(as_superuser(settings.owner_database_url), poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.execute(sa.text("SELECT 1 FROM notice"))
        yield connection


@pytest.fixture
def step(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A step that changes the notices waits to be run; who ran it."""
    ran: list[str] = []

    def bring_up(connection: sa.Connection, owner: schema.Owner) -> list[str]:
        if owner.name == "core":
            try:
                connection.execute(sa.text("LOCK TABLE notice IN ACCESS EXCLUSIVE MODE"))
            except sa.exc.OperationalError as failure:
                raise SchemaProblem("the migrations of core: …") from failure
            ran.append(owner.name)
        return []

    monkeypatch.setattr(schema, "_bring_up", bring_up)
    monkeypatch.setattr(schema, "LOCK_WITHIN", 50)
    monkeypatch.setattr(schema, "LOCK_TRIES", 4)
    return ran


def test_a_table_in_use_is_asked_for_again_and_read_meanwhile(
    app: Flask, settings: Any, reader: sa.Connection, step: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    others = sa.create_engine(as_superuser(settings.owner_database_url), poolclass=sa.NullPool)

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        with others.begin() as page:
            page.execute(sa.text("SET LOCAL lock_timeout = 20"))
            page.execute(sa.text("SELECT 1 FROM notice"))
        if len(pauses) == 2:
            reader.rollback()

    monkeypatch.setattr(schema, "sleep", pause)
    schema.upgrade(app, settings.owner_database_url, SERVING)
    assert (step, len(pauses)) == (["core"], 2)


def test_a_table_that_stays_in_use_is_given_up_with_nothing_changed(
    app: Flask, settings: Any, reader: sa.Connection, step: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(schema, "sleep", pauses.append)
    with pytest.raises(SchemaProblem, match=r"in use.*Nothing was changed: run it again"):
        schema.upgrade(app, settings.owner_database_url, SERVING)
    assert (step, len(pauses)) == ([], 3)


@requirement("H7")
def test_connections_of_the_queue_have_limits_of_time_like_all_others(app: Flask, settings: Any) -> None:
    import psycopg

    from core.plugin_host.jobs import bounded

    with psycopg.connect(bounded(settings.database_url)) as connection:
        found = [connection.execute(f"SHOW {name}").fetchone() for name in (
            "statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")]
    assert found == [("20s",), ("5s",), ("1min",)]
