"""Keys that settle at once, and key files of a test's own."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from core.storage.keys import rotation
from core.storage.keys.master_key import MASTER_KEY, SECRET_KEY, KeyFile, write_key_file


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """One process only: nobody has to hear of a key before it is used."""
    monkeypatch.setattr(rotation, "SETTLES", timedelta(0))
    monkeypatch.setattr(rotation, "CLOCKS_DIFFER", timedelta(0))


@pytest.fixture
def files(app: Flask, tmp_path: Path) -> Any:
    """Key files of this test's own, in the place of the run's."""
    master, secret = MASTER_KEY.get(app), SECRET_KEY.get(app)
    shutil.copy(master.path, tmp_path / "master")
    write_key_file(tmp_path / "secret")
    MASTER_KEY.set(KeyFile(tmp_path / "master"), app)
    SECRET_KEY.set(KeyFile(tmp_path / "secret"), app)
    yield tmp_path
    MASTER_KEY.set(master, app)
    SECRET_KEY.set(secret, app)
