"""What the worker does for commitments by itself."""

from __future__ import annotations

from core.commitments import reminding
from core.plugin_host.jobs import Registry
from core.storage.db import db


def remind() -> None:
    reminding.remind()
    db.session.commit()


def declare(registry: Registry) -> None:
    # Each hour of a working day: who was away in the morning, a worker too, makes nobody wait until tomorrow.
    registry.task("remind_commitments", cron="17 6-17 * * *", due=reminding.any_due)(remind)
