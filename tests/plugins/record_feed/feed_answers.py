"""What the door answered, and what is stored."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import Flask

from core.intake.models import RecordEvent
from core.storage.db import db
from tests.conftest import HERTS
from tests.plugins.record_feed.feed_builders import at


def stored(app: Flask, force: str = HERTS) -> int:
    with at(app, force):
        return len(db.session.scalars(sa.select(RecordEvent)).all())


def statuses(answer: Any) -> list[str]:
    assert answer.status_code == 202, answer.text
    return [result["status"] for result in answer.get_json()["results"]]
