"""Every key between tables has an index that serves it, so that a removal never reads a table through."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask

from core.base.settings import Settings
from core.cli.main import root
from core.storage import schema
from core.storage.migrations import indexes
from core.storage.row_guard import Base, owned_models
from core.testing.postgres import Addresses
from plugins.retention.erasure import points_at

# What PostgreSQL asks a child table for when a parent goes, and the indexes that could answer.
KEYS = """
SELECT c.conname, c.conrelid::regclass::text AS table, array(
  SELECT a.attname::text FROM unnest(c.conkey) k JOIN pg_attribute a
  ON a.attrelid = c.conrelid AND a.attnum = k) AS columns
FROM pg_constraint c WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace
"""
INDEXES = """
SELECT i.indrelid::regclass::text AS table, i.indisvalid AS valid,
  pg_get_expr(i.indpred, i.indrelid) AS only, array(
  SELECT coalesce(a.attname::text, '') FROM unnest(i.indkey::int[]) WITH ORDINALITY k (n, place)
  LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.n AND k.n > 0
  ORDER BY place) AS columns
FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
WHERE c.relnamespace = 'public'::regnamespace
"""


@pytest.fixture
def owner(portal: Flask, settings: Settings) -> Iterator[sa.Connection]:
    """The owner of the tables; what is done is undone."""
    engine = sa.create_engine(str(settings.owner_database_url))
    with engine.connect() as opened:
        yield opened
        opened.rollback()
    engine.dispose()


def serves(index: sa.Row[tuple[object, ...]], table: str, columns: list[str]) -> bool:
    """It begins with the key's columns but the force (which makes nothing rare), has the force too,
    and leaves out no row that points anywhere."""
    named = [one for one in columns if one != "force"]
    begins = set(index.columns[:len(named)]) == set(named)
    holds_all = index.only in (None, *(f"({one} IS NOT NULL)" for one in named))
    return (index.table == table and index.valid and begins and holds_all
            and set(columns) <= set(index.columns))


def unserved(connection: sa.Connection) -> list[str]:
    """Keys in the database, the job queue's aside, without an index that serves them."""
    there = connection.execute(sa.text(INDEXES)).all()
    return [
        f"{key.table}: {', '.join(sorted(key.columns))}" for key in connection.execute(sa.text(KEYS))
        if not key.table.startswith("procrastinate_")
        and not any(serves(index, key.table, key.columns) for index in there)
    ]


def test_every_foreign_key_in_the_database_has_an_index(owner: sa.Connection) -> None:
    assert unserved(owner) == []


def test_what_goes_by_itself_is_found_by_its_moment(owner: sa.Connection) -> None:
    """Every night the oldest rows of each class of data are asked for, of tables of millions."""
    begins = {(index.table, index.columns[0]) for index in owner.execute(sa.text(INDEXES)) if index.valid}
    asked = {
        (model.__tablename__, one.since) for model in owned_models() if isinstance(model.__kept__, tuple)
        for one in model.__kept__ if not one.remove
    }
    assert len(asked) >= 5
    assert asked - begins == set()


def test_every_column_that_removing_a_case_looks_through_has_an_index(owner: sa.Connection) -> None:
    """By a key or by what it is called: plugins/retention/erasure.py asks for these too."""
    there = owner.execute(sa.text(INDEXES)).all()
    asked = [(table.name, column.name) for table in Base.metadata.sorted_tables
             for column, _ in points_at(table)]
    assert len(asked) >= 20
    assert [f"{table}: {column}" for table, column in asked
            if not any(serves(index, table, ["force", column]) for index in there)] == []


@pytest.mark.parametrize("change", [
    "DROP INDEX notice_person",
    "DROP INDEX entry_record_event; CREATE INDEX i ON entry (happened_at, record_event_id, force)",
    "DROP INDEX message_person; CREATE INDEX i ON message (force, person_id)",
    "DROP INDEX message_person; CREATE INDEX i ON message (person_id)",
    "DROP INDEX message_person; CREATE INDEX i ON message (person_id, force) WHERE read_at IS NULL",
    "DROP INDEX message_person; CREATE INDEX i ON message ((person_id::text), force)",
    "CREATE TABLE x (force text, case_id uuid, "
    "FOREIGN KEY (force, case_id) REFERENCES crime_case (force, id))",
], ids=lambda change: change[:60])
def test_a_key_without_such_an_index_is_refused(owner: sa.Connection, change: str) -> None:
    for statement in change.split("; "):
        owner.execute(sa.text(statement))
    assert len(unserved(owner)) == 1


