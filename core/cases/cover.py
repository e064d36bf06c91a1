"""Who answers in an officer's place while they are away: from a day to a day, both included, as the days of
the United Kingdom go.

Cover is for one officer: once the case is another's, it has ended.
"""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core.base import clock
from core.cases.models import Case
from core.storage.db import read
from core.storage.walls import owned

cover_columns = (Case.cover_id, Case.cover_for, Case.cover_from, Case.cover_until)
COVER = sa.select(Case.staff_id, *cover_columns).where(owned(Case), Case.id == sa.bindparam("case_id"))


def covering(case: Any, today: date) -> UUID | None:
    """Who answers *today* in place of the officer in the case; *case* has ``staff_id`` and
    :data:`cover_columns`."""
    if case.cover_id is None or case.cover_for != case.staff_id:
        return None
    ended = case.cover_until is not None and case.cover_until < today
    return None if ended or today < case.cover_from else case.cover_id


def covering_now(case_id: UUID) -> UUID | None:
    """The same of a case that was not read yet."""
    found = read(COVER, case_id=case_id).first()
    return covering(found, clock.today()) if found else None


def covered_by(staff_id: Any, today: Any) -> Any:
    """The condition of SQL for it: the cases in which *staff_id* answers on the day *today*."""
    return sa.and_(
        Case.cover_id == staff_id, Case.cover_for == Case.staff_id, Case.cover_from <= today,
        sa.or_(Case.cover_until.is_(None), Case.cover_until >= today))
