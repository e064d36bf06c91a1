"""One embedded PostgreSQL for a test run, with the owner's and the serving role's addresses."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from core.cli.processes.embedded import SUPERUSER, EmbeddedPostgres
from core.storage.migrations.admin import delete_every_row, make_roles

OWNER, SERVING, DATABASE = "tmc_owner", "tmc_serving", "trackmycrime"
_engines: dict[str, sa.Engine] = {}


@dataclass(frozen=True)
class Addresses:
    """Where the database is: as superuser, as the owner of the tables, as the serving role."""

    superuser: str
    owner: str
    serving: str
    server: EmbeddedPostgres

    def new_database(self, name: str) -> Addresses:
        """A further, empty database on the same server."""
        make_roles(self.superuser, OWNER, SERVING, name)
        return Addresses(
            self.superuser,
            self.server.url(OWNER, name),
            self.server.url(SERVING, name),
            self.server,
        )


@contextmanager
def postgres(folder: Path) -> Iterator[Addresses]:
    """A server with its data in *folder*, quick and careless; gone at the end of the block."""
    server = EmbeddedPostgres(
        folder, settings={"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    )
    superuser = server.start()
    try:
        make_roles(superuser, OWNER, SERVING, DATABASE)
        yield Addresses(
            superuser, server.url(OWNER, DATABASE), server.url(SERVING, DATABASE), server
        )
    finally:
        while _engines:
            _engines.popitem()[1].dispose()
        server.stop()


def empty(owner_url: str) -> None:
    """Delete every row of every table, and keep the tables."""
    with without_walls(owner_url) as connection:
        delete_every_row(connection)


@contextmanager
def without_walls(owner_url: str) -> Iterator[sa.Connection]:
    """A transaction in the same database as the superuser, who sees every force's rows. Its connection
    stays open until the server stops, because tests ask for it often."""
    if owner_url not in _engines:
        _engines[owner_url] = sa.create_engine(as_superuser(owner_url), pool_size=1, pool_pre_ping=True)
    with _engines[owner_url].begin() as connection:
        yield connection


def as_superuser(url: str) -> sa.URL:
    """The same database of the test's own server, as whom no wall holds."""
    return sa.make_url(url).set(username=SUPERUSER)
