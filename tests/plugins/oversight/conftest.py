"""Officers of several units and roles, and the letters that the force sends them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask

from core.cases.models import Staff
from core.plugin_host.host import host
from core.storage.db import db, force_scope
from core.testing import allocated, officer, person, recorded
from core.testing.kit import Post
from tests.conftest import HERTS
from tests.people import Met, meet, take
from tests.plugins.oversight.reasons import ROLES, UNITS


@pytest.fixture
def met(app: Flask) -> Met:
    """A case led by O1; O2 is of the same unit, O3 of another; O4 and O5 supervise; O6, O7: admins."""
    events = [recorded(), allocated()]
    for number, unit in UNITS.items():
        theirs = f"41/{number + 1}/24"
        events += [recorded(theirs, people=[person(number + 1)]),
                   allocated(theirs, officer=officer(number, unit=unit))]
    take(app, *events)
    with app.app_context(), force_scope(HERTS):
        for number, role in ROLES.items():
            db.session.execute(
                sa.update(Staff).where(Staff.record_id == f"O{number}").values(role=role))
        db.session.commit()
    return meet(app)


@pytest.fixture
def post(app: Flask) -> Iterator[Post]:
    """Takes the letters of Hertfordshire."""
    took, manager = Post(), host(app).get(HERTS).manager
    manager.register(took, "post of the test")
    vars(host(app).get(HERTS)).pop("hook", None)
    yield took
    manager.unregister(took)
    vars(host(app).get(HERTS)).pop("hook", None)
