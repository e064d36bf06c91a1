"""What an officer writes on a case's timeline: read as it is by everybody who follows the case."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core import audit
from core.base import clock
from core.base.fields import clean_text, stamp_of
from core.cases import unanswered
from core.cases.models import Case, Entry
from core.hookspecs import News, NewsKind
from core.intake import case_parts
from core.intake.batch import Batch
from core.intake.promised_days import promise_day
from core.intake.stage_moves import bring_to
from core.intake.tracked_row import TrackedRow
from core.notices.outbox import promise
from core.storage.db import lock, read
from core.storage.sealed import seal
from core.storage.walls import owned

# Where an officer may say a case stands. The other stages come with a charge, an outcome or a
# court's result: they are decided on the record and bring their reasons and rights with them.
OFFICER_STAGES = ("assessing", "investigating", "decision", "closed")
NEEDS_REASONS = frozenset({"closed"})
MAX_TEXT = 2000
MAX_NEXT_STEP = 500
LONGEST_WAIT = timedelta(days=366)

WRITTEN = sa.select(Entry.id).where(owned(Entry), Entry.id == sa.bindparam("entry_id"))
REFERENCE_KEY = sa.select(Case.reference_key).where(owned(Case), Case.id == sa.bindparam("case_id"))


@dataclass(frozen=True)
class Update:
    """What the officer wrote; empty texts count as none."""

    stage: str | None = None
    text: str | None = None
    next_step: str | None = None
    next_update_by: date | None = None


class UpdateProblem(ValueError):
    """The update cannot be written as it is.

    ``problems``: field of :class:`Update` -> ``unknown``, ``nothing_new``, ``needs_reasons``,
    ``too_long``, ``unreadable``, ``past`` or ``too_far``.
    """

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(", ".join(f"{field}: {problem}" for field, problem in problems.items()))
        self.problems = problems


def write_update(
    case_id: UUID, staff_id: UUID, update: Update, *, form_key: UUID, seen: datetime | None = None
) -> UUID | None:
    """The entry, what it changes of the case, and everybody's notice; the caller commits.

    ``form_key`` is a UUIDv7 made with the form; it becomes the entry's id, so that a form sent
    twice is one entry (the answer is None for the second). The newest news decides where the
    case stands, whatever arrives after it. It answers what people wrote until *seen*, when the
    officer's page was made (UTC; None: now). Raises :class:`UpdateProblem`.
    """
    lock("intake")
    if read(WRITTEN, entry_id=form_key).first():
        return None
    batch, case = _batch_of(case_id)
    update = checked(update, str(case.values["stage"]))
    now = clock.now()
    stamp = stamp_of(now, "", f"desk-{form_key}")
    batch.entries.append(_entry(case_id, staff_id, update, form_key, now, stamp))
    _move(case, update, now, stamp)
    batch.write()
    unanswered.settle([(case_id, None, seen or now)])
    _announce(batch, case, form_key, now)
    audit.write("entry_written", case_id=case_id, kind="progress")
    return form_key


def checked(update: Update, stage_now: str) -> Update:
    """The update with clean texts. Raises :class:`UpdateProblem` naming every field at fault."""
    problems: dict[str, str] = {}
    text = _text("text", update.text, MAX_TEXT, problems)
    next_step = _text("next_step", update.next_step, MAX_NEXT_STEP, problems)
    stage, by = update.stage or None, update.next_update_by
    if stage and stage not in OFFICER_STAGES:
        problems["stage"] = "unknown"
    if not text and "text" not in problems:
        if stage in NEEDS_REASONS:
            problems["text"] = "needs_reasons"
        elif stage is None or stage == stage_now:
            problems["text"] = "nothing_new"
    if by and by < clock.today():
        problems["next_update_by"] = "past"
    elif by and by > clock.today() + LONGEST_WAIT:
        problems["next_update_by"] = "too_far"
    if problems:
        raise UpdateProblem(problems)
    return Update(stage, text, next_step, by)


def _text(field: str, value: str | None, longest: int, problems: dict[str, str]) -> str | None:
    try:
        text = clean_text((value or "").replace("\r\n", "\n")).strip()
    except ValueError:
        problems[field] = "unreadable"
        return None
    if len(text) > longest:
        problems[field] = "too_long"
    return text or None


def _batch_of(case_id: UUID) -> tuple[Batch, TrackedRow]:
    batch = Batch("desk")
    reference_key = read(REFERENCE_KEY, case_id=case_id).scalar_one()
    batch.load({reference_key}, set(), set())
    case = batch.cases.get(reference_key)
    assert case is not None
    return batch, case


def _entry(
    case_id: UUID, staff_id: UUID, update: Update, entry_id: UUID, now: datetime, stamp: str
) -> dict[str, Any]:
    by = update.next_update_by.isoformat() if update.next_update_by else None
    details = {"text": update.text, "next_step": update.next_step, "next_update_by": by}
    said = json.dumps({key: value for key, value in details.items() if value})
    return {
        "id": entry_id, "case_id": case_id, "staff_id": staff_id, "kind": "progress",
        "stage": update.stage, "happened_at": now,
        "stamp_sealed": seal(Entry, "stamp", entry_id, stamp),
        "details_sealed": seal(Entry, "details", entry_id, said),
    }


def _move(case: TrackedRow, update: Update, now: datetime, stamp: str) -> None:
    if update.stage:
        bring_to(case, "progress", update.stage, stamp)
    promise_day(case, update.next_update_by, update.stage, stamp)
    if now > case.values["latest_at"]:
        case.force("latest_at", now)


def _announce(batch: Batch, case: TrackedRow, entry_id: UUID, now: datetime) -> None:
    if not case.values["offered"]:
        return
    people = tuple(
        access.values["person_id"] for (case_id, _), access in batch.access.rows.items()
        if case_id == case.id and not access.values["removed"]
        and case_parts.newer_than_shown(access, now)
    )
    promise([News(NewsKind.ENTRY, case.id, entry_id, now, people)])
