"""Unusual viewing by staff, found from the audit: each kind told once for a person and day.

``many_in_an_hour`` and ``many_in_a_day``: more cases than the force's limits. ``many_reasons``:
many cases opened with a reason, or looked for with one in vain. ``own_name`` and ``own_email``: on
a case that was looked at stands somebody with the name or email of the one who looked. A day is a
day in the United Kingdom. The record system sends no addresses of staff, so theirs cannot be
compared.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from uuid6 import uuid7

from core import audit
from core.audit import AuditEntry, CoreAction
from core.base import clock, comparable
from core.cases import Access, Person, Staff, relations
from core.hookspecs import NoticeKind
from core.notices import tell_staff
from core.plugin_host import the_force
from core.storage import lock, owned, read, unseal
from plugins.oversight.audit_actions import OversightAction
from plugins.oversight.break_glass import reviewers

KINDS = ("many_in_an_hour", "many_in_a_day", "many_reasons", "own_name", "own_email")
HOUR = timedelta(hours=1)
LATE = timedelta(minutes=30)  # after midnight the day before is looked at once more
SHOWN_FOR = timedelta(days=90)

SEEN = sa.select(AuditEntry.actor_id, AuditEntry.case_id, AuditEntry.at, AuditEntry.fields).where(
    owned(AuditEntry), AuditEntry.action == CoreAction.CASE_SEEN, AuditEntry.actor == "staff",
    AuditEntry.at >= sa.bindparam("since"), AuditEntry.at < sa.bindparam("until"),
).order_by(AuditEntry.at)
LOOKED_FOR = sa.select(AuditEntry.actor_id, sa.func.count().label("many")).where(
    owned(AuditEntry), AuditEntry.action == OversightAction.FOUND_NOTHING, AuditEntry.actor == "staff",
    AuditEntry.at >= sa.bindparam("since"), AuditEntry.at < sa.bindparam("until"),
).group_by(AuditEntry.actor_id)
TOLD = sa.select(AuditEntry.at, AuditEntry.fields).where(
    owned(AuditEntry), AuditEntry.action == OversightAction.UNUSUAL_VIEWING,
    AuditEntry.at >= sa.bindparam("since"),
).order_by(AuditEntry.at.desc())
_ids = sa.ARRAY(sa.Uuid)
STAFF = sa.select(
    Staff.id, Staff.name_sealed, Staff.email_sealed, Staff.unit_sealed
).where(owned(Staff), Staff.id == sa.any_(sa.bindparam("ids", type_=_ids)))
ON_CASES = sa.select(
    Access.case_id, Person.id, Person.given_sealed, Person.family_sealed, Person.email_sealed
).join(Person, sa.and_(owned(Person), Person.id == Access.person_id)).where(
    owned(Access), Access.case_id == sa.any_(sa.bindparam("ids", type_=_ids))
)


@dataclass(frozen=True)
class Seen:
    """That somebody looked at a case; ``reason``: it was not theirs, and they gave a reason."""

    case_id: UUID
    at: datetime
    reason: bool


@dataclass(frozen=True)
class Alert:
    """An alert as it was told; ``day`` is ISO 8601."""

    staff_id: UUID
    kind: str
    day: str
    count: int
    at: datetime


def look() -> None:
    """The periodic job: today, and shortly after midnight yesterday too. The caller commits."""
    lock("unusual viewing")
    local = clock.now().astimezone(clock.LONDON)
    for moment in sorted({(local - LATE).date(), local.date()}):
        start = datetime.combine(moment, time(), clock.LONDON)
        until = datetime.combine(moment + timedelta(days=1), time(), clock.LONDON)
        _look_at_day(moment.isoformat(), start, until)


def _look_at_day(day: str, since: datetime, until: datetime) -> None:
    seen: dict[UUID, list[Seen]] = defaultdict(list)
    for row in read(SEEN, since=since, until=until):
        reason = row.fields.get("relation") == "break_glass"
        seen[row.actor_id].append(Seen(row.case_id, row.at, reason))
    in_vain = {row.actor_id: row.many for row in read(LOOKED_FOR, since=since, until=until)}
    known = {(a.staff_id, a.kind) for a in alerts_since(since) if a.day == day}
    looked = sorted(seen.keys() | in_vain.keys())
    staff = {row.id: row for row in read(STAFF, ids=looked)} if looked else {}
    for staff_id in looked:
        views = seen.get(staff_id, [])
        for kind, count in _found(staff.get(staff_id), views, in_vain.get(staff_id, 0)):
            if (staff_id, kind) not in known:
                _tell(staff_id, staff.get(staff_id), kind, day, count)


def _tell(staff_id: UUID, staff: Any, kind: str, day: str, count: int) -> None:
    audit.write(OversightAction.UNUSUAL_VIEWING, staff=str(staff_id), kind=kind, day=day, count=count)
    units = relations.unit_keys(staff_id, staff.unit_sealed) if staff else ()
    tell_staff(NoticeKind.UNUSUAL_VIEWING, uuid7(), None, reviewers(units, but=staff_id))


def alerts_since(since: datetime) -> list[Alert]:
    """The alerts since then, newest first."""
    return [
        Alert(UUID(row.fields["staff"]), row.fields["kind"], row.fields["day"],
              row.fields["count"], row.at)
        for row in read(TOLD, since=since)
    ]


def _found(staff: Any, views: Sequence[Seen], in_vain: int) -> Iterator[tuple[str, int]]:
    limits = the_force().oversight
    in_hour, in_day = busiest_hour(views), len({one.case_id for one in views})
    reasons = in_vain + len({one.case_id for one in views if one.reason})
    if in_hour > limits.cases_in_an_hour:
        yield "many_in_an_hour", in_hour
    if in_day > limits.cases_in_a_day:
        yield "many_in_a_day", in_day
    if reasons >= limits.reasons_in_a_day:
        yield "many_reasons", reasons
    if staff is not None and views:
        yield from _themselves(staff, views)


def busiest_hour(views: Sequence[Seen]) -> int:
    """The most cases that were looked at within any hour; *views* in order of time."""
    most, first = 0, 0
    for last, view in enumerate(views):
        while view.at - views[first].at >= HOUR:
            first += 1
        most = max(most, len({one.case_id for one in views[first:last + 1]}))
    return most


def _themselves(staff: Any, views: Sequence[Seen]) -> Iterator[tuple[str, int]]:
    """Their own email, their full name, or (on a case that is not theirs) their family name."""
    name = _words(unseal(Staff, "name", staff.id, staff.name_sealed))
    email = comparable(unseal(Staff, "email", staff.id, staff.email_sealed))
    with_reason = {one.case_id for one in views if one.reason}
    names, emails = set(), set()
    for row in read(ON_CASES, ids=list({one.case_id for one in views})):
        given = _words(unseal(Person, "given", row.id, row.given_sealed))
        family = _words(unseal(Person, "family", row.id, row.family_sealed))
        family_is_same = bool(family) and name[-len(family):] == family
        if family_is_same and (row.case_id in with_reason or (given and given[0] in name)):
            names.add(row.case_id)
        if email and comparable(unseal(Person, "email", row.id, row.email_sealed)) == email:
            emails.add(row.case_id)
    if names:
        yield "own_name", len(names)
    if emails:
        yield "own_email", len(emails)


def _words(text: str | None) -> list[str]:
    return (text or "").casefold().replace("-", " ").split()


LOOKED = sa.union_all(
    *(sa.select(AuditEntry.id).where(
        owned(AuditEntry), AuditEntry.action == action, AuditEntry.actor == "staff",
        AuditEntry.at >= sa.bindparam("since"),
    ) for action in (CoreAction.CASE_SEEN, OversightAction.FOUND_NOTHING))
).limit(1)


def any_looked() -> tuple[Any, dict[str, Any]]:
    """Whether any member of staff looked, or looked for, anything on the days that are looked at."""
    day = (clock.now().astimezone(clock.LONDON) - LATE).date()
    return LOOKED, {"since": datetime.combine(day, time(), clock.LONDON)}
