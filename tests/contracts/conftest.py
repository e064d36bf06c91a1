"""The house that rules are tried on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contracts.small_house import SOUND, write


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    """A small house in which everything is as it should be."""
    return write(tmp_path, SOUND)
