"""A case with a person and an officer."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.builders import allocated, recorded
from tests.people import Met, meet, take


@pytest.fixture
def met(app: Flask) -> Met:
    """A case with a person and an officer."""
    take(app, recorded(), allocated())
    return meet(app)
