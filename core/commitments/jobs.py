"""What the worker does for commitments by itself."""

from __future__ import annotations

from uuid import UUID

from core.commitments import reminding
from core.commitments.settling import settle
from core.plugin_host.jobs import Registry
from core.storage.db import db


def remind() -> None:
    reminding.remind()
    db.session.commit()


def heard(case_id: UUID, person_id: UUID) -> None:
    """Something became known of a letter to this person: what was promised is settled with it."""
    settle([case_id])


def declare(registry: Registry) -> None:
    # Each hour of a working day: who was away in the morning, a worker too, makes nobody wait until tomorrow.
    registry.task("remind_commitments", cron="17 6-17 * * *", due=reminding.any_due)(remind)
