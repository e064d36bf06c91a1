"""Events that a person at the force should look at: they wait, or something of them was left out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core.intake import RecordEvent
from core.plugin_host import the_force
from core.storage import owned, read, unseal
from plugins.record_feed.asking import visible

PAGE = 500
SHOWN_OF_A_VALUE = 80
_POINTER = re.compile(r"(/\S*): ")
_shown = sa.select(
    RecordEvent.id,
    RecordEvent.received_at,
    RecordEvent.source,
    RecordEvent.type,
    RecordEvent.status,
    RecordEvent.reason_sealed,
    RecordEvent.body_sealed,
    RecordEvent.left_out_sealed,
).where(owned(RecordEvent)).order_by(RecordEvent.id).limit(PAGE)
_after = RecordEvent.id > sa.bindparam("after", type_=sa.Uuid)
WAITING = _shown.where(RecordEvent.status.in_(("parked", "conflict")), _after)
LEFT_OUT = _shown.where(RecordEvent.left_out_sealed.is_not(None), _after)
PARKED = (
    sa.select(sa.func.count())
    .select_from(RecordEvent)
    .where(owned(RecordEvent), RecordEvent.status == "parked")
)


def how_many_parked() -> int:
    return int(read(PARKED).scalar_one())


def waiting_events() -> Iterator[dict[str, Any]]:
    """Parked or in conflict, oldest first: of the crime the reference, of the rest what is at fault.

    ``until``: the day after which retention removes a parked one.
    """
    lasts = timedelta(days=the_force().retention.parked_events)
    for row in _rows(WAITING):
        body = _body(row)
        reason = unseal(RecordEvent, "reason", row.id, row.reason_sealed)
        ends = {"until": (row.received_at + lasts).date().isoformat()} if row.status == "parked" else {}
        yield {**_event_row(row, body), **ends, "reason": _reason(reason, body)}


def events_with_details_left_out() -> Iterator[dict[str, Any]]:
    """Accepted without a detail that could not be used, oldest first; one for each such detail."""
    for row in _rows(LEFT_OUT):
        body = _body(row)
        told = unseal(RecordEvent, "left_out", row.id, row.left_out_sealed) or "[]"
        for pointer, why in json.loads(told):
            yield {**_event_row(row, body), "status": "left out",
                   "reason": _reason(f"{pointer}: {why}", body)}


def _rows(statement: Any) -> Iterator[Any]:
    after = UUID(int=0)
    while rows := read(statement, after=after).all():
        yield from rows
        after = rows[-1].id


def _body(row: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(unseal(RecordEvent, "body", row.id, row.body_sealed) or "{}")
    return found


def _event_row(row: Any, body: dict[str, Any]) -> dict[str, Any]:
    return {
        "received": row.received_at.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "status": row.status,
        "source": row.source,
        "type": body.get("type", row.type),
        "id": body.get("id"),
        "subject": body.get("subject"),
    }


def _reason(reason: str | None, body: dict[str, Any]) -> str:
    """With what was sent at that place, which is kept sealed and nowhere else."""
    pointed = _POINTER.match(reason or "")
    if not pointed:
        return reason or "no reason is kept: run `trackmycrime feed retry`"
    here: Any = body
    for step in pointed[1].split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(here, list) and name.isdigit() and int(name) < len(here):
            here = here[int(name)]
        elif isinstance(here, dict) and name in here:
            here = here[name]
        else:
            return str(reason)
    sent = here if isinstance(here, str) else json.dumps(here, ensure_ascii=False)
    short = visible(sent if len(sent) <= SHOWN_OF_A_VALUE else f"{sent[:SHOWN_OF_A_VALUE]}…")
    return f"{reason} (sent: “{short}”)"