@pytest.mark.parametrize("change", [
    "DROP INDEX notice_person; CREATE INDEX i ON notice (person_id, force)",
    "DROP INDEX message_person; CREATE INDEX i ON message (person_id, sent_at, force)",
], ids=lambda change: change[-40:])
def test_a_key_with_such_an_index_is_not(owner: sa.Connection, change: str) -> None:
    for statement in change.split("; "):
        owner.execute(sa.text(statement))
    assert unserved(owner) == []


def test_an_operator_is_told_of_a_missing_index(portal: Flask, owner: sa.Connection) -> None:
    def check() -> Result:
        return portal.test_cli_runner().invoke(root, ["schema", "check"])

    assert check().output == "ready\n"
    owner.execute(sa.text("ALTER INDEX notice_person RENAME TO notice_nobody"))
    owner.commit()
    try:
        assert (check().exit_code, "index notice_person: run" in check().output) == (1, True)
    finally:
        owner.execute(sa.text("ALTER INDEX notice_nobody RENAME TO notice_person"))
        owner.commit()


# --- how they are made ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def other(portal: Flask, database: Addresses) -> Addresses:
    """A database of its own, which has served before."""
    made = database.new_database("indexes")
    schema.upgrade(portal, made.owner, "tmc_serving")
    return made


def test_an_index_that_is_missing_is_made_by_the_next_upgrade(portal: Flask, other: Addresses) -> None:
    engine = sa.create_engine(other.owner)
    with engine.begin() as connection:
        connection.execute(sa.text("DROP INDEX notice_person"))
        connection.execute(sa.text("DROP INDEX sign_in_attempt_case"))
    told = schema.upgrade(portal, other.owner, "tmc_serving")
    assert told == ["indexes made: notice_person, sign_in_attempt_case"]
    with engine.connect() as connection:
        assert unserved(connection) == []
    engine.dispose()
    assert schema.upgrade(portal, other.owner, "tmc_serving") == []


def test_an_index_that_was_cut_off_is_made_anew(portal: Flask, other: Addresses) -> None:
    """PostgreSQL keeps it, and uses it for nothing."""
    superuser = sa.create_engine(other.server.url(database="indexes"))
    with superuser.begin() as connection:
        connection.execute(sa.text(
            "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'notice_person'::regclass"))
        assert unserved(connection) == ["notice: force, person_id"]
    assert schema.upgrade(portal, other.owner, "tmc_serving") == ["indexes made: notice_person"]
    with superuser.connect() as connection:
        assert unserved(connection) == []
    superuser.dispose()


WRITES = ("INSERT INTO audit_head (force, id, number, link, at, looked_through, mailed) "
          "VALUES ('f', gen_random_uuid(), 1, '', now(), 0, 0)")
IS_MADE = ("SELECT count(*) FROM pg_stat_activity "
           "WHERE query LIKE 'CREATE INDEX%' AND wait_event_type = 'Lock'")


def write(connection: sa.Connection) -> None:
    connection.execute(sa.text("SET LOCAL lock_timeout = '5s'"))
    connection.execute(sa.text("SET LOCAL tmc.force = 'f'"))
    connection.execute(sa.text(WRITES))


def test_people_go_on_writing_while_an_index_is_made(other: Addresses) -> None:
    """It waits for a transaction that has written and goes on; nobody waits behind it."""
    engine = sa.create_engine(other.owner)
    table = sa.Table("audit_head", sa.MetaData(), sa.Column("number"), sa.Column("force"))
    sa.Index("made_meanwhile", table.c.number, table.c.force)
    with ThreadPoolExecutor(1) as beside:
        with engine.begin() as first:
            write(first)
            making = beside.submit(indexes.make_missing, other.owner, [table])
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as looking:
                await_true(lambda: looking.scalar(sa.text(IS_MADE)), making)
            with engine.begin() as second:
                write(second)
        assert making.result(60) == ["made_meanwhile"]
    engine.dispose()


def await_true(question: Callable[[], object], making: Future[list[str]]) -> None:
    deadline = time.monotonic() + 60
    while not question():
        assert not making.done(), making.result()
        assert time.monotonic() < deadline
        time.sleep(0.01)
