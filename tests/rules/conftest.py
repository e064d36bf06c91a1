"""The force in scope, at a moment that the file says."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from core.base import clock
from core.storage.db import force_scope
from tests.conftest import HERTS


@pytest.fixture
def force(app: Flask, request: pytest.FixtureRequest) -> Iterator[None]:
    """Hertfordshire in scope, at the ``NOW`` of the file."""
    with clock.travel(request.module.NOW), app.app_context(), force_scope(HERTS):
        yield
