"""Codes that may not have arrived, told to everybody who waits for one.

Whether a code was on its way depends on whether details matched, which nobody may learn. So what is told
is about all forces of a database and about a moment, and stands on the page of whoever began before it.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from uuid import UUID

import sqlalchemy as sa
from flask import current_app

from core.base import clock
from core.base.installation import State
from core.base.scope import current_force_id
from core.notices.letters import CODE_LASTS
from core.notices.restored import Outgoing
from core.plugin_host.jobs import databases
from core.storage.db import db, force_scope, read
from core.storage.walls import owned

OFTEN_ENOUGH = 10.0  # seconds: where every letter is lost, not every one is noted
NOTED: State[dict[str, float]] = State("lost_codes", dict)  # force -> when, by the monotonic clock
LOST = sa.select(Outgoing.codes_lost_at).where(owned(Outgoing))


def note() -> None:
    """What was on its way just now may be lost. Commits, for every force of this database."""
    noted = NOTED.get()
    force, now = current_force_id(), time.monotonic()
    if now - noted.get(force, -OFTEN_ENOUGH) < OFTEN_ENOUGH:
        return
    together = next((found for found in databases(current_app).values() if force in found), [force])
    for one in together:
        noted[one] = now
        with force_scope(one):
            for row in db.session.scalars(sa.select(Outgoing).with_for_update()):
                row.codes_lost_at = clock.now()
            db.session.commit()


def may_be_lost(began: UUID) -> bool:
    """Whether a code that was asked for with what has this id (a UUIDv7) may not have arrived."""
    lost_at = read(LOST).scalar()
    # RFC 9562: a UUIDv7 begins with its milliseconds.
    asked_at = datetime.fromtimestamp((began.int >> 80) / 1000, UTC)
    return lost_at is not None and asked_at <= lost_at <= asked_at + CODE_LASTS
