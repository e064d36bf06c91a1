"""What the worker does for commitments by itself."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

import structlog

from core import audit
from core.base.audit_actions import CoreAction
from core.commitments import reminding, sweeping
from core.commitments.settling import settle
from core.commitments.unpromised import unpromised
from core.plugin_host.jobs import Registry
from core.storage.db import db

log = structlog.get_logger()
TOGETHER = 500  # cases that are settled in one transaction: no lock is held for long


def remind() -> None:
    reminding.remind()
    db.session.commit()


def sweep() -> int:
    """Have those reached who did not read news of a right for 48 hours; in how many cases. Commits."""
    return _settle_all(sweeping.unread_cases())


def mend() -> int:
    """Settle the cases of who is owed nothing, for whatever reason that came to be; how many people these
    were. Commits: a database with many cases has some from before there were commitments. And of whoever
    was to be reached while no worker was there to see it."""
    _settle_all(sweeping.unread_cases(sweeping.LOOKED_BACK))
    found = unpromised().people
    _settle_all(sorted({case for case, _ in found}))
    if found:
        log.warning("unpromised_mended", count=len(found))
        audit.write(CoreAction.COMMITMENTS_MENDED, count=len(found))
        db.session.commit()
    return len(found)


def _settle_all(cases: Sequence[UUID]) -> int:
    for start in range(0, len(cases), TOGETHER):
        settle(cases[start : start + TOGETHER])
        db.session.commit()
    return len(cases)


def heard(whom: Collection[tuple[UUID, UUID]]) -> None:
    """Something became known of letters to these people, each of a case: what was promised is settled."""
    settle({case for case, _ in whom})


def declare(registry: Registry) -> None:
    # Each hour of a working day: who was away in the morning, a worker too, makes nobody wait until tomorrow.
    registry.task("remind_commitments", cron="17 6-17 * * *", due=reminding.any_due)(remind)
    registry.task("sweep_commitments", cron="41 * * * *", due=sweeping.any_unread)(sweep)
    registry.task("mend_commitments", cron="23 2 * * *")(mend)
