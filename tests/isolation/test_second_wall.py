"""Where the first wall is passed, PostgreSQL and the keys of each force still keep forces apart."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from core.cases.models import Case, Person
from core.storage.ciphers import Unreadable
from core.storage.db import db, force_scope
from core.storage.keys.keyring import force_keys
from core.storage.row_guard import CHECKED
from core.storage.sealed import unseal
from tests.conftest import AVON, HERTS
from tests.isolation.conftest import CANARIES
from tests.isolation.past_the_wall import see_everything
from tests.security.checklist import protection, requirement

# --- the second wall ----------------------------------------------------------------------------


@requirement("D6")
@pytest.mark.parametrize("force", [HERTS, AVON])
def test_row_level_security_holds_where_the_guard_is_passed(
    app: Flask, twins: Any, force: str
) -> None:
    everything = sa.select(Case.__table__.c.force, Case.__table__.c.id)
    with app.app_context(), force_scope(force):
        rows = (
            db.session().connection().execute(everything, execution_options={CHECKED: True}).all()
        )
        assert rows == [(force, twins[force]["case"])]


@protection("D6")
def test_where_row_level_security_is_passed_the_same_question_shows_both_forces(
    app: Flask, twins: Any
) -> None:
    everything = sa.select(Case.__table__.c.id)
    with app.app_context(), force_scope(HERTS):
        see_everything(app)
        found = db.session().connection().execute(everything, execution_options={CHECKED: True})
        assert {twins[HERTS]["case"], twins[AVON]["case"]} <= set(found.scalars())


@requirement("D6")
def test_without_a_force_told_there_are_no_rows(app: Flask, twins: Any, settings: Any) -> None:
    engine = sa.create_engine(settings.database_url)
    with engine.connect() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM crime_case")).scalar() == 0
        connection.execute(sa.text("SELECT set_config('tmc.force', 'hertfordshire', true)"))
        assert connection.execute(sa.text("SELECT count(*) FROM crime_case")).scalar() == 1
        connection.rollback()
        assert connection.execute(sa.text("SELECT count(*) FROM crime_case")).scalar() == 0
    engine.dispose()


@requirement("D6")
def test_row_level_security_refuses_a_row_of_another_force(app: Flask, twins: Any) -> None:
    row = {
        "force": AVON,
        "id": UUID(int=7),
        "source": "x",
        "record_id": "z",
        "language": "en",
        "made_up": False,
    }
    with app.app_context(), force_scope(HERTS):
        connection = db.session().connection()
        with pytest.raises(sa.exc.ProgrammingError, match="row-level security"):
            connection.execute(
                sa.insert(Person.__table__).values(row), execution_options={CHECKED: True}
            )
        db.session.rollback()
        connection = db.session().connection()
        connection.execute(
            sa.insert(Person.__table__).values({**row, "force": HERTS}),
            execution_options={CHECKED: True},
        )


# --- encryption ---------------------------------------------------------------------------------


def test_what_is_sealed_opens_in_its_own_place_only(app: Flask, twins: Any) -> None:
    with app.app_context(), force_scope(HERTS):
        row = db.session.scalars(sa.select(Person)).one()
        assert row.family == CANARIES[HERTS]
        sealed = row.family_sealed
        assert CANARIES[HERTS].encode() not in sealed
        for moved in (
            lambda: unseal(Person, "given", row.id, sealed),
            lambda: unseal(Case, "family", row.id, sealed),
            lambda: unseal(Person, "family", UUID(int=1), sealed),
            lambda: unseal(Person, "family", row.id, sealed[:-1] + bytes([sealed[-1] ^ 1])),
        ):
            with pytest.raises(Unreadable):
                moved()
    with app.app_context(), force_scope(AVON), pytest.raises(Unreadable):
        unseal(Person, "family", twins[HERTS]["person"], sealed)


def test_the_same_value_has_another_index_at_another_force(app: Flask) -> None:
    made = []
    for force in (HERTS, AVON):
        with app.app_context(), force_scope(force):
            made.append(force_keys().mac("lookup", b"same"))
    assert made[0] != made[1]


def test_no_canary_stands_in_the_tables_in_the_clear(app: Flask, twins: Any, settings: Any) -> None:
    engine = sa.create_engine(settings.database_url.replace("tmc_serving@", "postgres@"))
    with engine.connect() as connection:
        dumped = ""
        for table in sa.inspect(connection).get_table_names():
            for row in connection.execute(sa.text(f'SELECT * FROM "{table}"')):
                dumped += "|".join(
                    bytes(v).decode("latin-1") if isinstance(v, (bytes, memoryview)) else str(v)
                    for v in row
                )
    engine.dispose()
    assert "41/1/24" in dumped
    assert not any(canary in dumped or canary.lower() in dumped for canary in CANARIES.values())
