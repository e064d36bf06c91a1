"""What became known of letters as they were sent, told to who listens: after it is kept, never with it.

That a mail server took a letter must be written down whatever else fails, or the letter goes twice. So the
row says ``sent`` first, and that it is still to be told of; who listens (commitments) hears in a transaction
of its own, of many letters at once, and again each minute for as long as that fails.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from threading import Lock
from typing import Any

import sqlalchemy as sa
import structlog

from core.base import clock
from core.notices import reports
from core.notices.models import Notice
from core.plugin_host.host import the_force
from core.storage.db import db, undo, update_many
from core.storage.walls import owned

log = structlog.get_logger()
TOGETHER = 500  # letters: no lock is held for long
# One thread of a process tells for all: what others add meanwhile it tells with the next part.
_turns: defaultdict[str, Lock] = defaultdict(Lock)
LEFT = sa.select(Notice.id).where(owned(Notice), Notice.untold_at <= sa.bindparam("until")).limit(1)


def tell_untold() -> None:
    """Have who listens hear of all that is left, of the force in scope. Commits. What fails is logged, and
    left for the next time, behind the others."""
    turn = _turns[the_force().id]
    if not turn.acquire(blocking=False):
        return
    try:
        while (rows := _left()) and _all_heard(rows):
            pass
        db.session.commit()
    except sa.exc.SQLAlchemyError as failure:  # the database is away, say: it is for the next time
        log.warning("reports_not_told", error=type(failure).__name__)
        undo()
    finally:
        turn.release()


def _left() -> Sequence[Any]:
    return db.session.execute(
        sa.select(Notice.id, Notice.case_id, Notice.person_id).where(Notice.untold_at <= clock.now())
        .order_by(Notice.untold_at).limit(TOGETHER).with_for_update(skip_locked=True)).all()


def _all_heard(rows: Sequence[Any]) -> bool:
    """Whether all heard of these. If not, each is tried by itself: one that fails stops no other."""
    if _heard(rows):
        return True
    failed = [row for row in rows if not _heard([row])]
    # Behind the others: so that many that fail for ever leave room.
    update_many(Notice, [{"id": row.id, "untold_at": clock.now()} for row in failed])
    return not failed


def _heard(rows: Sequence[Any]) -> bool:
    try:
        reports.tell({(row.case_id, row.person_id) for row in rows})
        update_many(Notice, [{"id": row.id, "untold_at": None} for row in rows])
        db.session.commit()
    except Exception as failure:  # noqa: BLE001
        undo()
        log.error("reports_not_told", error=type(failure).__name__, count=len(rows))
        return False
    return True


def any_left() -> tuple[Any, dict[str, Any]]:
    """Whether something is left: a query and its values."""
    return LEFT, {"until": clock.now()}
