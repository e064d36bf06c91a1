"""Who is told that a promise falls due, and that it is late: the officer, who covers for them, their
supervisor, and the person to whom it was made.

An officer gets one letter a day at most, with all that is due; which cases these are stands at the desk.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core.base import clock
from core.base.clock import LONDON
from core.cases import cover
from core.cases.models import Case, Staff
from core.commitments.models import Commitment
from core.force.model import Force
from core.force.working_days import day_of, end_of, is_working_day, working_days_after
from core.hookspecs import CommitmentState, NoticeKind
from core.notices.models import Notice
from core.notices.outbox import tell
from core.plugin_host.host import the_force
from core.storage.db import read, update_many
from core.storage.locks import lock_each
from core.storage.walls import owned

UP_AFTER = 2  # working days after its day, a supervisor is told, and the person
TOLD_OF = timedelta(days=14)  # after its day nobody is told any more of what ended, and was missed
MARKS = ("reminded_at", "told_late_at", "told_up_at")
_UNTOLD = sa.and_(
    owned(Commitment), Commitment.state.in_((CommitmentState.OPEN, CommitmentState.MISSED)),
    Commitment.told_up_at.is_(None), Commitment.due_at <= sa.bindparam("until"),
    sa.or_(Commitment.state == CommitmentState.OPEN, Commitment.due_at > sa.bindparam("since")),
)
NEARLY_DUE = (
    sa.select(
        Commitment.id, Commitment.case_id, Commitment.person_id, Commitment.due_at, Commitment.shown,
        Commitment.state, *(getattr(Commitment, name) for name in MARKS), Case.staff_id, Case.offered,
        *cover.cover_columns, Staff.unit_key,
    )
    .join(Case, sa.and_(Case.id == Commitment.case_id, owned(Case)))
    .outerjoin(Staff, sa.and_(Staff.id == Case.staff_id, owned(Staff)))
    .where(_UNTOLD)
    .order_by(Commitment.due_at, Commitment.id)
)
TOLD_TODAY = sa.select(Notice.kind, Notice.staff_id).where(
    owned(Notice), Notice.made_at >= sa.bindparam("since"),
    Notice.staff_id == sa.any_(sa.bindparam("staff", type_=sa.ARRAY(sa.Uuid))),
    Notice.kind.in_((NoticeKind.COMMITMENTS_DUE, NoticeKind.COMMITMENTS_LATE)),
)
ABOVE = sa.select(Staff.id, Staff.role, Staff.unit_key).where(
    owned(Staff), Staff.role.in_(("supervisor", "force_admin")))


@dataclass
class _Letters:
    """Who is to be told today, and which marks that sets."""

    now: datetime
    today: date
    told: frozenset[tuple[str, UUID]]
    due: set[UUID] = field(default_factory=set)  # officers
    late: set[UUID | None] = field(default_factory=set)  # supervisors; None: the force's reviewer
    people: set[tuple[UUID, UUID]] = field(default_factory=set)  # case and person
    marked: dict[UUID, dict[str, Any]] = field(default_factory=dict)

    def without_letter(self, kind: NoticeKind, staff: Iterable[UUID]) -> set[UUID]:
        """Those of *staff* who got no such letter today."""
        return {one for one in staff if (kind.value, one) not in self.told}

    def mark(self, row: Any, name: str) -> None:
        values = self.marked.setdefault(row.id, {one: getattr(row, one) for one in MARKS})
        values[name] = values[name] or self.now


def remind() -> None:
    """Tell who must be told today, of the force in scope. Twice on a day tells nobody twice. The caller
    commits."""
    force, now = the_force(), clock.now()
    today = day_of(now)
    if not is_working_day(force, today):
        return
    lock_each(["commitments/remind"])
    midnight = datetime.combine(today, time(), LONDON)
    until = end_of(working_days_after(force, today, 1))
    rows = read(NEARLY_DUE, until=until, since=now - TOLD_OF).all()
    above = read(ABOVE).all()
    staff = {one for row in rows for one in (row.staff_id, row.cover_id) if one} | {one.id for one in above}
    told = read(TOLD_TODAY, since=midnight, staff=list(staff))
    letters = _Letters(now, today, frozenset((row.kind, row.staff_id) for row in told))
    for row in rows:
        _sort(force, row, above, letters)
    tell(NoticeKind.COMMITMENTS_DUE, [(None, None, one) for one in sorted(letters.due)])
    tell(NoticeKind.COMMITMENTS_LATE, [(None, None, one) for one in sorted(letters.late, key=str)])
    tell(NoticeKind.LATE, [(case, person, None) for case, person in sorted(letters.people)])
    update_many(Commitment, [{"id": one, **values} for one, values in letters.marked.items()])


def _sort(force: Force, row: Any, above: Sequence[Any], letters: _Letters) -> None:
    """Who is told of one commitment, and its marks. Of whom was told today already, tomorrow.

    Of one that was missed nobody is reminded, and those above hear of it all the same.
    """
    day = day_of(row.due_at)
    owners = {row.staff_id} - {None}
    if row.state == CommitmentState.OPEN:
        _remind_owners(row, day, owners, letters)
    if letters.today >= working_days_after(force, day, UP_AFTER) or (letters.today >= day and not owners):
        _tell_up(row, above, letters)


def _remind_owners(row: Any, day: date, owners: set[UUID], letters: _Letters) -> None:
    covers = cover.covering(row, letters.today) if letters.today >= day else None
    news = ["reminded_at"] + (["told_late_at"] if letters.today >= day else [])
    news = [name for name in news if getattr(row, name) is None]
    fresh = letters.without_letter(NoticeKind.COMMITMENTS_DUE, owners | ({covers} if covers else set()))
    if news and fresh:
        letters.due |= fresh
        for name in news:
            letters.mark(row, name)


def _tell_up(row: Any, above: Sequence[Any], letters: _Letters) -> None:
    above_them = supervisors_of(row, above)
    fresh: set[UUID | None] = {*letters.without_letter(NoticeKind.COMMITMENTS_LATE, above_them)}
    if above_them and not fresh:
        return
    letters.late |= fresh or {None}
    letters.mark(row, "told_up_at")
    if row.offered and row.shown:
        letters.people.add((row.case_id, row.person_id))


def supervisors_of(row: Any, above: Sequence[Any]) -> set[UUID]:
    """The supervisors of the officer's unit, else the force's administrators; *above* as ABOVE has them."""
    ours = {one.id for one in above
            if one.role == "supervisor" and row.unit_key and one.unit_key == row.unit_key}
    return (ours or {one.id for one in above if one.role == "force_admin"}) - {row.staff_id}


SOON = timedelta(days=5)  # longer than any row of days off before a working day
DUE = sa.select(Commitment.id).where(_UNTOLD).limit(1)


def any_due() -> tuple[Any, dict[str, Any]]:
    """Whether there may be somebody to tell: a query and its values."""
    now = clock.now()
    return DUE, {"until": now + SOON, "since": now - TOLD_OF}
