"""How much a source may send: so many events in the long run, so many deliveries at one time.

Counted in the database, for all processes and machines. A delivery that is refused is not counted and
stores nothing.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta

import sqlalchemy as sa
from uuid6 import uuid7

from core.base import clock
from core.force import Force
from core.storage import LockBusy, change, db, insert_many, lock_now, lock_soon, owned, take_place
from plugins.record_feed.models import Moment, RecordFeedQuota
from plugins.record_feed.problems import Refused

SOON = 3.0  # seconds that a delivery waits for others of its source, and then of its force
BUSY_FOR = 1  # seconds until it may try again
_now, _most, _takes_now = (sa.bindparam(name, type_=kind) for name, kind in (
    ("now", Moment), ("most", sa.Interval), ("takes", sa.Interval)))
SPEND = sa.update(RecordFeedQuota).where(
    owned(RecordFeedQuota), RecordFeedQuota.source == sa.bindparam("of_source", type_=sa.Text)
).values(spent_until=sa.func.least(
    sa.func.greatest(RecordFeedQuota.spent_until, _now), _now + _most) + _takes_now)


def check_quota(force: Force, source: str, events: int, spent_until: datetime | None) -> None:
    """Raises :class:`Refused` when *source* may not send so many *events* now.

    ``spent_until``: as its quota says; None for one that never sent anything.
    """
    limits = force.feed_sources[source]
    ahead = _ahead(force, source, spent_until)
    early = ahead + _takes(force, source, events) - _takes(force, source, limits.burst)
    if early > timedelta(0):
        raise Refused(
            "too-many", f"This source may send {limits.events_per_minute} events a minute, and "
            f"{limits.burst} at once after a quiet time.", wait=math.ceil(early.total_seconds()),
        )


def enter(force: Force, source: str) -> None:
    """Hold the source's turn, and the force's if that is to be had without waiting; else one of the places
    of those that wait for the source's. Until the transaction ends.

    Raises :class:`Refused` at once when as many of its deliveries are at work as may be.
    """
    # One of them is at work; the others wait for it.
    waiting = force.feed_sources[source].at_once - 1
    if not lock_now(*_turns(source)) and not take_place(f"feed/{source}", waiting):
        raise Refused("busy", "Other deliveries of this source are being taken in.", wait=BUSY_FOR)


def wait_turn(force: Force, source: str, events: int) -> None:
    """Hold the source's and then the force's turn until the transaction ends, and count *events*.

    One delivery of a source waits for the force's turn at a time, so that a source that sends many
    holds others up by one only. Raises :class:`Refused` when the turn does not come soon.
    """
    try:
        lock_soon(*_turns(source), within=SOON)
    except LockBusy:
        db.session.rollback()
        raise Refused("busy", "Other deliveries are being taken in.", wait=BUSY_FOR) from None
    _count(force, source, events)


def _turns(source: str) -> tuple[str, str]:
    """The locks of the source's turn and of the force's."""
    return f"feed/{source}", "intake"


def _count(force: Force, source: str, events: int) -> None:
    now, takes = clock.now(), _takes(force, source, events)
    most = _takes(force, source, force.feed_sources[source].burst)
    if not change(SPEND, of_source=source, now=now, most=most, takes=takes):
        insert_many(RecordFeedQuota, [{"id": uuid7(), "source": source, "spent_until": now + takes}])


def _ahead(force: Force, source: str, spent_until: datetime | None) -> timedelta:
    """How far *source* is ahead of its pace: never more than its burst."""
    if spent_until is None:
        return timedelta(0)
    most = _takes(force, source, force.feed_sources[source].burst)
    return min(max(spent_until - clock.now(), timedelta(0)), most)


def _takes(force: Force, source: str, events: int) -> timedelta:
    """How long *events* take at the source's pace."""
    return timedelta(minutes=1) * events / force.feed_sources[source].events_per_minute
