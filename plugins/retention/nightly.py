"""The job of every night, which takes away what is kept too long. Who calls says what commits each part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import structlog

from core import audit
from core.plugin_host import the_force
from core.storage import db, read
from plugins.retention import retention
from plugins.retention.audit_actions import RetentionAction

log = structlog.get_logger()
WARNED_BEFORE = timedelta(days=30)
WARNED_OF = "parked_events"  # senders were told that these are here


def remove_overdue(written: Callable[[], object]) -> Counter[str]:
    """Remove what is overdue at the force in scope, part by part, each committed by *written*; how many rows
    of each class of data."""
    gone = Counter(dict.fromkeys(retention.classes(), 0))
    for part in retention.removal():
        written()
        gone.update(part)
    return gone


def every_night() -> Counter[str]:
    """Remove what is overdue; after a gap only note it, so that there is a day to look at the clock.

    Commits.
    """
    if retention.clock_may_have_leapt():
        log.error("retention_waits_for_the_clock")
        audit.write(RetentionAction.WAITED)
        db.session.commit()
        return Counter()
    gone = remove_overdue(db.session.commit)
    audit.write(RetentionAction.OVERDUE_REMOVED, rows={name: many for name, many in gone.items() if many})
    db.session.commit()
    waiting = retention.classes()[WARNED_OF]
    soon = read(retention.counting(waiting), until=waiting.until + WARNED_BEFORE).scalar_one()
    if soon:
        log.warning("parked_events_go_soon", count=soon, force=the_force().id)
    return gone
