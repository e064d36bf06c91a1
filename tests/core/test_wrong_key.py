"""A portal with another master key than its data was made with does not start to serve."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from core import schema
from core.app import create_app
from core.crypto import KeyProblem
from core.db import close_connections
from core.key_files import write_key_file
from core.settings import Settings
from tests.builders import recorded
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
