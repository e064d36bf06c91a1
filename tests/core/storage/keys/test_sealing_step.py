"""A later step that seals what earlier versions kept legible: a plugin that is made up has one."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from core.plugin_host.host import host
from core.storage import schema
from core.storage.ciphers import DataKey, KeyProblem, MacKey, new_key, new_key_id
from core.storage.db import db, force_scope
from core.storage.keys.keyring import ForceKey, force_keys
from core.storage.migrations import sealing
from core.storage.schema import Owner
from core.testing.postgres import Addresses
from tests.conftest import AVON, HERTS

_numbers = count(1)
MANY = 3  # rows that the step reads at once here, so that it reads more than once
NAMES = {(force, UUID(int=number)): f"Ottoline {number} of {force}"
         for force in (HERTS, AVON) for number in range(1, MANY + 2)}
STEP = """
import sqlalchemy as sa
from alembic import op
from core.storage.migrations import protect
from core.storage.migrations.sealing import all_forces, rewrite
revision = "{revision}"
down_revision = {before!r}
def upgrade():
    {body}
def downgrade():
    pass
"""
FIRST = """op.execute("CREATE TABLE noisy_name (force text, id uuid, name text, PRIMARY KEY (id, force))")
    protect("noisy_name")"""
SEALS = """op.add_column("noisy_name", sa.Column("name_sealed", sa.LargeBinary()))
    op.add_column("noisy_name", sa.Column("name_key", sa.LargeBinary()))
    with all_forces("noisy_name"):
        rewrite("noisy_name", ("name",), lambda sealer, row: {
            "name_sealed": sealer.seal("noisy_name", "name", row.id, row.name),
            "name_key": sealer.lookup(row.name.lower()) if row.name else None})
    op.drop_column("noisy_name", "name")"""
RENAMES = 'op.rename_table("noisy_name", "noisy_person")'


class Before:
    """A database of the version before, as its owner and as somebody whom no wall holds."""

    def __init__(self, other: Addresses, name: str, steps: Path) -> None:
        self.steps, self.noisy = steps, Owner("noisy", steps.parent)
        self.owner = sa.create_engine(other.owner, poolclass=sa.NullPool)
        self.superuser = sa.create_engine(other.server.url(database=name), poolclass=sa.NullPool)

    def write(self, revision: str, before: str | None, body: str) -> None:
        self.steps.mkdir(parents=True, exist_ok=True)
        text = STEP.format(revision=revision, before=before, body=body)
        (self.steps / f"{revision}.py").write_text(text)

    def bring_up(self, app: Flask) -> list[str]:
        with app.app_context(), self.owner.begin() as connection:
            return schema._bring_up(connection, self.noisy)

    def rows(self, table: str = "noisy_name") -> dict[tuple[str, UUID], Any]:
        with self.superuser.connect() as connection:
            found = connection.execute(sa.text(f"SELECT * FROM {table} ORDER BY force, id"))
            return {(row.force, row.id): row for row in found}

    def held(self, *tables: str) -> bool:
        asked = sa.text("SELECT bool_and(relforcerowsecurity) FROM pg_class WHERE relname = ANY (:tables)")
        with self.superuser.connect() as connection:
            return bool(connection.execute(asked, {"tables": [*tables]}).scalar_one())


@pytest.fixture
def before(
    app: Flask, database: Addresses, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Before]:
    """The names of two forces stand legible in the plugin's table; the keys of both are there."""
    monkeypatch.setattr(sealing, "MANY", MANY)
    monkeypatch.setattr(schema, "_owners", {})
    schema.owners(host(app))
    name = f"legible_{next(_numbers)}"
    other = database.new_database(name)
    schema.upgrade(app, other.owner, "tmc_serving")
    made = Before(other, name, tmp_path / "noisy" / "versions")
    schema._owners["noisy"] = made.noisy
    made.write("noisy_0001", None, FIRST)
    assert made.bring_up(app) == ["noisy: nothing -> noisy_0001"]
    with made.superuser.begin() as connection:
        connection.execute(sa.insert(ForceKey.__table__), keys_of(app))
        connection.execute(sa.text("INSERT INTO noisy_name VALUES (:force, :id, :name)"), [
            {"force": force, "id": row, "name": text} for (force, row), text in NAMES.items()])
    yield made
    made.owner.dispose()
    made.superuser.dispose()


def keys_of(app: Flask) -> list[dict[str, Any]]:
    found = []
    for force in (HERTS, AVON):
        with app.app_context(), force_scope(force):
            force_keys()
            found += [{column.name: getattr(row, column.name) for column in ForceKey.__table__.c}
                      for row in db.session.scalars(sa.select(ForceKey))]
    return found


