"""A force in the shadow of every test: the same references and names, and a word that nobody may see.

Its rows are in the database whenever the ``app`` fixture is used. What the tests make the portal say to
anybody (answers, letters, output and logs) and write for other forces is searched for the word.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
import sqlalchemy as sa
from flask import Flask

from core.base.installation import installation
from core.storage import prepared
from core.storage.row_guard import ForceOwned
from core.testing.postgres import without_walls

FORCE = "kent"
WORD = "shadowcanary"
WORDS = (WORD.encode(), WORD.upper().encode())


@dataclass
class Searched:
    """What was searched in one test, and where the word was found."""

    artefacts: int = 0
    found: list[str] = field(default_factory=list)

    def look(self, where: str, content: bytes) -> None:
        self.artefacts += 1
        if any(word in content for word in WORDS):
            self.found.append(where)


searched = Searched()


def cast_shadow(app: Flask) -> str:
    """Take the shadow's news in, the ordinary way; its rows as SQL, in the order they go in."""
    from core.intake.take_in import take_in
    from core.plugin_host.host import host
    from core.storage.db import db, force_scope
    from core.testing.builders import allocated, event, officer, person, recorded

    who = person(name={"given": f"Amina {WORD}", "family": "Khan"}, organisation=WORD,
                 email=f"{WORD}@example.com")
    sam = officer(name=f"Sam {WORD}", unit=WORD, collar_number=WORD, email=f"{WORD}@example.org")
    events = [
        recorded(id="1", district="ashford", people=[who], summary=WORD, incident_reference=WORD,
                 home_office_code=WORD),
        allocated(id="2", officer=sam),
        event("crime.progress", id="3", text=WORD, stage="investigating", time="2024-03-03T10:00:00Z"),
        event("message.sent", id="4", text=WORD, officer=sam, time="2024-03-04T10:00:00Z"),
    ]
    with app.app_context(), force_scope(FORCE):
        results = take_in(host().get(FORCE).force, "niche", events, announce=False)
        assert {r.status for r in results} == {"accepted"}, results
        db.session.commit()
    return inserts_of(app)


def rows_of(app: Flask) -> list[tuple[sa.Table, list[dict[str, Any]]]]:
    """Every row of every force, by table, in the order in which they can be put in again."""
    with _everything(app) as connection:
        return [(table, [dict(row._mapping) for row in connection.execute(sa.select(table))])
                for table in _tables()]


def inserts_of(app: Flask) -> str:
    """What puts every row there is into an empty database: whole statements, with all values in them."""
    found, made = rows_of(app), []
    with _everything(app) as connection:
        driver: Any = connection.connection.driver_connection
        literal = psycopg.ClientCursor(driver)
        for table, rows in found:
            for row in rows:
                statement = prepared.compile_insert(table, row, connection.dialect)
                assert statement
                made.append(literal.mogrify(statement.sql, statement.filled(row)))
    return "; ".join(made)


def put(app: Flask, inserts: str) -> None:
    """What :func:`inserts_of` made, in one round trip: most tests begin with it."""
    with _everything(app) as connection:
        driver: Any = connection.connection.driver_connection
        driver.execute(inserts)


def look_at_rows(app: Flask) -> None:
    """What was written for other forces, in the clear or by mistake."""
    from core.storage.row_guard import Base

    tables = [mapper.local_table for mapper in Base.registry.mappers]
    with _everything(app) as connection:
        text = " UNION ALL ".join(
            f"SELECT '{t.name}', t::text FROM {t.name} t WHERE force <> '{FORCE}' AND t::text ~* '{WORD}'"
            for t in tables
        )
        found = connection.execute(sa.text(text)).all()
    searched.artefacts += len(tables)
    searched.found += [f"a row of {name}" for name, _ in found]


def _tables() -> list[Any]:
    from core.storage.row_guard import Base

    owned = {m.local_table for m in Base.registry.mappers if issubclass(m.class_, ForceOwned)}
    return [table for table in Base.metadata.sorted_tables if table in owned]


@contextmanager
def _everything(app: Flask) -> Iterator[sa.Connection]:
    """A connection that no wall holds."""
    with without_walls(str(installation(app).settings.owner_database_url)) as connection:
        yield connection
