"""A production portal on a host of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from core.app import create_app
from core.base.settings import Settings
from core.storage.db import close_connections
from core.storage.keys.master_key import write_key_file
from core.testing.postgres import Addresses
from tests.forces import ALL, live_force, staff_door


def production(database: Addresses, folder: Path, *, proxies: int = 0) -> Flask:
    """A production portal with one live force on a host of its own."""
    for name in ("master", "secret"):
        write_key_file(folder / name)
    live_force(folder / "forces", plugins=ALL, host="track.midshire.police.uk")
    with staff_door():
        return create_app(
            Settings(
                mode="production",
                database_url=database.serving,
                master_key_file=folder / "master",
                secret_key_file=folder / "secret",
                smtp_url="smtp://mail.test",
                base_url="https://portal.test",
                forces_dir=folder / "forces",
                proxies=proxies,
            )
        )


def hosted_portal(
    database: Addresses, portal: Flask, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """Production without a proxy in front: ``hosted = pytest.fixture(scope="module")(hosted_portal)``."""
    app = production(database, tmp_path_factory.mktemp("hosted"))
    yield app
    with app.app_context():
        close_connections()
