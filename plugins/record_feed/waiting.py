"""Events that a person at the force must look at: parked, or in conflict with an earlier one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core import RecordEvent, owned, read, unseal

PAGE = 500
WAITING = (
    sa.select(
        RecordEvent.id,
        RecordEvent.received_at,
        RecordEvent.source,
        RecordEvent.type,
        RecordEvent.event_id,
        RecordEvent.status,
        RecordEvent.reason,
        RecordEvent.body_sealed,
    )
    .where(
        owned(RecordEvent),
        RecordEvent.status.in_(("parked", "conflict")),
        RecordEvent.id > sa.bindparam("after", type_=sa.Uuid),
    )
    .order_by(RecordEvent.id)
    .limit(PAGE)
)
PARKED = (
    sa.select(sa.func.count())
    .select_from(RecordEvent)
    .where(owned(RecordEvent), RecordEvent.status == "parked")
)


def how_many_parked() -> int:
    return int(read(PARKED).scalar_one())


def waiting_events() -> Iterator[dict[str, Any]]:
    """Oldest first; of the crime, the reference only."""
    after = UUID(int=0)
    while rows := read(WAITING, after=after).all():
        yield from map(_told, rows)
        after = rows[-1].id


def _told(row: Any) -> dict[str, Any]:
    body = json.loads(unseal(RecordEvent, "body", row.id, row.body_sealed) or "{}")
    return {
        "received": row.received_at.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "status": row.status,
        "source": row.source,
        "type": row.type,
        "id": row.event_id,
        "subject": body.get("subject"),
        "reason": row.reason,
    }
