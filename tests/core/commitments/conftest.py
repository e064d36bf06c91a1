"""A case in which something is due."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.core.commitments.reminders import due_case


@pytest.fixture
def case(app: Flask) -> Flask:
    """As :func:`due_case`."""
    return due_case(app)
