"""The commands about forces, asked in a folder of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from core.cli.main import add_plugin_commands, root
from tests.forces import staff_door
from tests.plugins.onboarding.folder import Run


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TMC_FORCES_DIR", str(tmp_path))
    return tmp_path


@pytest.fixture
def officers_can_sign_in() -> Iterator[None]:
    """By a plugin of others, which is installed here."""
    with staff_door():
        yield


@pytest.fixture
def run(folder: Path) -> Run:
    add_plugin_commands()

    def run_it(*words: str, typed: str | None = None) -> Result:
        result = CliRunner().invoke(root, ["forces", *words], input=typed)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.output
        return result

    return run_it
