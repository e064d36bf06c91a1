"""Two forces whose staff sign in by providers of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from core.base import clock
from core.storage.db import close_connections
from core.storage.keys.keyring import FORCE_KEYS
from core.testing.kit import make_app, settings_for
from core.testing.postgres import Addresses, empty
from plugins.staff_sign_in.provider import PROVIDERS
from tests.plugins.staff_sign_in.door import NOW, Door, force_file
from tests.plugins.staff_sign_in.simulator import Simulator, simulator


@pytest.fixture(scope="session")
def simulators() -> Iterator[dict[str, Simulator]]:
    with simulator() as one, simulator() as other:
        yield {"midshire": one, "eastshire": other}


@pytest.fixture(scope="session")
def own_database(database: Addresses) -> Addresses:
    """Beside that of the other tests, whose portal has another master key."""
    return database.new_database("staff_sign_in")


@pytest.fixture(scope="session")
def staffed(
    own_database: Addresses, simulators: dict[str, Simulator], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """A portal in which both forces have the plugin, once for the whole run."""
    folder: Path = tmp_path_factory.mktemp("staffed")
    for name, of in simulators.items():
        (folder / "forces" / name).mkdir(parents=True)
        (folder / "forces" / name / "force.toml").write_text(force_file(name, of.issuer))
    app = make_app(settings_for(own_database, folder, forces_dir=folder / "forces"))
    yield app
    with app.app_context():
        close_connections()


@pytest.fixture
def door(staffed: Flask, own_database: Addresses, simulators: dict[str, Simulator]) -> Iterator[Door]:
    """Midshire's door, with nobody known yet and a provider that does all right."""
    empty(own_database.owner)
    FORCE_KEYS.get(staffed).clear()
    PROVIDERS.get(staffed).clear()
    for of in simulators.values():
        of.__init__(issuer=of.issuer)  # type: ignore[misc]
    with clock.travel(NOW):
        yield Door.of(staffed, simulators)
