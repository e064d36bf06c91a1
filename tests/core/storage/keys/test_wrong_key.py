"""A portal with another master key than its data was made with does not start to serve."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask

from core.app import create_app
from core.base.settings import Settings
from core.cli.processes.supervisor import free_port
from core.storage import ciphers, schema
from core.storage.ciphers import KeyProblem
from core.storage.db import close_connections
from core.storage.keys.master_key import write_key_file
from core.testing import recorded
from tests.live import ROOT
from tests.people import take
from tests.security.checklist import requirement


@requirement("G3")
def test_the_wrong_master_key_stops_the_start_by_name(
    app: Flask, settings: Settings, tmp_path: Path
) -> None:
    take(app, recorded())
    schema.check(app)
    write_key_file(tmp_path / "master")
    other = create_app(settings.model_copy(update={"master_key_file": tmp_path / "master"}))
    with pytest.raises(KeyProblem, match="TMC_MASTER_KEY_FILE"):
        schema.check(other)
    with other.app_context():
        close_connections()


def start(settings: Settings, mode: str, master: Path, secret: Path) -> tuple[int, str]:
    """A real start of the web process on this run's database: its answer, and what it says."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("TMC_")} | {
        "TMC_MODE": mode, "TMC_DATABASE_URL": str(settings.database_url),
        "TMC_DATA_DIR": str(master.parent), "TMC_MASTER_KEY_FILE": str(master),
        "TMC_SECRET_KEY_FILE": str(secret), "TMC_SMTP_URL": "smtp://mail.test",
        "TMC_BASE_URL": "https://portal.test",
    }
    ended = subprocess.run(
        [sys.executable, "-m", "core", "web", "--bind", f"127.0.0.1:{free_port()}"], cwd=ROOT,
        env=environment, capture_output=True, text=True, timeout=120, check=False)
    return ended.returncode, ended.stdout + ended.stderr


@requirement("G3")
@pytest.mark.parametrize(("mode", "key", "says"), [
    ("demo", ciphers.new_key(), "TMC_MASTER_KEY_FILE names another key"),
    ("demo", b"short", "the key has 5 bytes"),
    ("production", None, "no such key file"),
], ids=["another", "spoilt", "missing"])
def test_a_start_with_a_wrong_key_or_none_is_refused(
    app: Flask, settings: Settings, tmp_path: Path, mode: str, key: bytes | None, says: str
) -> None:
    take(app, recorded())
    write_key_file(tmp_path / "secret")
    if key is not None:
        write_key_file(tmp_path / "master")
        (tmp_path / "master").write_bytes(base64.b64encode(key))
    code, said = start(settings, mode, tmp_path / "master", tmp_path / "secret")
    assert code == 1 and says in said and "Traceback" not in said
