"""A portal with one force of our own invention that replays files of data.police.uk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.cli import ScriptInfo

from core.storage.keys.keyring import FORCE_KEYS
from core.testing.postgres import Addresses
from tests.conftest import empty

WESTSHIRE = """
id = "westshire"
name = "Westshire Police"
short_name = "Westshire"
status = "draft"
nation = "England"
languages = ["en"]
non_emergency = "101"
crime_types = ["burglary-residential", "bicycle-theft", "other-theft"]

[brand]
colour = "#14505c"

[email_sender]
name = "Westshire Police"
address = "portal@westshire.example"
discreet_address = "updates@post.example"

[references]
template = "W/{number}/{yy}"

[[districts]]
id = "north"
name = "North Vale"
former_districts = ["Old Vale"]

[[districts]]
id = "ports"
name = "Ports, Quays and Poole"

[feed.sources.niche]

[plugins.victims_code]

[plugins.police_uk.crime_types]
burglary = "burglary-residential"
bicycle-theft = "bicycle-theft"
other-theft = "other-theft"

[[phases]]
opens = 2020-01-01
districts = ["north", "ports"]
crime_types = ["burglary-residential", "bicycle-theft"]
"""


@pytest.fixture(scope="session")
def westshire_database(database: Addresses) -> Addresses:
    return database.new_database("westshire")


@pytest.fixture(scope="session")
def westshire_settings(
    westshire_database: Addresses, tmp_path_factory: pytest.TempPathFactory
) -> Any:
    from core.base.settings import Settings

    forces = tmp_path_factory.mktemp("forces")
    (forces / "westshire").mkdir()
    (forces / "westshire" / "force.toml").write_text(WESTSHIRE)
    return Settings(
        mode="demo",
        database_url=westshire_database.serving,
        owner_database_url=westshire_database.owner,
        base_url="http://portal.test",
        data_dir=tmp_path_factory.mktemp("westshire"),
        forces_dir=forces,
    )


@pytest.fixture(scope="session")
def westshire_portal(westshire_settings: Any) -> Iterator[Flask]:
    from core.app import create_app
    from core.storage import schema
    from core.storage.db import db

    app = create_app(westshire_settings)
    schema.upgrade(app, westshire_settings.owner_database_url, "tmc_serving")
    yield app
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()


@pytest.fixture
def westshire(westshire_portal: Flask, westshire_settings: Any) -> Flask:
    """The application on an empty database."""
    empty(westshire_settings.owner_database_url)
    FORCE_KEYS.get(westshire_portal).clear()
    return westshire_portal


@pytest.fixture
def replay(westshire: Flask) -> Callable[..., Result]:
    """Runs ``police-uk replay`` as an operator does."""
    from plugins.police_uk.cli import police_uk

    def run(*arguments: Any, force: str = "westshire") -> Result:
        given = ["replay", *map(str, arguments), "--force", force]
        return CliRunner().invoke(
            police_uk, given, obj=ScriptInfo(create_app=lambda: westshire), catch_exceptions=False
        )

    return run
