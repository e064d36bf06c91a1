"""News of property on its way onto a case: which of it tells something, in whatever order it arrives.

News that says again what was known has no line on the timeline. Older news that comes late may take the
line of a later piece, or give one to it: so the lines are reckoned anew from all the news there is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from uuid6 import uuid7

from core.cases.models import Entry
from core.cases.things import PropertyNews, Thing, changes, read_news, written_news
from core.intake.case_parts import Work, entry_row
from core.intake.shape_parts import Data, Item
from core.storage.sealed import seal


def take_property(work: Work, items: Sequence[Item], data: Data, *, told: bool) -> None:
    """What news says of *items*. ``told`` false: it was known from the beginning, and makes no line."""
    stamp = work.event.stamp
    known = read_news(work.case.opened("property"))
    present = PropertyNews(
        stamp, str(work.record_event_id), work.event.time.isoformat(), data.time_precision, told,
        work.announce, {item.id: _said(item) for item in items},
        next((one.entry for one in known if one.stamp == stamp), None))
    news = sorted([*(one for one in known if one.stamp != stamp), present], key=lambda one: one.stamp)
    for one, changed in zip(news, changes(news), strict=True):
        if one.told:
            _put_line(work, one, changed)
    work.case.force("property", written_news(news))
    work.entry_id = UUID(present.entry) if present.entry else None


def _said(item: Item) -> dict[str, str]:
    return {name: value for name in Thing._fields if (value := getattr(item, name))}


def _put_line(work: Work, one: PropertyNews, changed: Mapping[str, Thing]) -> None:
    """The line of *one* says what *changed* by it; it has none where nothing did."""
    if not changed:
        if one.entry:
            work.batch.drop_entry(UUID(one.entry))
        one.entry = None
        return
    row_id = UUID(one.entry) if one.entry else uuid7()
    statuses = {thing.status for thing in changed.values()}
    things = [[thing.description, thing.identifiers, thing.status] for thing in changed.values()]
    outcome = statuses.pop() if len(statuses) == 1 else None
    if one.entry:
        said = seal(Entry, "details", row_id, json.dumps({"things": things}))
        work.batch.change_entry(row_id, {"outcome": outcome, "details_sealed": said})
        return
    one.entry = str(row_id)
    work.batch.entries.append(entry_row(
        row_id, one.stamp, {"things": things}, entered_at=work.batch.at, case_id=work.case.id,
        record_event_id=UUID(one.event), kind="property", outcome=outcome,
        happened_at=datetime.fromisoformat(one.at), time_precision=one.precision, announced=one.announced,
    ))
