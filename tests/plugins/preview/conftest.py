"""A preview without a process of its own, on the tests' PostgreSQL."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.testing.postgres import Addresses
from plugins.preview.portal import Portal
from tests.live import ROOT

NEW = "newshire"
MakePortal = Callable[[str, Path | None], Portal]


@pytest.fixture(scope="session")
def portals(
    database: Addresses, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[MakePortal]:
    """Makes the portal that previews a force: one of ``forces/``, or of another folder."""
    made: list[Portal] = []

    def make(force_id: str, forces_dir: Path | None = None) -> Portal:
        environment = {
            "TMC_MODE": "demo", "TMC_DATA_DIR": str(tmp_path_factory.mktemp("preview")),
            "TMC_BASE_URL": "http://127.0.0.1:8010",
        }
        if forces_dir:
            environment["TMC_FORCES_DIR"] = str(forces_dir)
        folder = (forces_dir or ROOT / "forces") / force_id
        made.append(Portal(force_id, folder, database.server, environment))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture(scope="module")
def complete(portals: MakePortal) -> Portal:
    """The preview of a force with every plugin and an open phase."""
    portal = portals("hertfordshire", None)
    assert portal.load() == []
    return portal


@pytest.fixture
def new_force(tmp_path: Path) -> Path:
    """A folder of forces with a draft of one's own in it."""
    folder = tmp_path / "forces" / NEW
    shutil.copytree(ROOT / "forces" / "hertfordshire", folder)
    file = folder / "force.toml"
    file.write_text(file.read_text().replace('id = "hertfordshire"', f'id = "{NEW}"', 1))
    return folder.parent
