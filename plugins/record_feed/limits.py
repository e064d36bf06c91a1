"""How much a source may send: so many events in the long run, so many deliveries at one time.

Counted in the database, for all processes and machines. A delivery that is refused is not counted and
stores nothing.
"""

from __future__ import annotations

import math
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from uuid6 import uuid7

from core import (
    Force,
    LockBusy,
    clock,
    db,
    insert_many,
    lock_soon,
    owned,
    read,
    take_place,
    update_many,
)
from plugins.record_feed.models import RecordFeedQuota
from plugins.record_feed.problems import Refused

SOON = 3.0  # seconds that a delivery waits for others of its source, and then of its force
BUSY_FOR = 1  # seconds until it may try again
QUOTA = sa.select(RecordFeedQuota.id, RecordFeedQuota.spent_until).where(
    owned(RecordFeedQuota), RecordFeedQuota.source == sa.bindparam("source")
)


def check_quota(force: Force, source: str, events: int) -> None:
    """Raises :class:`Refused` when *source* may not send so many *events* now."""
    limits = force.feed_sources[source]
    _, ahead = _ahead(force, source)
    early = ahead + _takes(force, source, events) - _takes(force, source, limits.burst)
    if early > timedelta(0):
        raise Refused(
            "too-many", f"This source may send {limits.events_per_minute} events a minute, and "
            f"{limits.burst} at once after a quiet time.", wait=math.ceil(early.total_seconds()),
        )


def enter(force: Force, source: str) -> None:
    """Hold one of the source's places until the transaction ends.

    Raises :class:`Refused` at once when as many of its deliveries are at work as may be.
    """
    if not take_place(f"feed/{source}", force.feed_sources[source].at_once):
        raise Refused("busy", "Other deliveries of this source are being taken in.", wait=BUSY_FOR)


def wait_turn(force: Force, source: str, events: int) -> None:
    """Hold the source's and then the force's turn until the transaction ends, and count *events*.

    One delivery of a source waits for the force's turn at a time, so that a source that sends many
    holds others up by one only. Raises :class:`Refused` when the turn does not come soon.
    """
    try:
        lock_soon(f"feed/{source}", "intake", within=SOON)
    except LockBusy:
        db.session.rollback()
        raise Refused("busy", "Other deliveries are being taken in.", wait=BUSY_FOR) from None
    _count(force, source, events)


def _count(force: Force, source: str, events: int) -> None:
    row_id, ahead = _ahead(force, source)
    until = clock.now() + ahead + _takes(force, source, events)
    if row_id:
        update_many(RecordFeedQuota, [{"id": row_id, "spent_until": until}])
    else:
        insert_many(RecordFeedQuota, [{"id": uuid7(), "source": source, "spent_until": until}])


def _ahead(force: Force, source: str) -> tuple[UUID | None, timedelta]:
    """The row of *source*, and how far it is ahead of its pace: never more than its burst."""
    row = read(QUOTA, source=source).first()
    if row is None:
        return None, timedelta(0)
    most = _takes(force, source, force.feed_sources[source].burst)
    return row.id, min(max(row.spent_until - clock.now(), timedelta(0)), most)


def _takes(force: Force, source: str, events: int) -> timedelta:
    """How long *events* take at the source's pace."""
    return timedelta(minutes=1) * events / force.feed_sources[source].events_per_minute
