"""What a viewer may read of a case, in plain words, newest first."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core.db import owned, read
from core.models import Case, Entry, Staff
from core.narrative import Telling, stage_now, tell
from core.secret import unseal

ENTRIES = sa.select(
    Entry.id, Entry.kind, Entry.stage, Entry.outcome, Entry.scheme, Entry.happened_at,
    Entry.time_precision, Entry.details_sealed, Entry.staff_id,
).where(owned(Entry), Entry.case_id == sa.bindparam("case_id")).order_by(Entry.stamp.desc())
OFFICER = sa.select(
    Staff.id, Staff.name_sealed, Staff.collar_number, Staff.unit, Staff.rest_days_until
).where(owned(Staff), Staff.id == sa.bindparam("staff_id"))


@dataclass(frozen=True)
class TimelineEntry:
    """One entry as a person reads it. ``happened_at`` is UTC, shown no finer than ``precision``.

    ``words`` are what the officer or the record system wrote, shown as they are.
    """

    id: UUID
    kind: str
    happened_at: datetime
    precision: str | None
    telling: Telling
    words: str | None
    done: str | None
    next_step: str | None
    next_update_by: date | None
    officer: str | None


@dataclass(frozen=True)
class OfficerCard:
    """Who has the case; ``away_until`` while on rest days."""

    name: str
    collar_number: str | None
    unit: str | None
    away_until: date | None


def entries_of(case_id: UUID) -> list[TimelineEntry]:
    """The case's timeline, newest first. The caller has checked who is looking."""
    return [_entry(row) for row in read(ENTRIES, case_id=case_id)]


def _entry(row: Any) -> TimelineEntry:
    details = json.loads(unseal(Entry, "details", row.id, row.details_sealed) or "{}")
    telling = tell(row.kind, stage=row.stage, outcome=row.outcome, scheme=row.scheme or "home_office",
                   release_kind=details.get("release_kind"))
    by = details.get("next_update_by")
    return TimelineEntry(
        id=row.id, kind=row.kind, happened_at=row.happened_at, precision=row.time_precision,
        telling=telling, words=details.get("text"), done=details.get("done"),
        next_step=details.get("next_step"), next_update_by=date.fromisoformat(by) if by else None,
        officer=details.get("officer"),
    )


def officer_of(staff_id: UUID | None, today: date) -> OfficerCard | None:
    """The officer in the case, or None while nobody is named."""
    row = read(OFFICER, staff_id=staff_id).first() if staff_id else None
    if row is None:
        return None
    away = row.rest_days_until if row.rest_days_until and row.rest_days_until >= today else None
    return OfficerCard(unseal(Staff, "name", row.id, row.name_sealed) or "", row.collar_number, row.unit, away)


def standing(case: Case | Any) -> tuple[str, str]:
    """Where things stand now: the big words at the top of the page, and what they mean."""
    return stage_now(case.stage)
