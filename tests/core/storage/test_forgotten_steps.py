"""An author changes a model and forgets the migration: what the start says, and what is drafted."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from flask import Flask
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeDecorator

from core.plugin_host.host import host
from core.storage import schema
from core.storage.migrations import drafting
from core.storage.migrations.drift import drift
from core.storage.row_guard import Base
from core.storage.schema import Owner
from core.testing.postgres import Addresses

Columns = list[Any]


@pytest.fixture(scope="module")
def engine(database: Addresses, portal: Flask) -> Iterator[sa.Engine]:
    made = sa.create_engine(database.owner, poolclass=sa.NullPool)
    yield made
    made.dispose()


@pytest.fixture
def connection(engine: sa.Engine) -> Iterator[sa.Connection]:
    """As the owner of the tables; whatever is made is gone at the end."""
    with engine.connect() as connection:
        yield connection
        connection.rollback()


def notes(*more: Any) -> sa.Table:
    """The table of a plugin ``noisy``, as its model says."""
    metadata = sa.MetaData()
    sa.Table("crime_case", metadata, sa.Column("force", sa.Text), sa.Column("id", sa.Uuid))
    return sa.Table(
        "noisy_note", metadata, sa.Column("force", sa.Text, primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True), *more,
    )


class Stars(TypeDecorator[int]):
    """A type of the author's own."""

    impl = sa.Integer
    cache_ok = True


def text(name: str = "text", kind: Any = sa.Text, **more: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, **more)


# What the tables are, what the model says since, and what the start says of it.
FORGOTTEN: dict[str, tuple[Callable[[], Columns], Callable[[], Columns], str]] = {
    "a column": (list, lambda: [text(nullable=True)], "noisy_note has no column text"),
    "a column that must be filled in": (
        list, lambda: [text(server_default="x", nullable=False)], "noisy_note has no column text"),
    "another type": (lambda: [text(kind=sa.Integer)], lambda: [text(kind=sa.BigInteger)],
                     "noisy_note.text is integer, and its model says bigint"),
    "a type of the author's own": (list, lambda: [text(kind=Stars)], "no column text"),
    "a list": (list, lambda: [text(kind=postgresql.ARRAY(sa.Text))], "no column text"),
    "a longer text": (lambda: [text(kind=sa.String(20))], lambda: [text(kind=sa.String(40))],
                      "is character varying(20), and its model says varchar(40)"),
    "a moment without its zone": (lambda: [text(kind=sa.DateTime)], lambda: [text(kind=sa.DateTime(True))],
                                  "its model says timestamp with time zone"),
    "that it may be empty": (lambda: [text(nullable=False)], lambda: [text(nullable=True)],
                             "noisy_note.text must be filled in, and its model says it need not"),
    "that it may not be empty": (lambda: [text(nullable=True)], lambda: [text(nullable=False)],
                                 "noisy_note.text need not be filled in, and its model says it must"),
    "that a column is gone": (lambda: [text(nullable=False)], list,
                              "noisy_note.text must be filled in, and its model has no such column"),
    "a name": (lambda: [text(nullable=False)], lambda: [text("words", nullable=False)],
               "noisy_note has no column words"),
    "that it is there once": (lambda: [text()], lambda: [text(), sa.UniqueConstraint("force", "text")],
                              "the table noisy_note has no unique key over force, text"),
    "a case": (
        lambda: [text("case_id", sa.Uuid)],
        lambda: [text("case_id", sa.Uuid),
                 sa.ForeignKeyConstraint(["force", "case_id"], ["crime_case.force", "crime_case.id"])],
        "the table noisy_note has no foreign key over case_id, force to crime_case"),
}
ALIKE: tuple[Callable[[], Columns], ...] = (
    lambda: [text(kind=sa.String(20))], lambda: [text(kind=sa.Numeric(10, 2))], lambda: [text(kind=Stars)],
    lambda: [text(kind=postgresql.JSONB), text("when", sa.DateTime(True)), text("on", sa.Date)],
    lambda: [text(kind=postgresql.ARRAY(sa.Text)), text("yes", sa.Boolean), text("bytes", sa.LargeBinary)],
    lambda: [text(kind=sa.Double), text("small", sa.SmallInteger), text("time", sa.Time(True))],
    lambda: [text(unique=True), text("interval", sa.Interval)],
)


def comparing(connection: sa.Connection, table: sa.Table) -> MigrationContext:
    def ours(item: Any, name: str | None, kind: str, reflected: bool, other: Any) -> bool:
        return kind != "table" or name == "noisy_note"

    return MigrationContext.configure(connection, opts={
        "include_object": ours, "target_metadata": table.metadata, "compare_type": True})


