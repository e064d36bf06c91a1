"""Who is told that a promise falls due, and that it is late: the officer, who covers for them, their unit's
mailbox, their supervisor, and the person to whom it was made.

Nobody gets more than one letter a day, for all that there is to say; which cases these are, the desk says.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core.base import clock
from core.base.clock import LONDON
from core.cases import cover
from core.cases.models import Case, Staff
from core.commitments.models import MARKS, Commitment
from core.commitments.reading import SHOWN_BY
from core.force.model import Force
from core.force.working_days import day_of, end_of, is_working_day, working_days_after
from core.hookspecs import CommitmentState, NoticeKind
from core.notices.mailboxes import mailbox_id
from core.notices.models import Notice
from core.notices.outbox import tell, tell_mailbox
from core.plugin_host.host import the_force
from core.storage.db import read, update_many
from core.storage.locks import lock_each
from core.storage.sealed import unseal
from core.storage.walls import owned

UP_AFTER = 2  # working days after its day, a supervisor is told, and the person
TOLD_OF = timedelta(days=14)  # after its day nobody is told any more of what ended, and was missed
# As the index has it: it does not grow with what is long late.
_UNTOLD = sa.and_(
    owned(Commitment), sa.or_(Commitment.told_up_at.is_(None), Commitment.told_person_at.is_(None)),
    Commitment.due_at <= sa.bindparam("until"),
    # written out: a job's question has no lists
    sa.or_(Commitment.state == CommitmentState.OPEN, sa.and_(
        Commitment.state == CommitmentState.MISSED, Commitment.due_at > sa.bindparam("since"))),
)
NEARLY_DUE = (
    sa.select(
        Commitment.id, Commitment.case_id, Commitment.person_id, Commitment.due_at, Commitment.shown,
        Commitment.state, SHOWN_BY.label("shown_by"),
        *(getattr(Commitment, name) for name in MARKS), Case.staff_id, Case.offered, *cover.cover_columns,
        Staff.unit_key, Staff.rest_days_until,
    )
    .join(Case, sa.and_(Case.id == Commitment.case_id, owned(Case)))
    .outerjoin(Staff, sa.and_(Staff.id == Case.staff_id, owned(Staff)))
    .where(_UNTOLD)
    .order_by(Commitment.due_at, Commitment.id)
    # What is settled at this moment has its turn in an hour: nobody waits, and no two wait for each other.
    .with_for_update(of=Commitment, skip_locked=True)
)
_TODAY = (owned(Notice), Notice.made_at >= sa.bindparam("since"),
          Notice.kind.in_((NoticeKind.COMMITMENTS_DUE, NoticeKind.COMMITMENTS_LATE, NoticeKind.LATE)))
_WHOM = sa.any_(sa.bindparam("whom", type_=sa.ARRAY(sa.Uuid)))
TOLD_TODAY: sa.CompoundSelect[Any] = sa.union_all(  # each has an index of its own
    sa.select(Notice.staff_id.label("whom")).where(*_TODAY, Notice.staff_id == _WHOM),
    sa.select(Notice.person_id).where(*_TODAY, Notice.person_id == _WHOM),
    sa.select(Notice.cause_id).where(*_TODAY, Notice.case_id.is_(None), Notice.staff_id.is_(None)),
)
ABOVE = sa.select(Staff.id, Staff.role, Staff.unit_key).where(
    owned(Staff), Staff.role.in_(("supervisor", "force_admin")))
EMAILS = sa.select(Staff.id, Staff.email_sealed).where(owned(Staff), Staff.id == _WHOM)


@dataclass
class _Letters:
    """Who is to be told today, and which marks that sets. ``told``: staff, people and mailboxes that had a
    letter about promises today; ``units``: the mailbox of a unit, by the keys that it may have."""

    force: Force
    now: datetime
    told: frozenset[UUID]
    above: Sequence[Any]
    units: dict[bytes, UUID]
    due: set[UUID] = field(default_factory=set)  # officers
    late: set[UUID] = field(default_factory=set)  # supervisors
    mailboxes: dict[UUID, NoticeKind] = field(default_factory=dict)
    people: dict[UUID, UUID] = field(default_factory=dict)  # person -> a case of theirs
    marked: dict[UUID, dict[str, Any]] = field(default_factory=dict)

    @property
    def today(self) -> date:
        return day_of(self.now)

    def fresh(self, whom: Iterable[UUID]) -> set[UUID]:
        """Those of *whom* who had no letter today; the others hear tomorrow."""
        return {*whom} - self.told

    def has(self, row: Any, name: str) -> bool:
        """Whether it has this mark, from before or from now."""
        return bool(self.marked.get(row.id, row._mapping)[name])

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
    until = end_of(working_days_after(force, today, 1))
    rows = read(NEARLY_DUE, until=until, since=now - TOLD_OF).all()
    above = read(ABOVE).all()
    whom = {one for row in rows for one in (row.staff_id, row.cover_id, row.person_id) if one}
    told = read(TOLD_TODAY, since=datetime.combine(today, time(), LONDON),
                whom=[*whom, *(one.id for one in above)]).scalars()
    letters = _Letters(force, now, frozenset(told), above, _mailboxes(force))
    for row in rows:
        _sort(row, letters)
    _write(letters)


def _mailboxes(force: Force) -> dict[bytes, UUID]:
    return {key: mailbox_id(address) for unit, address in force.unit_mailboxes.items()
            for key in Staff.unit.sought(unit)}


def _sort(row: Any, letters: _Letters) -> None:
    """Who is told of one commitment, and its marks.

    Of one that was missed nobody is reminded, and those above and the person hear of it all the same.
    """
    day, today = day_of(row.due_at), letters.today
    owners = _owners(row, letters)
    if row.state == CommitmentState.OPEN:
        _remind_owners(row, owners, letters)
    late = working_days_after(letters.force, day, UP_AFTER)
    if row.told_up_at is None and (today >= late or (today >= day and not owners)):
        _tell_up(row, letters)
    if letters.has(row, "told_up_at") and today >= working_days_after(
            letters.force, day_of(row.shown_by), UP_AFTER):
        _tell_person(row, letters)


def _remind_owners(row: Any, owners: set[UUID], letters: _Letters) -> None:
    news = ["reminded_at"] + (["told_late_at"] if letters.today >= day_of(row.due_at) else [])
    news = [name for name in news if getattr(row, name) is None]
    fresh = letters.fresh(owners)
    if news and fresh:
        letters.due |= fresh
        for name in news:
            letters.mark(row, name)
        if "told_late_at" in news and row.unit_key in letters.units:
            letters.mailboxes.setdefault(letters.units[row.unit_key], NoticeKind.COMMITMENTS_DUE)


def _owners(row: Any, letters: _Letters) -> set[UUID]:
    """Who is to act: the officer, and on the day who covers for them. Of an officer who is not back before
    the day is over, who covers then, else those above: rest days move the owner, never the day."""
    day, today = day_of(row.due_at), letters.today
    found = cover.covering(row, max(day, today))
    covers = {found} if found else set()
    if row.rest_days_until is not None and row.rest_days_until >= max(day, today):
        return covers or supervisors_of(row, letters.above)
    return ({row.staff_id} - {None}) | (covers if today >= day else set())


def _tell_up(row: Any, letters: _Letters) -> None:
    reviewer = mailbox_id(letters.force.oversight.reviewer_email)
    above = supervisors_of(row, letters.above) or {reviewer}
    fresh = letters.fresh(above)
    if not fresh:
        return
    letters.late |= fresh - {reviewer}
    letters.mailboxes |= dict.fromkeys(fresh & {reviewer}, NoticeKind.COMMITMENTS_LATE)
    letters.mark(row, "told_up_at")


def _tell_person(row: Any, letters: _Letters) -> None:
    """Of what they were told of alone; the letter says that their officer's supervisor knows."""
    if not (row.offered and row.shown):
        letters.mark(row, "told_person_at")
    elif letters.fresh([row.person_id]):
        letters.people.setdefault(row.person_id, row.case_id)
        letters.mark(row, "told_person_at")


def _write(letters: _Letters) -> None:
    """One letter to each: what is late comes before what falls due, and its letter speaks of both."""
    due = letters.due - letters.late
    tell(NoticeKind.COMMITMENTS_DUE, [(None, None, one) for one in sorted(due)])
    tell(NoticeKind.COMMITMENTS_LATE, [(None, None, one) for one in sorted(letters.late)])
    tell(NoticeKind.LATE, [(case, person, None) for person, case in sorted(letters.people.items())])
    own = _own_mailboxes(letters.due | letters.late | letters.told) if letters.mailboxes else set()
    for mailbox, kind in sorted(letters.mailboxes.items()):
        if mailbox not in own | letters.told:
            tell_mailbox(kind, mailbox)
    update_many(Commitment, [{"id": one, **values} for one, values in letters.marked.items()])


def _own_mailboxes(staff: Collection[UUID]) -> set[UUID]:
    """Those that some of *staff*, who have a letter today, read as their own."""
    return {mailbox_id(unseal(Staff, "email", row.id, row.email_sealed))
            for row in read(EMAILS, whom=list(staff)) if row.email_sealed}


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
