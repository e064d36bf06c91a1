"""A visit as it is kept, at the moment of tests of visits and people."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from uuid6 import uuid7

from core.cases.models import PortalSession
from core.storage.db import db
from core.web import sessions

NOW = datetime(2024, 6, 12, 12, tzinfo=UTC)
SECOND, MINUTE, HOUR, DAY = (timedelta(seconds=n) for n in (1, 60, 3600, 86400))


def row(**more: Any) -> PortalSession:
    found = PortalSession(**{
        "id": uuid7(), "token_hash": sessions.token_hash("token"), "made_at": NOW, "seen_at": NOW,
        "ends_at": NOW + 12 * HOUR, "proved_at": NOW, "notes": {"language": "cy", "more": 1}, **more})
    db.session.add(found)
    db.session.flush()
    return found


def left() -> set[Any]:
    return set(db.session.scalars(sa.select(PortalSession.id)))
