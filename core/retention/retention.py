"""How long the portal keeps what: per force and class of data, removed by a nightly job.

The record system keeps the master copy (by the police's own schedules, six years at least); here is
the least that people need. Days are whole days after the moment that each class names. Sessions
and what sign-in keeps (attempts, codes, counts) end within hours or days by jobs of their own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
import structlog

from core import audit
from core.audit.chain import remove_before
from core.audit.models import AuditEntry, AuditLink
from core.base import clock
from core.cases import visits
from core.cases.models import Case, PortalSession
from core.intake.models import RecordEvent
from core.notices.models import Notice
from core.plugin_host.host import installed
from core.plugin_host.jobs import Registry
from core.retention.erasure import remove_cases
from core.storage.db import db, delete_rows, lock, read, update_many
from core.storage.keys import rotation
from core.storage.row_guard import Base
from core.storage.walls import owned

log = structlog.get_logger()
WARNED_BEFORE = timedelta(days=30)
LEAP, LATELY = timedelta(days=8), timedelta(hours=20)
MANY = 50  # cases in one transaction: they are many rows each
UNTIL = sa.bindparam("until", type_=sa.DateTime(timezone=True))

# What is overdue, by the name of its key in force.toml's [retention]: the rows, the moment from which
# their days count, and which of them. For each there is an index by that moment. What models of plugins
# say of themselves (``__kept__``) comes to it when the job is declared.
OVERDUE: dict[str, tuple[Any, Any, Any]] = {
    "closed_cases": (Case, Case.latest_at, Case.stage == "closed"),
    "quiet_cases": (Case, Case.latest_at, Case.stage != "closed"),
    "event_bodies": (RecordEvent, RecordEvent.received_at, sa.and_(
        RecordEvent.status != "parked", RecordEvent.body_sealed.is_not(None))),
    "parked_events": (RecordEvent, RecordEvent.received_at, RecordEvent.status == "parked"),
    "notices": (Notice, Notice.due_at, Notice.state != "due"),
    "audit": (AuditLink, AuditLink.at, sa.true()),
    "sessions": (PortalSession, PortalSession.ends_at, sa.true()),
}


def _count(name: str) -> Any:
    model, moment, which = OVERDUE[name]
    return sa.select(sa.func.count()).select_from(model).where(owned(model), which, moment < UNTIL)


COUNTS = {name: _count(name) for name in OVERDUE}


def _oldest(name: str, most: int) -> Any:
    """Ids, the oldest first: by the index, however many are not overdue."""
    model, moment, which = OVERDUE[name]
    return sa.select(model.id).where(owned(model), which, moment < UNTIL).order_by(moment).limit(most)


SOME = {name: _oldest(name, MANY) for name in ("closed_cases", "quiet_cases")}


def until_of(name: str) -> datetime:
    """What is older than this is overdue at the force in scope."""
    days = getattr(installed().force.retention, name, 0)
    return clock.now() - timedelta(days=days)


def overdue() -> Counter[str]:
    """How many rows of each class are kept for longer than the force in scope says."""
    return Counter({
        name: read(count, until=until_of(name)).scalar_one() for name, count in COUNTS.items()
    })


def remove_overdue() -> Counter[str]:
    """Remove what is overdue at the force in scope; commits as it goes. Run every night."""
    gone: Counter[str] = Counter()
    for name in SOME:
        gone[name] = _remove_cases(name)
    for name, remove in REMOVE.items():
        gone[name] = remove(until_of(name))
        db.session.commit()
    while many := remove_before(until_of("audit")):
        gone["audit"] += many
    rotation.end_outlived(audit.write)
    return gone


def _remove_cases(name: str) -> int:
    """No hash is left behind: a case that is reopened comes back with its next record."""
    count = 0
    while True:
        lock("intake")
        cases = list(read(SOME[name], until=until_of(name)).scalars())
        if cases:
            audit.write("cases_removed", rows=dict(remove_cases(cases)))
        db.session.commit()
        if not cases:
            return count
        count += len(cases)


def _in_parts(name: str, part: Callable[[list[UUID]], object]) -> Callable[[datetime], int]:
    """A thousand rows at a time, so that no statement and no lock takes long."""
    some = _oldest(name, 1000)

    def remove(until: datetime) -> int:
        count = 0
        while ids := list(read(some, until=until).scalars()):
            part(ids)
            db.session.commit()
            count += len(ids)
        return count

    return remove


def _deleted(name: str) -> Callable[[datetime], int]:
    return _in_parts(name, lambda ids: delete_rows(OVERDUE[name][0], ids))


def _without_body(ids: list[UUID]) -> None:
    """The digest stays: a repeat is still known as one. What was left out of it is old news too."""
    update_many(
        RecordEvent, [{"id": one, "body_sealed": None, "left_out_sealed": None} for one in ids])


REMOVE: dict[str, Callable[[datetime], int]] = {
    "event_bodies": _in_parts("event_bodies", _without_body),
    **{name: _deleted(name) for name in ("parked_events", "notices")},
    "sessions": lambda until: visits.remove_old(),
}


def take_declared() -> None:
    """What models of plugins say: all rows go so many days after the moment that ``__kept__`` names."""
    for mapper in Base.registry.mappers:
        declared = getattr(mapper.class_, "__kept__", None)
        if declared and declared[0] not in OVERDUE:
            name, moment = declared
            OVERDUE[name] = (mapper.class_, getattr(mapper.class_, moment), sa.true())
            COUNTS[name], REMOVE[name] = _count(name), _deleted(name)


# --- every night ------------------------------------------------------------------------------


def _written(*when: sa.ColumnElement[bool]) -> Any:
    """Rows without a case: those have an index by time, and every night is one."""
    return sa.select(AuditEntry.id).where(
        owned(AuditEntry), AuditEntry.case_id.is_(None), *when).limit(1)


IN_THE_DAYS_BEFORE = _written(
    AuditEntry.at >= sa.bindparam("since"), AuditEntry.at < sa.bindparam("until"))
EARLIER = _written(AuditEntry.at < sa.bindparam("since"))


def clock_may_have_leapt() -> bool:
    """Whether nothing was written of the days before, but of earlier ones there was.

    A clock that leapt ahead makes all there is look overdue. The audit has a row of every night,
    so its gap shows that; a pause of the whole service looks the same.
    """
    now = clock.now()
    days = {"since": now - LEAP}
    return not read(IN_THE_DAYS_BEFORE, **days, until=now - LATELY).first() and bool(
        read(EARLIER, **days).first())


def every_night() -> Counter[str]:
    """Remove what is overdue; after a gap only note it, so that there is a day to look at the clock.

    Commits.
    """
    if clock_may_have_leapt():
        log.error("retention_waits_for_the_clock")
        audit.write("retention_waited")
        db.session.commit()
        return Counter()
    gone = remove_overdue()
    audit.write("overdue_removed", rows={name: many for name, many in gone.items() if many})
    db.session.commit()
    soon = read(COUNTS["parked_events"], until=until_of("parked_events") + WARNED_BEFORE).scalar_one()
    if soon:
        log.warning("parked_events_go_soon", count=soon, force=installed().force.id)
    return gone


def declare(registry: Registry) -> None:
    take_declared()
    registry.task("remove_overdue", cron="41 2 * * *")(every_night)
