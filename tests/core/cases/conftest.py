"""Somebody who asks with a browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from core.base import clock
from core.base.scope import scope_of
from core.cases.models import Person
from tests.conftest import HERTS
from tests.core.cases.kept_visits import NOW
from tests.rows import case, person, staff


@pytest.fixture
def request_of_a_browser(app: Flask) -> Iterator[None]:
    agent = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:125.0) Gecko/20100101 Firefox/125.0"}
    with clock.travel(NOW), scope_of(HERTS), app.test_request_context(f"/{HERTS}/", headers=agent):
        yield


@pytest.fixture
def who(request_of_a_browser: None) -> Person:
    return person(case(staff("CID")))
