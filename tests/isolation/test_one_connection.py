"""All forces share one connection, and a thousand requests in any order: nobody sees another's."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from core.app import create_app
from core.storage.db import POOL, close_connections, db
from tests.conftest import AVON, HERTS
from tests.isolation.conftest import CANARIES
from tests.pages import Browser
from tests.people import sign_in_as
from tests.security.checklist import requirement

REQUESTS = 1000


@pytest.fixture
def narrow(app: Flask, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """The portal with one connection to the database, for everybody."""
    monkeypatch.setitem(POOL, "pool_size", 1)
    monkeypatch.setitem(POOL, "max_overflow", 0)
    made = create_app(settings)
    yield made
    with made.app_context():
        close_connections()


@requirement("D6")
def test_a_thousand_mixed_requests_on_one_connection_stay_with_their_force(
    narrow: Flask, twins: Any, record_property: Any
) -> None:
    with narrow.app_context():
        assert db.engine.pool.size() == 1  # type: ignore[attr-defined]
    visitors = []
    for force, ids in twins.items():
        own, foreign = CANARIES[force], CANARIES[AVON if force == HERTS else HERTS]
        person, officer, nobody = (Browser(narrow, force) for _ in range(3))
        sign_in_as(person, person_id=ids["person"])
        sign_in_as(officer, staff_id=ids["staff"])
        case, theirs = ids["case"], twins[AVON if force == HERTS else HERTS]["case"]
        visitors += [
            (person, f"/case/{case}", 200, own, foreign),
            (person, f"/case/{case}/messages", 200, own, foreign),
            (person, f"/case/{theirs}", 404, None, foreign),
            (officer, f"/desk/case/{case}", 200, own, foreign),
            (officer, f"/desk/case/{theirs}", 404, None, foreign),
            (nobody, f"/case/{case}", 303, None, own),
        ]
    chance = random.Random(4)  # noqa: S311
    seen = 0
    for _ in range(REQUESTS):
        browser, path, status, own, foreign = chance.choice(visitors)
        answer = browser.client.get(browser.path(path))
        assert answer.status_code == status
        assert own is None or own in answer.text
        assert foreign not in answer.text
        seen += own is not None
    assert seen > REQUESTS / 4
