"""The portal that is measured: a real PostgreSQL with fsync on, some thousand cases, one busy one."""

from __future__ import annotations

import itertools
import secrets
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Flask

from core.app import create_app
from core.base import clock
from core.base.settings import Settings
from core.cases.models import Access, Case, PortalSession
from core.cli.processes.embedded import EmbeddedPostgres
from core.intake import conversation
from core.intake.take_in import take_in
from core.plugin_host.host import host
from core.storage import schema
from core.storage.db import close_connections, db, force_scope
from core.storage.migrations.admin import make_roles
from core.web.sessions import token_hash

FORCE, SOURCE = "hertfordshire", "niche"
OWNER, SERVING, DATABASE = "tmc_owner", "tmc_serving", "trackmycrime"
BUSY = "41/90001/24"
START = datetime(2024, 3, 1, 9, tzinfo=UTC)
TEXT = (
    "We have spoken to the shops along the parade and asked for what their cameras recorded on "
    "the evening of the theft. Two of them have given it to us, and we are looking through it now."
)
# 27 pieces of news after "recorded", "allocated" and the charge: with them, 30 entries.
LIFE = ("progress", "progress", "arrested", "interviewed", "released", "progress", "bail_changed",
        "progress", "outcome", "reopened")
_ids = itertools.count(1)


@dataclass(frozen=True)
class World:
    """A seeded portal: how other processes reach it, and the page that is asked for."""

    app: Flask
    server: EmbeddedPostgres
    environment: dict[str, str]
    case_id: UUID
    path: str
    cookie: str
    database: str = DATABASE

    @property
    def superuser(self) -> str:
        return self.server.url(database=self.database)

    @property
    def postgres(self) -> int:
        """The process that all of the server's are children of."""
        file = Path(self.environment["TMC_DATA_DIR"]) / "postgres" / "cluster" / "postmaster.pid"
        return int(file.read_text().split()[0])


def event(name: str, subject: str, moment: datetime, **data: Any) -> dict[str, Any]:
    """A record event as ``niche`` would send it."""
    return {
        "specversion": "1.0", "id": f"bench-{next(_ids)}", "source": "niche.example",
        "type": f"uk.police.{name}.v1", "time": moment.isoformat(), "subject": subject,
        "datacontenttype": "application/json", "data": data,
    }


def recorded(subject: str, moment: datetime) -> dict[str, Any]:
    number = subject.split("/")[1]
    return event(
        "crime.recorded", subject, moment, crime_type="bicycle-theft", district="watford",
        reported_at=moment.isoformat(), summary="A bicycle was taken from a locked shed.",
        people=[{
            "id": f"P{number}", "role": "victim", "name": {"given": "Amina", "family": "Khan"},
            "date_of_birth": "1980-05-17", "postcode": "WD17 1AA", "phone": "07700 900123",
            "email": f"amina{number}@example.com",
        }],
    )


def officer(number: int) -> dict[str, Any]:
    return {"id": f"O{number % 50}", "name": "Sam Officer", "collar_number": f"{number % 50:04}",
            "unit": "Watford CID", "email": f"officer{number % 50}@example.org"}


def allocated(subject: str, moment: datetime) -> dict[str, Any]:
    return event("crime.allocated", subject, moment, officer=officer(int(subject.split("/")[1])))


def progress(subject: str, moment: datetime) -> dict[str, Any]:
    return event("crime.progress", subject, moment, stage="investigating", text=TEXT)


def outcome(subject: str, moment: datetime) -> dict[str, Any]:
    return event("crime.outcome", subject, moment, outcome="18", done=TEXT)


def busy_case() -> Iterator[dict[str, Any]]:
    """30 entries, and three messages of the officer."""
    yield recorded(BUSY, START)
    yield allocated(BUSY, START + timedelta(days=1))
    for day, kind in enumerate(itertools.islice(itertools.cycle(LIFE), 27), start=2):
        moment = START + timedelta(days=day, minutes=day)
        if kind == "progress":
            yield progress(BUSY, moment)
        elif kind == "outcome":
            yield outcome(BUSY, moment)
        elif kind == "reopened":
            yield event("crime.reopened", BUSY, moment, reasons="A new witness has come forward.")
        else:
            more = {"kind": "bail"} if kind == "released" else {}
            yield event(f"suspect.{kind}", BUSY, moment, text=TEXT, **more)
    yield event("suspect.charged", BUSY, START + timedelta(days=40), text=TEXT)
    for day in (3, 9, 20):
        yield event("message.sent", BUSY, START + timedelta(days=day), text=TEXT,
                    officer=officer(90001))


