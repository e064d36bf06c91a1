"""Rows of notices that are to be sent, and their jobs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from uuid6 import uuid7

from core.base import clock
from core.hookspecs import Channel, NoticeKind
from core.notices.models import Notice
from core.plugin_host.jobs import defer, defer_many
from core.storage.db import db, insert_many


def new_row(
    kind: NoticeKind, cause: UUID, case: UUID | None, person: UUID | None, staff: UUID | None,
    channel: Channel = Channel.EMAIL,
) -> dict[str, Any]:
    """A notice that is due now."""
    now = clock.now()
    return {"id": uuid7(), "kind": kind, "cause_id": cause, "case_id": case, "person_id": person,
            "staff_id": staff, "state": "due", "tries": 0, "unsure": 0, "made_at": now, "due_at": now,
            "extra_sealed": None, "channel": channel}


def write_promised(rows: list[dict[str, Any]], *, urgent: bool = False) -> None:
    """*rows* and their jobs, in the caller's transaction."""
    insert_many(Notice, rows)
    enqueue({row["id"]: row["kind"] for row in rows}, urgent=urgent)


def postpone(notice: Notice, until: datetime) -> None:
    """Due later, with a job for then. The caller commits."""
    notice.due_at = until
    db.session.flush()
    defer("send_notice", at=until, lane=lane_of(notice.kind), notice_id=str(notice.id))


def enqueue(kinds: Mapping[UUID, str], *, urgent: bool = False) -> None:
    """Jobs for these notices, id -> kind, each in the lane of its kind. The caller commits."""
    lanes: dict[str, list[dict[str, Any]]] = {}
    for notice_id, kind in kinds.items():
        lanes.setdefault(lane_of(kind), []).append({"notice_id": str(notice_id)})
    for lane, notices in sorted(lanes.items()):
        defer_many("send_notice", notices, urgent=urgent, lane=lane)


def lane_of(kind: str) -> str:
    """Codes do not wait behind letters that a mail server takes its time with."""
    return "codes" if kind == NoticeKind.CODE else "letters"
