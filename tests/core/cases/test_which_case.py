"""However somebody writes their crime reference, it means their crime's case, and no other crime's."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from core.cases.by_reference import CAN_BE_MEANT, rows_meant
from core.cases.models import Case
from core.storage.db import force_scope
from core.storage.walls import owned
from core.testing import recorded
from tests.conftest import AVON, HERTS
from tests.people import take

MINE = "41/12345/24"
WAYS = (MINE, "41/0012345/24", "41/12345/2024", "41 12345 24", "41/l2345/24", "Crime ref: 41-12345-24")
OTHERS = ("41/12345/23", "41/123450/24", "41/1234/24")
EVERY = sa.select(Case.id, Case.crime_reference).where(owned(Case)).order_by(Case.id)
POSSIBLE = EVERY.where(CAN_BE_MEANT)


def meant(app: Flask, query: Any, typed: str, force: str = HERTS) -> list[str]:
    with app.app_context(), force_scope(force):
        return [row.crime_reference for row in rows_meant(query, typed)]


@pytest.mark.parametrize("query", [POSSIBLE, EVERY], ids=["by its index", "of all cases"])
@pytest.mark.parametrize("typed", WAYS)
def test_every_way_to_write_a_reference_means_its_case_alone(app: Flask, typed: str, query: Any) -> None:
    take(app, *(recorded(reference) for reference in (*OTHERS, MINE)))
    assert meant(app, query, typed) == [MINE]


@pytest.mark.parametrize("typed", ["42/12345/24", "41/12346/24", "41/1/24", "", "no reference"])
def test_what_is_no_crimes_reference_here_means_no_case(app: Flask, typed: str) -> None:
    take(app, recorded(MINE))
    assert meant(app, POSSIBLE, typed) == []


def test_a_reference_means_nothing_at_another_force(app: Flask) -> None:
    take(app, recorded(MINE))
    assert meant(app, POSSIBLE, MINE, AVON) == []
