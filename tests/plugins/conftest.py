"""What tests of several plugins begin with."""

from __future__ import annotations

import pytest

from core.cases.models import Person
from tests.rows import case, person, staff


@pytest.fixture
def who(force: None) -> Person:
    """A person on a case of a unit, who can be reached by email and by text."""
    return person(case(staff("CID")), email="old@example.org", phone="07700 900001")
