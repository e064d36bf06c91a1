"""The same crime at two forces."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from core.cases.models import Case, Person
from core.intake.take_in import take_in
from core.plugin_host.host import host
from core.storage.db import db, force_scope
from core.testing import allocated, event, officer, person, recorded
from tests.conftest import AVON, HERTS
from tests.isolation.past_the_wall import ENGINES

CANARIES = {HERTS: "CANARYHERTS", AVON: "CANARYAVON"}
DISTRICTS = {HERTS: "watford", AVON: "bristol"}


@pytest.fixture
def twins(app: Flask) -> dict[str, dict[str, UUID]]:
    """The same crime at both forces, each with its own canary in every text; ids per force."""
    found = {}
    for force, canary in CANARIES.items():
        with app.app_context(), force_scope(force):
            who = person(
                name={"given": canary, "family": canary}, email=f"{canary.lower()}@example.com"
            )
            events = [
                recorded(
                    "41/1/24", id="1", district=DISTRICTS[force], people=[who], summary=canary
                ),
                allocated("41/1/24", id="2", officer=officer(name=canary)),
                event(
                    "crime.progress",
                    "41/1/24",
                    id="3",
                    text=canary,
                    stage="investigating",
                    time="2024-03-03T10:00:00Z",
                ),
                event(
                    "message.sent",
                    "41/1/24",
                    id="4",
                    text=canary,
                    officer=officer(name=canary),
                    time="2024-03-04T10:00:00Z",
                ),
            ]
            results = take_in(host().get(force).force, "niche", events, announce=False)
            assert [r.status for r in results] == ["accepted"] * 4
            db.session.commit()
            found[force] = {
                "case": db.session.scalars(sa.select(Case.id)).one(),
                "person": db.session.scalars(sa.select(Person.id)).one(),
                "staff": db.session.scalars(sa.select(Case.staff_id)).one(),
            }
    return found


@pytest.fixture(autouse=True)
def _dispose() -> Any:
    yield
    while ENGINES:
        ENGINES.pop().dispose()
