"""The outbox: notices are written with their cause, and sent by the worker.

``due`` may be sent; ``sent``, ``failed`` and ``withheld`` are final and keep their reason.
Whether it is safe to tell this person is asked at send time, not before.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
import structlog
from uuid6 import uuid7

from core import audit, clock
from core.db import db, insert_many
from core.hookspecs import Letter, News
from core.jobs import Registry, defer, defer_many
from core.letters import Withhold, letter_for
from core.models import Notice
from core.plugin_host import installed
from core.secret import seal

log = structlog.get_logger()
GIVE_UP_AFTER = timedelta(hours=24)
LEASE = timedelta(minutes=2)
FIRST_WAIT = 30  # seconds; doubled after each failure, up to an hour


class CannotDeliver(Exception):
    """The letter can never go (a refused address, say); the text is the reason for staff."""


def promise(news: Sequence[News]) -> None:
    """Write the notices that *news* asks for, with their jobs, in the caller's transaction."""
    rows = []
    force = installed()
    for one in news:
        wanted = [r for answer in force.hook.notices_for(force=force.force, news=one) for r in answer]
        for request in {(r.kind, r.person_id, r.staff_id): r for r in wanted}.values():
            rows.append(_row(request.kind, one.cause_id, one.case_id, request.person_id, request.staff_id))
    _write(rows)


def promise_code(person_id: UUID, case_id: UUID, cause_id: UUID, code: str) -> UUID:
    """A letter with a sign-in code; the code is kept sealed until it is sent, then wiped."""
    row = _row("code", cause_id, case_id, person_id, None)
    row["extra_sealed"] = seal(Notice, "extra", row["id"], code)
    _write([row])
    return UUID(str(row["id"]))


def _row(
    kind: str, cause: UUID, case: UUID | None, person: UUID | None, staff: UUID | None
) -> dict[str, Any]:
    now = clock.now()
    return {"id": uuid7(), "kind": kind, "cause_id": cause, "case_id": case, "person_id": person,
            "staff_id": staff, "state": "due", "tries": 0, "made_at": now, "due_at": now,
            "extra_sealed": None}


def _write(rows: list[dict[str, Any]]) -> None:
    insert_many(Notice, rows)
    defer_many("send_notice", [{"notice_id": str(row["id"])} for row in rows])


def send_notice(notice_id: str) -> None:
    """Send one notice: claim it, let go of the database, deliver, mark it."""
    notice = _claim(UUID(notice_id))
    if notice is None:
        return
    try:
        letter = letter_for(notice)
    except Withhold as reason:
        _withheld(notice, reason)
        return
    db.session.commit()
    _finish(notice, *_deliver(letter))


def _claim(notice_id: UUID) -> Notice | None:
    """The notice, leased to this worker; None when another has it or it is done."""
    found = db.session.scalars(
        sa.select(Notice).where(Notice.id == notice_id, Notice.state == "due", Notice.due_at <= clock.now())
        .with_for_update(skip_locked=True)
    ).first()
    if found:
        found.tries += 1
        found.due_at = clock.now() + LEASE
        db.session.flush()
    return found


def _deliver(letter: Letter) -> tuple[str | None, str | None, bool]:
    """(delivered by, why not, whether to try again)"""
    force = installed()
    try:
        done = force.hook.deliver_notice(force=force.force, letter=letter)
    except CannotDeliver as reason:
        return None, str(reason), False
    except Exception as failure:
        log.warning("notice_not_sent", notice=str(letter.notice_id), error=type(failure).__name__)
        return None, f"{type(failure).__name__}: the mail service did not take it", True
    if done is None:
        return None, "no plugin of this force sends letters", False
    return done.by, None, False


def _finish(notice: Notice, by: str | None, why: str | None, again: bool) -> None:
    now = clock.now()
    if by:
        notice.state, notice.sent_at, notice.reason, notice.extra_sealed = "sent", now, None, None
        audit.write("notice_sent", case_id=notice.case_id, kind=notice.kind, by=by)
    elif again and now - notice.made_at < _patience(notice):
        notice.reason = why
        postpone(notice, now + timedelta(seconds=min(3600, FIRST_WAIT * 2 ** (notice.tries - 1))))
    else:
        notice.state, notice.reason, notice.extra_sealed = "failed", why, None
    db.session.commit()


def _patience(notice: Notice) -> timedelta:
    """A code is of no use after ten minutes; news is tried for a day."""
    return timedelta(minutes=10) if notice.kind == "code" else GIVE_UP_AFTER


def _withheld(notice: Notice, reason: Withhold) -> None:
    if reason.until:
        postpone(notice, reason.until)
    else:
        notice.state, notice.reason, notice.extra_sealed = "withheld", reason.why, None
        audit.write("notice_withheld", case_id=notice.case_id, kind=notice.kind, why=reason.why)
    db.session.commit()


def postpone(notice: Notice, until: datetime) -> None:
    notice.due_at = until
    db.session.flush()
    defer("send_notice", at=until, notice_id=str(notice.id))


def sweep() -> None:
    """Notices that are due and whose job was lost get a new one. Run every minute."""
    stuck = sa.select(Notice.id).where(
        Notice.state == "due", Notice.due_at < clock.now() - timedelta(minutes=1)
    ).limit(500)
    defer_many("send_notice", [{"notice_id": str(found)} for found in db.session.scalars(stuck)])


def declare(registry: Registry) -> None:
    registry.task("send_notice")(send_notice)
    registry.task("sweep_notices", cron="* * * * *")(sweep)
