"""Fixtures for pytest: ``pytest_plugins = ["core.testing.fixtures"]`` in your conftest.py.

The only part of the portal that needs pytest: ``pip install trackmycrime[testing]``.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.testing.kit import Portal
from core.testing.kit import portal as a_portal


@pytest.fixture(scope="session")
def whole_portal() -> Iterator[Portal]:
    """One portal for the whole run, with every plugin and force that is installed."""
    with a_portal() as made:
        yield made


@pytest.fixture
def portal(whole_portal: Portal) -> Portal:
    """The portal, with nothing in it yet."""
    whole_portal.empty()
    return whole_portal
