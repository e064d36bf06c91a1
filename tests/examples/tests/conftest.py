"""The test kit's fixtures: ``portal`` is the whole application, with nothing in it yet."""

from __future__ import annotations

import pytest

from core.testing import AtForce, Portal, allocated, recorded

pytest_plugins = ["core.testing.fixtures"]
REFERENCE = "EX/1/26"


@pytest.fixture
def exampleshire(portal: Portal) -> AtForce:
    """Amina's bicycle was stolen in the north; an officer has the case."""
    force = portal.at("exampleshire")
    force.take_in(
        recorded(REFERENCE, district="N12", time="2026-03-01T10:00:00Z"),
        allocated(REFERENCE, time="2026-03-02T09:00:00Z"),
    )
    return force
