"""At every start PostgreSQL is asked whether it would keep forces apart, also from this very role."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask

from core.base.settings import Settings
from core.storage import schema
from core.storage.migrations import admin
from core.testing import person, recorded
from core.testing.postgres import SERVING, as_superuser
from tests.conftest import HERTS
from tests.people import take
from tests.security.checklist import requirement

HELD = "(force = current_setting('tmc.force', true))"


@pytest.fixture
def superuser(app: Flask, settings: Settings) -> Iterator[sa.Connection]:
    """Somebody who may do everything; what they do is undone at the end."""
    engine = sa.create_engine(as_superuser(settings.owner_database_url), poolclass=sa.NullPool)
    with engine.connect() as connection:
        yield connection
        connection.rollback()


def done(superuser: sa.Connection, *statements: str) -> None:
    for statement in statements:
        superuser.execute(sa.text(statement))
    superuser.execute(sa.text(f"SET LOCAL ROLE {SERVING}"))


@requirement("D6")
@pytest.mark.parametrize(("given", "said"), [
    ("GRANT postgres TO tmc_serving", "may pass row-level security"),
    ("CREATE ROLE passes BYPASSRLS; GRANT passes TO tmc_serving", "may pass row-level security"),
    ("GRANT pg_read_server_files TO tmc_serving", "may pass row-level security"),
    ("GRANT pg_execute_server_program TO tmc_serving", "may pass row-level security"),
    ("ALTER ROLE tmc_serving CREATEROLE", "may give itself other roles"),
    ("GRANT tmc_owner TO tmc_serving", "owns the tables"),
    ("ALTER TABLE message OWNER TO tmc_serving", "owns the tables"),
    ("ALTER SCHEMA public OWNER TO tmc_serving", "owns the tables"),
])
def test_a_role_that_could_become_one_that_passes_is_refused(
    superuser: sa.Connection, given: str, said: str
) -> None:
    done(superuser, given)
    assert said in str(admin.role_problem(superuser))


def test_the_serving_role_as_it_is_made_is_taken(superuser: sa.Connection) -> None:
    done(superuser)
    assert admin.role_problem(superuser) is None
    assert admin.unprotected(superuser) == []


@requirement("D6")
@pytest.mark.parametrize(("loosened", "table"), [
    ("ALTER TABLE message DISABLE ROW LEVEL SECURITY", "message"),
    ("ALTER TABLE message NO FORCE ROW LEVEL SECURITY", "message"),
    ("CREATE POLICY all_forces ON message USING (true)", "message"),
    ("CREATE POLICY all_forces ON message FOR INSERT WITH CHECK (true)", "message"),
    (f"ALTER POLICY one_force ON message USING (true) WITH CHECK {HELD}", "message"),
    (f"ALTER POLICY one_force ON message USING {HELD} WITH CHECK (true)", "message"),
    ("CREATE VIEW all_messages AS SELECT * FROM message", "all_messages"),
    ("CREATE MATERIALIZED VIEW all_messages AS SELECT * FROM message", "all_messages"),
])
def test_a_wall_that_was_taken_down_afterwards_is_seen(
    superuser: sa.Connection, loosened: str, table: str
) -> None:
    done(superuser, loosened)
    assert admin.unprotected(superuser) == [table]


@pytest.mark.parametrize("harmless", [
    "CREATE VIEW own_messages WITH (security_invoker = true) AS SELECT * FROM message",
    "CREATE POLICY never ON message AS RESTRICTIVE USING (false)",
])
def test_what_holds_still_is_no_reason_to_refuse(superuser: sa.Connection, harmless: str) -> None:
    if "security_invoker" in harmless and superuser.dialect.server_version_info < (15,):  # type: ignore[operator]
        pytest.skip("views that read as their reader came with PostgreSQL 15")
    done(superuser, harmless)
    assert admin.unprotected(superuser) == []


@requirement("D6")
def test_a_start_with_a_wall_taken_down_is_refused(
    app: Flask, superuser: sa.Connection
) -> None:
    superuser.execute(sa.text("ALTER TABLE message NO FORCE ROW LEVEL SECURITY"))
    superuser.commit()
    try:
        with pytest.raises(schema.SchemaProblem, match="the table message is open to all forces"):
            schema.check(app)
    finally:
        superuser.execute(sa.text("ALTER TABLE message FORCE ROW LEVEL SECURITY"))
        superuser.commit()
    schema.check(app)


@requirement("G1")
def test_what_the_serving_role_could_read_of_another_force_is_sealed(
    app: Flask, settings: Settings
) -> None:
    """Row-level security believes the role which force it works for: SQL of somebody's own may lie."""
    somebody = person(name={"given": "Zebedee", "family": "Quillfeather"}, email="zq@example.com")
    take(app, recorded(people=[somebody], summary="canary-of-another-force"))
    engine = sa.create_engine(settings.database_url, poolclass=sa.NullPool)
    found = []
    with engine.connect() as connection:
        connection.execute(sa.text("SELECT set_config('tmc.force', 'avon-and-somerset', true)"))
        connection.execute(sa.text(f"SELECT set_config('tmc.force', '{HERTS}', true)"))
        for table in sa.inspect(connection).get_table_names():
            if not table.startswith(("procrastinate_", "schema_version_")):
                rows = connection.execute(sa.text(f'SELECT t::text FROM "{table}" t'))
                found += rows.scalars().all()
    engine.dispose()
    assert any("41/1/24" in row for row in found)  # references are not sealed
    for word in ("Zebedee", "Quillfeather", "zq@example.com", "canary-of-another-force"):
        assert not any(word in row or word.encode().hex() in row for row in found), word