@pytest.mark.parametrize("columns", ALIKE)
def test_tables_that_are_as_their_models_say_are_told_nothing_of(
    columns: Callable[[], Columns], connection: sa.Connection
) -> None:
    notes(*columns()).create(connection)
    assert drift(connection, [notes(*columns())]) == []


@pytest.mark.parametrize("what", FORGOTTEN)
def test_the_start_says_what_was_forgotten_and_the_draft_makes_it_good(
    what: str, connection: sa.Connection, tmp_path: Path
) -> None:
    before, since, said = FORGOTTEN[what]
    notes(*before()).create(connection)
    table = notes(*since())
    assert [said in one for one in drift(connection, [table])].count(True) == 1
    step = drafting.draft(comparing(connection, table), table.metadata, "noisy", "noisy_0003", None)
    assert step is not None
    name, code, _ = step
    assert (name, 'revision = "noisy_0004"' in code, 'down_revision = "noisy_0003"' in code) == (
        "noisy_0004_note.py", True, True)
    written = drafting.write(tmp_path / "versions", name, code)
    take(written, connection, "upgrade")
    assert drift(connection, [table]) == []
    take(written, connection, "downgrade")
    assert drift(connection, [notes(*before())]) == []


def take(step: Path, connection: sa.Connection, way: str) -> None:
    spec = importlib.util.spec_from_file_location(step.stem, step)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    with Operations.context(MigrationContext.configure(connection)):
        spec.loader.exec_module(module)
        getattr(module, way)()


def test_a_table_that_no_step_makes_is_told_and_drafted_with_its_wall(
    connection: sa.Connection, tmp_path: Path
) -> None:
    table = notes(text())
    assert drift(connection, [table]) == ["the table noisy_note is not there"]
    step = drafting.draft(comparing(connection, table), table.metadata, "noisy", None, "First notes")
    assert step is not None
    name, code, _ = step
    assert name == "noisy_0001_first_notes.py"
    assert "down_revision = None" in code
    take(drafting.write(tmp_path, name, code), connection, "upgrade")
    assert drift(connection, [table]) == []
    assert key_of("noisy_note", connection) == ["id", "force"]
    walled = sa.text("SELECT relforcerowsecurity FROM pg_class WHERE relname = 'noisy_note'")
    assert connection.scalar(walled) is True


def key_of(table: str, connection: sa.Connection) -> list[str]:
    """The columns of its primary key, in their order."""
    found: list[str] = sa.inspect(connection).get_pk_constraint(table)["constrained_columns"]
    return found


def test_a_draft_says_what_an_author_must_look_at(connection: sa.Connection) -> None:
    notes(text()).create(connection)
    table = notes(text("kept", sa.Date, nullable=False))
    step = drafting.draft(comparing(connection, table), table.metadata, "noisy", "noisy_0001", None)
    assert step is not None
    assert any("noisy_note.kept must be filled in: where rows are there" in one for one in step[2])
    assert any("what is in noisy_note.text is lost" in one for one in step[2])


def test_a_step_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    drafting.write(tmp_path, "noisy_0001_notes.py", "one")
    with pytest.raises(FileExistsError):
        drafting.write(tmp_path, "noisy_0001_notes.py", "other")
    assert (tmp_path / "noisy_0001_notes.py").read_text() == "one"


def test_steps_drafted_from_nothing_make_the_tables_of_every_plugin_we_have(
    database: Addresses, portal: Flask, tmp_path: Path
) -> None:
    """As if no plugin had any step yet: what is drafted is taken, and then nothing differs."""
    other = database.new_database("drafted")
    engine = sa.create_engine(other.owner, poolclass=sa.NullPool)
    with engine.connect() as connection, connection.begin():
        core, *plugins = schema.owners(host(portal))
        schema.admin.upgrade_job_queue(connection)
        schema._bring_up(connection, core)
        assert len(plugins) > 4
        for owner in plugins:
            tables = [Base.metadata.tables[name] for name in owner.tables()]
            assert drift(connection, tables) == [
                f"the table {table.name} is not there" for table in sorted(tables, key=lambda t: t.name)]
            context = drafting.comparing(connection, Base.metadata, owner.tables())
            step = drafting.draft(context, Base.metadata, owner.name, None, None)
            assert step is not None
            drafting.write(tmp_path / owner.name / "versions", step[0], step[1])
            schema._bring_up(connection, Owner(owner.name, tmp_path / owner.name))
            assert drift(connection, tables) == []
            assert {table.name: key_of(table.name, connection) for table in tables} == {
                table.name: ["id", "force"] for table in tables}
            context = drafting.comparing(connection, Base.metadata, owner.tables())
            assert drafting.draft(context, Base.metadata, owner.name, None, None) is None
        assert schema.admin.unprotected(connection) == []
    engine.dispose()
