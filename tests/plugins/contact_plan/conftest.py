"""All that is agreed in these tests is agreed at one moment."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.base import clock
from tests.plugins.contact_plan.agreed import NOW


@pytest.fixture(autouse=True)
def _on_a_tuesday() -> Iterator[None]:
    with clock.travel(NOW):
        yield