def quiet_cases(first: int, count: int) -> Iterator[dict[str, Any]]:
    for number in range(first, first + count):
        subject, moment = f"41/{number}/24", START + timedelta(minutes=number)
        yield recorded(subject, moment)
        yield allocated(subject, moment + timedelta(hours=2))
        yield progress(subject, moment + timedelta(days=1))
        yield outcome(subject, moment + timedelta(days=9))


@contextmanager
def world(cases: int, settings: Mapping[str, str] | None = None) -> Iterator[World]:
    """A portal with *cases* cases and the busy one, until the block ends.

    *settings* are PostgreSQL's; without any it is as careful as an operator's.
    """
    with (
        tempfile.TemporaryDirectory(prefix="tmc-bench-") as folder,
        EmbeddedPostgres(Path(folder), settings=settings) as server,
    ):
        make_roles(server.url(), OWNER, SERVING, DATABASE)
        with _portal(server, folder, DATABASE) as (app, environment):
            schema.upgrade(app, server.url(OWNER, DATABASE), SERVING)
            case_id, cookie = _seed(app, cases)
            analyse(server.url(database=DATABASE))
            yield World(app, server, environment, case_id, f"/{FORCE}/case/{case_id}", cookie)


@contextmanager
def own_database(portal: World, name: str) -> Iterator[World]:
    """The same portal on a copy of its database, which goes with the block: what one measurement
    leaves behind, no other meets."""
    database = f"bench_{name}"
    with portal.app.app_context():
        close_connections()
    _command(portal.server, f"CREATE DATABASE {database} TEMPLATE {DATABASE} OWNER {OWNER}")
    try:
        with _portal(portal.server, portal.environment["TMC_DATA_DIR"], database) as (app, settings):
            analyse(portal.server.url(database=database))
            yield replace(portal, app=app, environment=settings, database=database)
    finally:
        _command(portal.server, f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")


@contextmanager
def _portal(
    server: EmbeddedPostgres, folder: str, database: str
) -> Iterator[tuple[Flask, dict[str, str]]]:
    """The application on a database, and what other processes must be told to serve it too."""
    environment = {
        "TMC_MODE": "demo", "TMC_DATA_DIR": folder, "TMC_BASE_URL": "http://127.0.0.1",
        "TMC_DATABASE_URL": server.url(SERVING, database),
        "TMC_OWNER_DATABASE_URL": server.url(OWNER, database),
    }
    app = create_app(Settings(
        mode="demo", database_url=server.url(SERVING, database), data_dir=Path(folder),
        owner_database_url=server.url(OWNER, database), base_url="http://127.0.0.1",
    ))
    try:
        yield app, environment
    finally:
        with app.app_context():
            close_connections()


def _command(server: EmbeddedPostgres, statement: str) -> None:
    engine = sa.create_engine(server.url(), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(statement))
    engine.dispose()


def _seed(app: Flask, cases: int) -> tuple[UUID, str]:
    with app.app_context(), force_scope(FORCE):
        events = itertools.chain(quiet_cases(1, cases), busy_case())
        while batch := list(itertools.islice(events, 400)):
            take(batch)
        case_id, person_id = _busy_ids()
        for text in ("Thank you. Is there any news of the cameras?", "I have found the receipt."):
            conversation.post_message(
                case_id=case_id, person_id=person_id, staff_id=None, from_person=True,
                text=text, form_key=secrets.token_hex(8),
            )
        token, now = secrets.token_urlsafe(32), clock.now()
        db.session.add(PortalSession(
            token_hash=token_hash(token), person_id=person_id, staff_id=None, made_at=now,
            seen_at=now, ends_at=now + timedelta(hours=12), notes={},
        ))
        db.session.commit()
    return case_id, f"tmc-{FORCE}={token}"


def take(events: list[dict[str, Any]], *, announce: bool = False) -> None:
    """Take in and commit; all must be accepted."""
    results = take_in(host().get(FORCE).force, SOURCE, events, announce=announce)
    assert all(result.status == "accepted" for result in results), results[:3]
    db.session.commit()


def _busy_ids() -> tuple[UUID, UUID]:
    return db.session.execute(  # type: ignore[return-value]
        sa.select(Case.id, Access.person_id).join(Access, Access.case_id == Case.id)
        .where(Case.crime_reference == BUSY)
    ).one()


def analyse(superuser: str) -> None:
    engine = sa.create_engine(superuser, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text("VACUUM ANALYZE"))
        connection.execute(sa.text("CHECKPOINT"))
    engine.dispose()
