"""Visits of people and staff, as rows: which go on, and ending them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core import audit
from core.base import clock
from core.base.audit_actions import CoreAction
from core.cases.models import PortalSession
from core.force.parts import Visits
from core.plugin_host.host import the_force
from core.storage.db import db, read
from core.storage.walls import owned

IDLE_VISITOR = timedelta(minutes=60)

ENDED = sa.select(PortalSession.id).where(
    owned(PortalSession), PortalSession.ends_at < sa.bindparam("now")).limit(1)
OF_PERSON = sa.select(
    PortalSession.id, PortalSession.made_at, PortalSession.seen_at, PortalSession.ends_at,
    PortalSession.device,
).where(
    owned(PortalSession), PortalSession.person_id == sa.bindparam("person_id")
).order_by(PortalSession.made_at.desc())


def idle_limit(visits: Visits, person_id: UUID | None, staff_id: UUID | None) -> timedelta:
    """How long a visit lasts when nothing is pressed, at a force that says so of *visits*."""
    if not person_id and not staff_id:
        return IDLE_VISITOR
    return timedelta(minutes=visits.people_idle if person_id else visits.staff_idle)


def visits_of(person_id: UUID) -> list[Any]:
    """A person's sessions that are not over, newest first."""
    now, idle = clock.now(), idle_limit(the_force().visits, person_id, None)
    return [
        row for row in read(OF_PERSON, person_id=person_id)
        if row.ends_at > now and row.seen_at + idle > now
    ]


def end_all(*, person_id: UUID) -> int:
    """End every session of a person, in all browsers; how many. The caller commits."""
    return end_rows(PortalSession.person_id == person_id)


def remove_old() -> int:
    """Delete sessions past their end; how many. Run by a periodic job."""
    ended = end_rows(PortalSession.ends_at < clock.now())
    if ended:
        audit.write(CoreAction.SESSIONS_REMOVED, count=ended)
    return ended


def ended_ones() -> tuple[Any, dict[str, Any]]:
    """The question whether there are sessions past their end."""
    return ENDED, {"now": clock.now()}


def end_rows(which: Any) -> int:
    return db.session.execute(sa.delete(PortalSession).where(which)).rowcount  # type: ignore[attr-defined,no-any-return]
