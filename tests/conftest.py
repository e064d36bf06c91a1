"""A real portal with two forces on a real PostgreSQL, for every test that asks for one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.postgres import Addresses, postgres

pytest_plugins = ["tests.live", "tests.record_system"]
HERTS, AVON = "hertfordshire", "avon-and-somerset"
SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def database() -> Iterator[Addresses]:
    """In a folder beside pytest's own, which pytest closes to other users (as root, the server's)."""
    with TemporaryDirectory(prefix="tmc-test-") as folder, postgres(Path(folder)) as addresses:
        yield addresses


@pytest.fixture(scope="session")
def settings(database: Addresses, tmp_path_factory: pytest.TempPathFactory) -> Any:
    from core.settings import Settings

    return Settings(
        mode="demo", database_url=database.serving, owner_database_url=database.owner,
        data_dir=tmp_path_factory.mktemp("data"), base_url="http://portal.test",
    )


@pytest.fixture(scope="session")
def portal(settings: Any) -> Iterator[Flask]:
    """The application, once for the whole run."""
    from core import schema
    from core.app import create_app
    from core.db import close_connections

    app = create_app(settings)
    app.testing = False
    schema.upgrade(app, settings.owner_database_url, "tmc_serving")
    schema.check(app)
    yield app
    with app.app_context():
        close_connections()


@pytest.fixture
def app(portal: Flask, settings: Any) -> Flask:
    """The application on an empty database."""
    empty(settings.owner_database_url)
    portal.extensions["tmc_keys"].clear()
    return portal


def empty(owner_url: str) -> None:
    engine = sa.create_engine(owner_url)
    with engine.begin() as connection:
        names = [
            name for name in sa.inspect(connection).get_table_names()
            if not name.startswith("schema_version_") and name != "procrastinate_version"
        ]
        connection.execute(sa.text(f"TRUNCATE {', '.join(names)} CASCADE"))
    engine.dispose()
