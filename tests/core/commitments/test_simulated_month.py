"""A month with officers who are quick, silent or away: whatever they do, no case is silent."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.core.commitments.month_crimes import made_up
from tests.core.commitments.month_judged import Judged, judged
from tests.core.commitments.simulation import Month

CASES = 60


@pytest.fixture
def month(app: Flask) -> Judged:
    one = Month(app, made_up(CASES))
    one.run()
    return judged(one)


def test_whatever_officers_do_no_case_is_silent(month: Judged) -> None:
    assert month.faults() == {}
    # There was something to find: each of these happened, and to many.
    assert all(month.ends[end] for end in ("kept", "kept_late", "missed", "overdue"))
    assert month.late and month.dead == CASES // 5 and month.most_letters == 1
