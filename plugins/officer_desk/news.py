"""What the record system told of a case since its people last heard from an officer."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core.base import clock, force_locale
from core.cases import Contact, Entry, EntryWords, Message
from core.hookspecs import EntryCodes
from core.storage import owned, read, unseal
from plugins.officer_desk import drafts, one_case

LAST_HEARD = sa.select(sa.func.greatest(
    # A filter, not a condition: that would lead PostgreSQL to all that any officer of the force wrote.
    sa.select(sa.func.max(Entry.entered_at).filter(Entry.staff_id.is_not(None))).where(
        owned(Entry), Entry.case_id == sa.bindparam("case_id")
    ).scalar_subquery(),
    sa.select(sa.func.max(Message.sent_at)).where(
        owned(Message), Message.case_id == sa.bindparam("case_id"), ~Message.from_person
    ).scalar_subquery(),
    sa.select(sa.func.max(Contact.happened_at)).where(
        owned(Contact), Contact.case_id == sa.bindparam("case_id"), Contact.reached, Contact.way != "portal"
    ).scalar_subquery(),
))
NEWS = sa.select(
    Entry.id, Entry.kind, Entry.stage, Entry.outcome, Entry.scheme, Entry.release_kind, Entry.happened_at,
    Entry.entered_at, Entry.time_precision, Entry.details_sealed,
).where(
    owned(Entry), Entry.case_id == sa.bindparam("case_id"), Entry.staff_id.is_(None)
).order_by(Entry.happened_at, Entry.id)


def draft_of(case_id: UUID) -> str | None:
    """A draft about this case, in the language of its only follower; None when there is nothing to say."""
    since = read(LAST_HEARD, case_id=case_id).scalar()
    news = [_news(row) for row in read(NEWS, case_id=case_id) if since is None or row.entered_at > since]
    if not news:
        return None
    spoken = one_case.language_of(case_id)
    with force_locale(spoken):
        return drafts.draft(news, EntryWords(spoken=spoken), clock.now())


def _news(row: Any) -> drafts.News:
    codes = EntryCodes(row.kind, row.stage, row.outcome, row.scheme, row.release_kind)
    return drafts.News(codes, row.happened_at, row.time_precision, _starts_at(row))


def _starts_at(row: Any) -> datetime | None:
    """Of a hearing alone: nothing else that was written with news is opened here."""
    if row.kind != "hearing" or row.details_sealed is None:
        return None
    said = json.loads(unseal(Entry, "details", row.id, row.details_sealed) or "{}")
    return datetime.fromisoformat(said["starts_at"]) if said.get("starts_at") else None
