"""Every table with a person's or a case's data is behind both walls; models and migrations agree."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from flask import Flask

from core.base.settings import Settings
from core.cases.models import Staff
from core.plugin_host.host import host
from core.storage import schema
from core.storage.db import db, force_scope
from core.storage.migrations import drafting, head_of
from core.storage.row_guard import Base, ForceOwned, owned_models
from core.testing.postgres import Addresses
from tests.conftest import AVON, HERTS
from tests.security.checklist import requirement

ROOT = Path(__file__).resolve().parents[2]
TABLES = sorted(Base.metadata.tables)


@pytest.fixture
def connection(portal: Flask, settings: Settings) -> Any:
    engine = sa.create_engine(str(settings.owner_database_url))
    with engine.connect() as opened:
        yield opened
    engine.dispose()


EVERY_MODULE = """
import pkgutil, importlib
import core.app
from core.storage import Base
first = set(Base.metadata.tables)
for one in pkgutil.walk_packages(core.__path__, "core."):
    if not one.name.endswith("__main__"):
        importlib.import_module(one.name)
print(first and sorted(set(Base.metadata.tables) - first))
"""


def test_whoever_makes_the_portal_knows_every_table_of_the_core() -> None:
    """What `schema upgrade` does not know gets no rights, whatever else a process happens to load."""
    told = subprocess.run(
        [sys.executable, "-c", EVERY_MODULE], capture_output=True, text=True, check=True, timeout=120)
    assert told.stdout.strip() == "[]"


def test_every_model_belongs_to_a_force(portal: Flask) -> None:
    loose = [
        m.class_.__name__ for m in Base.registry.mappers if not issubclass(m.class_, ForceOwned)
    ]
    assert loose == []
    assert len(Base.registry.mappers) >= 15


def test_every_model_says_itself_when_its_rows_end_and_what_a_merger_does_to_them(portal: Flask) -> None:
    """None has it from another: docs/decisions/0044-a-row-says-its-own-end.md."""
    unsaid = [
        f"{model.__name__}: {name}" for model in owned_models() for name in ("__kept__", "__at_merger__")
        if name not in vars(model)
    ]
    assert unsaid == []
    assert len(owned_models()) == len(Base.registry.mappers)


def test_who_ends_or_moves_rows_names_the_case_and_what_makes_one_and_no_other_table(portal: Flask) -> None:
    models = {mapper.class_.__name__ for mapper in Base.registry.mappers}
    trees = [ast.parse(path.read_text()) for plugin in ("retention", "mergers")
             for path in (ROOT / "plugins" / plugin).glob("*.py")]
    named = {getattr(node, "id", getattr(node, "attr", "")) for tree in trees for node in ast.walk(tree)}
    assert named & models == {"Case", "Access", "Person", "RecordEvent", "AuditEntry"}


@requirement("D5")
def test_keys_hold_the_force_and_no_other_index_begins_with_it(portal: Flask) -> None:
    """First in foreign keys; last in every index (core/cases/models.py says why)."""
    wrong = []
    for name, table in Base.metadata.tables.items():
        if [c.name for c in table.primary_key] != ["force", "id"]:
            wrong.append(f"{name}: primary key")
        for constraint in table.constraints:
            columns = [c.name for c in constraint.columns] if hasattr(constraint, "columns") else []
            if isinstance(constraint, sa.ForeignKeyConstraint) and columns[0] != "force":
                wrong.append(f"{name}: {columns}")
            if isinstance(constraint, sa.UniqueConstraint) and columns[-1] != "force":
                wrong.append(f"{name}: {columns}")
        wrong += [f"{name}: {i.name}" for i in table.indexes if list(i.columns)[-1].name != "force"]
    assert wrong == []


def test_in_the_database_no_index_begins_with_the_force(connection: sa.Connection) -> None:
    first = connection.execute(sa.text(
        "SELECT i.indexrelid::regclass::text FROM pg_index i JOIN pg_attribute a "
        "ON a.attrelid = i.indexrelid AND a.attnum = 1 WHERE a.attname = 'force'"
    )).scalars().all()
    assert first == []


@requirement("D5")
def test_every_foreign_key_in_the_database_holds_the_force_of_both_sides(
    connection: sa.Connection,
) -> None:
    loose = connection.execute(sa.text(
        "SELECT c.conname FROM pg_constraint c JOIN pg_namespace n ON n.oid = c.connamespace "
        "WHERE n.nspname = 'public' AND c.contype = 'f' AND NOT ("
        "  (SELECT attname FROM pg_attribute WHERE attrelid = c.conrelid AND attnum = c.conkey[1]) = 'force'"
        "  AND (SELECT attname FROM pg_attribute WHERE attrelid = c.confrelid"
        "       AND attnum = c.confkey[1]) = 'force')"
    )).scalars().all()
    assert [name for name in loose if not name.startswith("procrastinate_")] == []


@requirement("D6")
def test_no_view_reads_rows_with_its_owners_rights(connection: sa.Connection) -> None:
    views = connection.execute(sa.text(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname = 'public' AND c.relkind IN ('v', 'm') "
        "AND NOT coalesce('security_invoker=true' = ANY (c.reloptions), false)"
    )).scalars().all()
    assert views == []


@requirement("D6")
def test_row_level_security_is_enabled_and_forced_on_every_table(connection: sa.Connection) -> None:
    rows = connection.execute(sa.text(
        "SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity AS held, "
        "(SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid) AS policies "
        "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname = 'public' AND c.relkind = 'r'"
    ))
    held = {
        r.relname: (r.held, r.policies)
        for r in rows
        if not r.relname.startswith(("procrastinate_", "schema_version_"))
    }
    assert set(held) == set(Base.metadata.tables)
    assert {name for name, state in held.items() if state != (True, 1)} == set()


def test_the_models_are_what_the_migrations_make(connection: sa.Connection, portal: Flask) -> None:
    schema.owners(host(portal))  # all models are loaded
    assert compare_metadata(drafting.comparing(connection, Base.metadata, None), Base.metadata) == []


def test_every_step_can_be_taken_back_and_forward_again(portal: Flask, database: Addresses) -> None:
    other = database.new_database("steps")
    assert schema.upgrade(portal, other.owner, "tmc_serving")
    engine = sa.create_engine(other.owner)
    with engine.begin() as connection:
        for owner in reversed(schema.owners(host(portal))):
            schema.downgrade(connection, owner)
        left = [
            t
            for t in sa.inspect(connection).get_table_names()
            if not t.startswith(("procrastinate_", "schema_version_"))
        ]
        assert left == []
    engine.dispose()
    assert schema.upgrade(portal, other.owner, "tmc_serving")
    assert schema.upgrade(portal, other.owner, "tmc_serving") == []


def test_the_last_step_of_every_owner_is_the_one_that_would_be_run_to(portal: Flask) -> None:
    for owner in schema.owners(host(portal)):
        assert owner.head() == owner.script().get_current_head()


def test_the_last_step_is_the_one_that_no_other_builds_on(tmp_path: Path) -> None:
    assert head_of(tmp_path) is None
    (tmp_path / "a.py").write_text('revision = "one"\ndown_revision = None\n')
    (tmp_path / "b.py").write_text('revision: str = "two"\ndown_revision: str = "one"\n')
    assert head_of(tmp_path) == "two"
    (tmp_path / "c.py").write_text('revision = "three"\ndown_revision = "one"\n')
    with pytest.raises(ValueError, match="three and two could both be the last"):
        head_of(tmp_path)
    (tmp_path / "d.py").write_text('revision = "four"\ndown_revision = ("two", "three")\n')
    assert head_of(tmp_path) == "four"


def test_what_serves_pages_does_not_load_what_changes_tables() -> None:
    asked = "import sys, core.app; print([n for n in ('alembic', 'mako') if n in sys.modules])"
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_the_audit_cannot_be_changed_by_the_serving_role(connection: sa.Connection) -> None:
    rights = set(connection.execute(sa.text(
        "SELECT privilege_type FROM information_schema.role_table_grants "
        "WHERE table_name = 'audit_entry' AND grantee = 'tmc_serving'"
    )).scalars())
    assert rights == {"SELECT", "INSERT"}


def test_a_unit_is_found_as_it_is_compared_and_by_its_own_force_only(app: Flask) -> None:
    """Each force has keys of its own, so that the same unit's hash is another one elsewhere."""
    hashes = set()
    for force in (HERTS, AVON):
        with app.app_context(), force_scope(force):
            staff = Staff(record_id="O9", role="officer", unit=" Watford CID")
            db.session.add(staff)
            db.session.flush()
            assert (staff.unit, [staff.unit_key]) == (" Watford CID", Staff.unit.sought("WATFORD cid"))
            hashes.add(staff.unit_key)
            staff.unit = "Luton"
            assert [staff.unit_key] == Staff.unit.sought("luton") != Staff.unit.sought("Watford CID")
            for blank in (" ", "", None):
                staff.unit = blank
                assert (staff.unit, staff.unit_key, Staff.unit.sought(blank)) == (blank, None, [])
    assert len(hashes) == 2
