"""What a batch tells the officer of a case, and nobody on it: that it is no longer shown online, and that
it was handed over to them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from core import audit
from core.base import clock
from core.base.audit_actions import CoreAction
from core.base.fields import time_of
from core.cases.models import Staff
from core.force.eligibility import NEEDS_CARE
from core.force.model import Force
from core.hookspecs import News, NewsKind
from core.intake.batch import Batch
from core.intake.store import Incoming
from core.intake.tracked_row import TrackedRow
from core.notices.models import Notice
from core.storage.db import read
from core.storage.walls import owned

HAND_OVERS_A_LETTER = timedelta(days=1)  # who takes over thirty cases gets one letter, not thirty
ALERTED_LATELY = sa.select(Notice.staff_id).where(
    owned(Notice), Notice.kind == "case_handed_over", Notice.made_at > sa.bindparam("since"),
    Notice.staff_id == sa.any_(sa.bindparam("officers", type_=sa.ARRAY(sa.Uuid))),
)
WITH_EMAIL = sa.select(Staff.id).where(
    owned(Staff), Staff.email_sealed.is_not(None),
    Staff.id == sa.any_(sa.bindparam("officers", type_=sa.ARRAY(sa.Uuid))),
)


def alerts_of(force: Force, batch: Batch, items: Iterable[Incoming]) -> list[News]:
    """Compared are the cases as they stood before the batch and as they stand after it, so what came and
    went within the batch alerts nobody."""
    causes = _causes(force, batch, items)
    return [*_no_longer_shown(batch, causes), *_handed_over(batch, causes)]


def _causes(force: Force, batch: Batch, items: Iterable[Incoming]) -> dict[UUID, Incoming]:
    """The latest announced event of each case."""
    found: dict[UUID, Incoming] = {}
    for item in items:
        case = batch.cases.get(item.reference_key(force))
        if case and item.announce:
            known = found.get(case.id, item)
            found[case.id] = max(known, item, key=lambda one: one.event.time)
    return found


# --- a case that is no longer shown -----------------------------------------------------------


def _no_longer_shown(batch: Batch, causes: dict[UUID, Incoming]) -> list[News]:
    """One alert for each case that people could open before and that now needs care: its officer is told
    why at the desk. Each change is written to the audit."""
    changed = {case.id: case for case in batch.cases.rows.values() if _changed(batch, case)}
    audit.write_many([
        (CoreAction.CASE_SHOWN, case.id, {}) if case.values["offered"]
        else (CoreAction.CASE_NOT_SHOWN, case.id, {"reason": case.values["offered_reason"]})
        for case in changed.values()
    ])
    return [
        News(NewsKind.CASE_SILENT, one, causes[one].row_id, causes[one].event.time,
             staff_id=case.values["staff_id"])
        for one, case in changed.items() if _needs_care(case) and one in causes
    ]


def _changed(batch: Batch, case: TrackedRow) -> bool:
    before = batch.offered_before.get(case.id)
    return before is not None and before != case.values["offered"]


def _needs_care(case: TrackedRow) -> bool:
    return not case.values["offered"] and case.values["offered_reason"] in NEEDS_CARE


# --- a case that another officer has now ------------------------------------------------------


def _handed_over(batch: Batch, causes: dict[UUID, Incoming]) -> list[News]:
    """Each case that went from one officer to another is marked as new to them, until they open it; not by
    news of the past. They are told at most once a day: the desk lists all. Of who cannot be told, the
    officer before is."""
    news: dict[UUID, News] = {}
    before_of: dict[UUID, UUID] = {}
    for case in batch.cases.rows.values():
        before, now = batch.officer_before.get(case.id), case.values.get("staff_id")
        if before is None or now is None or before == now:
            continue
        cause = causes.get(case.id)
        case.force("handed_over_by", before)
        case.force("handed_over_at", time_of(case.registers.stamp("staff_id")))
        case.force("hand_over_seen_at", None if cause else clock.now())
        if cause and case.values["offered"]:
            news[now] = News(
                NewsKind.CASE_HANDED_OVER, case.id, cause.row_id, cause.event.time, staff_id=now)
            before_of[now] = before
    if not news:
        return []
    since = clock.now() - HAND_OVERS_A_LETTER
    told = set(read(ALERTED_LATELY, since=since, officers=list(news)).scalars())
    reached = _with_email(batch, news)
    return [
        one if now in reached else replace(one, kind=NewsKind.CASE_OUT_OF_REACH, staff_id=before_of[now])
        for now, one in news.items() if now not in told
    ]


def _with_email(batch: Batch, officers: Collection[UUID]) -> set[UUID]:
    """Those who can be written to: a slip in an officer's id makes somebody who cannot."""
    known = set(read(WITH_EMAIL, officers=list(officers)).scalars())
    said = {one.id: one.texts["email"] for one in batch.staff.rows.values() if "email" in one.texts}
    return {one for one in officers if said.get(one, one in known)}
