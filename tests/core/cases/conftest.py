"""Somebody who asks with a browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from core.base import clock
from core.cases.models import Person
from core.storage.db import force_scope
from tests.conftest import HERTS
from tests.core.cases.kept_visits import NOW
from tests.rows import case, person, staff


@pytest.fixture
def request_of_a_browser(app: Flask) -> Iterator[None]:
    agent = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:125.0) Gecko/20100101 Firefox/125.0"}
    with clock.travel(NOW), app.test_request_context(f"/{HERTS}/", headers=agent), force_scope(HERTS):
        yield


@pytest.fixture
def who(request_of_a_browser: None) -> Person:
    return person(case(staff("CID")))
