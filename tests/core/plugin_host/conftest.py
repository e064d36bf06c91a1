"""What is logged, and the same crime at two forces."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest
import structlog
from flask import Flask

from core.testing import allocated, recorded
from tests.conftest import AVON
from tests.core.plugin_host.heard import Logged
from tests.people import meet, take


@pytest.fixture
def logged() -> Iterator[Logged]:
    with structlog.testing.capture_logs() as lines:
        yield lines


@pytest.fixture
def case(app: Flask) -> UUID:
    take(app, recorded(), allocated())
    take(app, recorded(crime_type="theft-from-vehicle", district="bristol"), force=AVON)
    return meet(app).case
