"""A folder of its own for each test, and a server in it that was started before."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.cli.processes.embedded import EmbeddedPostgres
from tests.core.cli.processes.servers import QUICK


@pytest.fixture
def folder() -> Iterator[Path]:
    """Not pytest's own: that one is closed again by every run that starts meanwhile."""
    made = Path(tempfile.mkdtemp(prefix="tmc-test-"))
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="session")
def stopped() -> Iterator[Path]:
    """The data of a server that was started and stopped, for tests that do not ask about first starts."""
    with tempfile.TemporaryDirectory(prefix="tmc-test-") as name:
        with EmbeddedPostgres(Path(name), settings=QUICK):
            pass
        yield Path(name)


@pytest.fixture
def server(folder: Path, stopped: Path) -> Iterator[EmbeddedPostgres]:
    subprocess.run(["cp", "-a", f"{stopped}/.", folder], check=True)  # with their owners
    made = EmbeddedPostgres(folder, settings=QUICK)
    yield made
    made.stop()
