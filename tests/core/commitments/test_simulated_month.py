"""A month with officers who are quick, silent or away: whatever they do, no case is silent."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from core.base.clock import LONDON
from core.cases.models import Case
from core.commitments import figures
from core.commitments.models import Commitment
from core.notices.models import Notice
from core.storage.db import db
from tests.core.commitments.simulation import DAYS, Month, is_dead

CASES = 60
END = DAYS - 1, timedelta(hours=12)
RULES = re.compile(r"plan|word|message|request|[^/]+/[^/]+")  # as readers of the export rely on


@pytest.fixture
def month(app: Flask) -> Iterator[Month]:
    one = Month(app, CASES)
    one.run()
    with one.at(*END):
        yield one


def commitments(*where: Any) -> list[tuple[int, Commitment]]:
    rows = db.session.execute(sa.select(Case.crime_reference, Commitment).join(
        Commitment, Commitment.case_id == Case.id).where(*where)).all()
    return [(int(reference.split("/")[1]), one) for reference, one in rows]


def five_working_days_after(moment: datetime) -> datetime:
    """The last minute of the fifth weekday after the day; there is no day off in this month."""
    day = moment.astimezone(LONDON).replace(hour=23, minute=59, second=0, microsecond=0, tzinfo=None)
    for _ in range(5):
        day += timedelta(days=3 if day.weekday() == 4 else 1)
    return day.replace(tzinfo=LONDON)


def ends_of_arrests(month: Month, now: datetime) -> Counter[str]:
    """What must have become of the promises to tell of the arrests, from what happened and nothing else."""
    found = Counter[str]()
    for number, known_at in month.arrests.items():
        due = five_working_days_after(known_at)
        calls = [call for call in month.calls[number] if call >= known_at]
        if not is_dead(number):
            found["kept"] += 1
        elif calls:
            found["kept" if min(calls) <= due else "kept_late"] += 1
        else:
            found["overdue" if due < now else "open"] += 1
    return found


def test_whatever_officers_do_no_case_is_silent(month: Month) -> None:
    assert (month.owed_nothing, month.late_and_untold) == (0, 0)
    every = commitments()
    assert [one.rule for _, one in every if not RULES.fullmatch(one.rule)] == []
    by_state = Counter(one.state for _, one in every)
    # the sum: what was due is all but what its day has not come for, and what was not due
    with month.at(*END) as now:
        for by in figures.GROUPS:
            shown = list(figures.figures(by).values())
            not_yet = sum(one.state == "open" and one.due_at >= now for _, one in every)
            assert sum(one.due for one in shown) == (
                len(every) - by_state["superseded"] - by_state["withdrawn"] - not_yet)
        # the same figures from the events, by a few lines that know nothing of commitments
        (rule,) = {one.rule for _, one in every if one.rule.endswith("/arrested")}
        of_arrests = figures.figures("rule")[rule]
        wanted = ends_of_arrests(month, now)
        assert wanted["kept"] and wanted["overdue"]
        assert (of_arrests.kept, of_arrests.kept_late, of_arrests.overdue) == (
            wanted["kept"], wanted["kept_late"], wanted["overdue"])

        # a dead address keeps nothing, and all of them are handed to a person
        dead = {number for number in range(1, CASES + 1) if is_dead(number)}
        kept = {number for number, one in every if one.state in ("kept", "kept_late", "explained")}
        assert not kept & {number for number in dead if not month.calls[number]}
        assert {number for number, one in every if one.rule == "portal/reach" and number in dead} == dead

        # of what is late the supervisor was told, and of what was promised to them the victim
        late = [one for _, one in every if one.state == "open" and one.due_at < now - timedelta(days=5)]
        assert late
        assert [one for one in late if one.told_up_at is None] == []
        victims = {(row.case_id, row.person_id) for row in db.session.scalars(
            sa.select(Notice).where(Notice.kind == "late"))}
        assert {(one.case_id, one.person_id) for one in late if one.shown} <= victims
    assert month.letters
    assert max(month.letters.values()) == 1
