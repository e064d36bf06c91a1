"""A visitor, and somebody of the staff who takes calls."""

from __future__ import annotations

import pytest
from flask import Flask

from core.testing import allocated, recorded
from tests.conftest import HERTS
from tests.pages import Browser
from tests.people import meet, officer_browser, take


@pytest.fixture
def visitor(app: Flask) -> Browser:
    return Browser(app, HERTS)


@pytest.fixture
def handler(app: Flask) -> Browser:
    take(app, recorded(), allocated())
    return officer_browser(app, meet(app).staff)
