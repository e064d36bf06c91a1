"""What a person has read on the page of their case."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from uuid6 import uuid7

from core.base import clock
from core.cases.models import Access, Contact
from core.cases.timeline import TimelineEntry
from core.notices import reports
from core.storage.db import insert_many, sent_together, update_many


def shown(case: Any, person_id: UUID, entries: Sequence[TimelineEntry]) -> None:
    """Remember how far this person has read: *entries*, the newest first.

    Older news arriving late is then not announced. What came to the portal since they last read is a contact,
    the notices of it are read, and what was promised is settled; where nothing is new, nothing is asked or
    written. The caller commits.
    """
    through = max((one.entered_at for one in entries if one.entered_at), default=None)
    if through is None or (case.read_through is not None and through <= case.read_through):
        return
    now, newest = clock.now(), entries[0].happened_at
    shown_through = max(newest, case.shown_through or newest)
    with sent_together():
        update_many(Access, [
            {"id": case.access_id, "shown_through": shown_through, "read_through": through}])
        insert_many(Contact, [{
            "id": uuid7(), "case_id": case.id, "person_id": person_id, "way": "portal", "reached": True,
            "happened_at": now, "entered_at": now, "through": through, "topics": [],
        }])
    reports.read_news(case.id, person_id, [entry.id for entry in entries])
    reports.tell([(case.id, person_id)])
