"""Counting, in the database, so that all processes share one count."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from core import clock, db, insert_many, keys, owned, read, update_many
from plugins.sign_in.models import Count

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ROW = sa.select(Count.id, Count.number).where(
    owned(Count), Count.scope == sa.bindparam("scope"), Count.key == sa.bindparam("key"),
    Count.since == sa.bindparam("since"),
).with_for_update()


def _since(window: timedelta) -> datetime:
    hour = clock.now().replace(minute=0, second=0, microsecond=0)
    return hour.replace(hour=0) if window == DAY else hour


def hashed(value: str) -> bytes:
    return keys().mac("limits", value.encode())


def count(scope: str, key: bytes, window: timedelta) -> int:
    """Add one, and say how many there have been in this hour or day (UTC). The caller commits."""
    from uuid6 import uuid7

    since = _since(window)
    insert_many(
        Count, [{"id": uuid7(), "scope": scope, "key": key, "since": since, "number": 0}],
        skip_existing=("scope", "key", "since"),
    )
    row = read(ROW, scope=scope, key=key, since=since).one()
    update_many(Count, [{"id": row.id, "number": row.number + 1}])
    return int(row.number) + 1


def so_far(scope: str, key: bytes, window: timedelta) -> int:
    """How many there have been in this hour or day."""
    row = read(ROW, scope=scope, key=key, since=_since(window)).first()
    return int(row.number) if row else 0


def remove_old() -> None:
    """Counts of the day before yesterday and earlier are of no use."""
    db.session.execute(sa.delete(Count).where(Count.since < clock.now() - 2 * DAY))