def test_what_was_legible_is_sealed_with_the_keys_of_each_force(app: Flask, before: Before) -> None:
    before.write("noisy_0002", "noisy_0001", SEALS)
    assert "Ottoline" in str(before.rows())
    before.bring_up(app)
    rows = before.rows()
    assert "ottoline" not in str(rows).lower()
    assert rows.keys() == NAMES.keys()
    for (force, row), text in NAMES.items():
        with app.app_context(), force_scope(force):
            kept = rows[force, row]
            assert force_keys().open("noisy_name", "name", row.bytes, kept.name_sealed) == text
            assert kept.name_key == force_keys().mac("lookup", text.lower().encode())


def test_what_was_empty_stays_empty(app: Flask, before: Before) -> None:
    with before.superuser.begin() as connection:
        connection.execute(sa.text("UPDATE noisy_name SET name = NULL"))
    before.write("noisy_0002", "noisy_0001", SEALS)
    before.bring_up(app)
    assert {(row.name_sealed, row.name_key) for row in before.rows().values()} == {(None, None)}


def test_the_walls_stand_again_after_the_step(app: Flask, before: Before) -> None:
    before.write("noisy_0002", "noisy_0001", SEALS)
    before.bring_up(app)
    assert before.held("noisy_name", "force_key")


@pytest.mark.parametrize(("fault", "said"), [
    ("another master key", r"master key.*Nothing was changed"),
    ("no key of one force", rf"{AVON}: there are rows of this force, and no key.*Nothing was changed"),
    ("no key to look up by", rf"{AVON}: there are rows of this force, and no key.*Nothing was changed"),
])
def test_without_the_right_keys_nothing_is_changed(
    app: Flask, before: Before, monkeypatch: pytest.MonkeyPatch, fault: str, said: str
) -> None:
    def wrong(*given: Any) -> bytes:
        raise KeyProblem("the master key is another one")

    if fault == "another master key":
        monkeypatch.setattr("core.storage.keys.keyring.unwrapped", wrong)
    else:
        with before.superuser.begin() as connection:
            which = "purpose = 'lookup'" if fault == "no key to look up by" else "true"
            connection.execute(
                sa.text(f"DELETE FROM force_key WHERE force = :force AND {which}"), {"force": AVON})
    was = before.rows()
    before.write("noisy_0002", "noisy_0001", SEALS)
    with pytest.raises(schema.SchemaProblem, match=said):
        before.bring_up(app)
    assert before.rows() == was
    assert before.held("noisy_name", "force_key")


def test_the_newest_key_seals_and_the_look_ups_own_finds(
    app: Flask, before: Before, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A force whose keys were changed: what it knows things by does not change with what seals."""
    opened = {new_key_id(): new_key() for _ in range(3)}
    _, (new, newest), (_, finds) = opened.items()
    with before.superuser.begin() as connection:
        connection.execute(sa.text("DELETE FROM force_key"))
        for number, (key_id, purpose) in enumerate(zip(opened, ("data", "data", "lookup"), strict=True)):
            for force in (HERTS, AVON):
                connection.execute(sa.text(
                    "INSERT INTO force_key (force, id, purpose, key_id, wrapped, made_at, starts_at) VALUES ("
                    ":force, gen_random_uuid(), :purpose, :key, '', now(), "
                    "make_timestamptz(:y, 1, 1, 0, 0, 0))"
                ), {"force": force, "purpose": purpose, "key": key_id, "y": 2024 + number})
    monkeypatch.setattr("core.storage.keys.keyring.unwrapped", lambda force, row: opened[row.key_id])
    before.write("noisy_0002", "noisy_0001", SEALS)
    before.bring_up(app)
    for (force, row), text in NAMES.items():
        kept = before.rows()[force, row]
        assert DataKey(force, new, newest).open("noisy_name", "name", row.bytes, kept.name_sealed) == text
        assert kept.name_key == MacKey(finds).mac(text.lower().encode())


def test_a_table_that_gets_another_name_keeps_its_rows_and_its_wall(app: Flask, before: Before) -> None:
    before.write("noisy_0002", "noisy_0001", RENAMES)
    assert before.bring_up(app) == ["noisy: noisy_0001 -> noisy_0002"]
    assert {key: row.name for key, row in before.rows("noisy_person").items()} == NAMES
    assert before.held("noisy_person")
    with before.owner.connect() as connection:
        assert schema.admin.unprotected(connection) == []
