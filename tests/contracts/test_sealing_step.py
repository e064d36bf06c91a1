"""The step that seals what earlier versions kept legible."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from core.base.installation import installation
from core.cases.known_ids import kept_id
from core.cases.models import Case, Entry, Person, Staff
from core.storage import schema
from core.storage.ciphers import KeyProblem
from core.storage.db import db, force_scope
from core.storage.keys.keyring import ForceKey, force_keys
from core.storage.sealed import unseal
from tests.conftest import HERTS
from tests.postgres import Addresses

_numbers = itertools.count(1)
BEFORE = "core_0010"
CASE, STAFF, PERSON, ENTRY, EVENT = (UUID(int=n) for n in range(1, 6))
MOMENT = "2024-03-01T10:00:00Z"
STAMPS = {"2024-03-01T10:00:00.000000\x1f7\x1fOttoline-1\x1f//ottoline.example": "flags summary"}
ROWS: dict[str, dict[str, Any]] = {
    "staff": {"id": STAFF, "record_id": "ottoline.m@police.example", "role": "officer",
              "collar_number": "Ottoline 1234", "unit": " Ottoline's Team", "stamps": json.dumps(STAMPS)},
    "crime_case": {
        "id": CASE, "crime_reference": "41/1/24", "reference_key": "41124",
        "incident_reference": "Ottoline's call", "home_office_code": "105/1", "crime_type": "bicycle-theft",
        "district": "watford", "flags": ["Knife Crime", "Ottoline was there"], "service_level": "standard",
        "reported_at": MOMENT, "offered": False, "offered_reason": "", "stage": "recorded",
        "staff_id": STAFF, "latest_at": MOMENT, "stamps": json.dumps(STAMPS)},
    "person": {"id": PERSON, "source": "niche", "record_id": "P1", "language": "en", "made_up": False,
               "stamps": json.dumps({})},
    "record_event": {
        "id": EVENT, "source": "niche", "envelope_source": "//ottoline.example", "event_id": "Ottoline-1",
        "type": "uk.police.ottoline.v1", "subject_key": "ottolinemarchbanks", "happened_at": MOMENT,
        "received_at": MOMENT, "digest": b"d", "status": "parked", "announce": True,
        "reason": "the victim Ottoline of ottoline@example.com says"},
    "entry": {"id": ENTRY, "case_id": CASE, "kind": "recorded", "happened_at": MOMENT,
              "stamp": next(iter(STAMPS))},
}


@pytest.fixture
def before(app: Flask, database: Addresses) -> Iterator[tuple[sa.Engine, Addresses]]:
    """A database of the version before, with a row in each table, and this force's keys."""
    name = f"legible_{next(_numbers)}"
    other = database.new_database(name)
    schema.upgrade(app, other.owner, "tmc_serving")
    core = schema.owners(installation(app).host)[0]
    owner = sa.create_engine(other.owner)
    with owner.begin() as connection:
        script = core.script()
        schema._move(connection, core, lambda revision, context: script._downgrade_revs(BEFORE, revision))
    owner.dispose()
    with app.app_context(), force_scope(HERTS):
        force_keys()
        wrapped = [{column.name: getattr(row, column.name) for column in ForceKey.__table__.c}
                   for row in db.session.scalars(sa.select(ForceKey))]
    engine = sa.create_engine(other.server.url(database=name))
    with engine.begin() as connection:
        connection.execute(sa.insert(ForceKey.__table__), wrapped)
        for table, row in ROWS.items():
            columns = {**row, "force": HERTS}
            names = ", ".join(columns)
            values = ", ".join(f":{name}" for name in columns)
            connection.execute(sa.text(f"INSERT INTO {table} ({names}) VALUES ({values})"), columns)
    yield engine, other
    engine.dispose()


def all_text(engine: sa.Engine) -> str:
    with engine.connect() as connection:
        return "\n".join(
            str(row) for table in ROWS
            for row in connection.execute(sa.text(f"SELECT t::text FROM {table} t")).scalars())


def test_what_was_legible_is_sealed_hashed_or_gone(
    app: Flask, before: tuple[sa.Engine, Addresses]
) -> None:
    engine, other = before
    assert all_text(engine).lower().count("ottoline") > 8
    schema.upgrade(app, other.owner, "tmc_serving")
    assert "ottoline" not in all_text(engine).lower()
    with engine.connect() as connection, app.app_context(), force_scope(HERTS):
        def row(table: str) -> Any:
            return connection.execute(sa.text(f"SELECT * FROM {table}")).one()

        def text(model: Any, name: str) -> Any:
            kept = row(model.__tablename__)
            return unseal(model, name, kept.id, getattr(kept, f"{name}_sealed"))

        assert text(Staff, "collar_number") == "Ottoline 1234"
        assert text(Staff, "unit") == " Ottoline's Team"
        assert row("staff").unit_key == force_keys().mac("lookup", b"ottoline's team")
        assert text(Case, "incident_reference") == "Ottoline's call"
        assert text(Case, "home_office_code") == "105/1"
        assert (row("crime_case").flags, text(Case, "other_flags")) == (
            ["knife-crime", "other"], '["Ottoline was there"]')
        assert json.loads(text(Case, "stamps")) == json.loads(text(Staff, "stamps")) == STAMPS
        assert (text(Person, "stamps"), row("person").record_id) == ("{}", "P1")
        assert text(Entry, "stamp") == next(iter(STAMPS))
        assert row("staff").record_id == kept_id("ottoline.m@police.example")
        event_key = force_keys().mac("lookup", b"//ottoline.example\x1fOttoline-1")
        assert row("record_event").event_key == event_key
        assert row("record_event").type == "other"


def test_the_walls_stand_again_after_the_step(app: Flask, before: tuple[sa.Engine, Addresses]) -> None:
    engine, other = before
    schema.upgrade(app, other.owner, "tmc_serving")
    held = sa.text("SELECT bool_and(relforcerowsecurity) FROM pg_class WHERE relname = ANY (:tables)")
    with engine.connect() as connection:
        assert connection.execute(held, {"tables": [*ROWS, "access", "force_key"]}).scalar_one()


def test_without_the_right_master_key_nothing_is_changed(
    app: Flask, before: tuple[sa.Engine, Addresses], monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, other = before

    def wrong(*given: Any) -> bytes:
        raise KeyProblem("the master key is another one")

    monkeypatch.setattr("core.storage.keys.keyring.unwrapped", wrong)
    was = all_text(engine)
    with pytest.raises(schema.SchemaProblem, match=r"master key.*Nothing was changed"):
        schema.upgrade(app, other.owner, "tmc_serving")
    assert all_text(engine) == was
