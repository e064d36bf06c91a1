"""The one way in: record events -> cases, entries, messages and notices, in one transaction.

The caller commits. Everything a force takes in waits its turn (one lock per force), so that two
senders with news of one case never undo each other.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any
from uuid import UUID

from core import audit, commitments
from core.audit import trail
from core.base.audit_actions import CoreAction
from core.force.model import Force
from core.force.parts import OWN_SOURCE
from core.hookspecs import Event, News, NewsKind
from core.intake import case_parts, look_alikes, officer_alerts, safety
from core.intake import shapes as event_shapes
from core.intake.batch import Batch
from core.intake.case_parts import Work
from core.intake.entering import Entering, understood
from core.intake.erased import refusals
from core.intake.models import RecordEvent
from core.intake.reading import read_envelope
from core.intake.shapes import NotUnderstood
from core.intake.store import (
    PARKED_FOR,
    PARKED_OF,
    SENT_BY_RECORD_SYSTEM,
    SOURCES_OF_PARKED,
    Incoming,
    Result,
    incoming_event,
    revived,
    sealed_left_out,
    sealed_reason,
    stored_row,
    without_repeats,
)
from core.intake.tracked_row import TrackedRow
from core.notices import account_news
from core.notices.outbox import promised
from core.notices.queue import write_promised
from core.plugin_host.host import installed
from core.storage.db import insert_many, lock, read, sent_together, update_many

TOGETHER = 100  # events; more take their time, so that on a small machine a processor is left to pages


def take_in(
    force: Force, source: str, events: Sequence[Any], *, announce: bool = True
) -> list[Result]:
    """Take in parsed CloudEvents of one source, in order; one result for each.

    ``force`` is the force in scope, ``source`` the name it gave the sender. With ``announce``
    false nobody is told. Nothing is committed here. A malformed event is ``rejected`` by itself.
    Raises ``ValueError`` for the desk's own source: what officers write comes by
    :mod:`core.intake.desk`, and by nobody else in their name.
    """
    if source == OWN_SOURCE:
        raise ValueError(f"no record system may be called “{source}”: it is the portal's own source")
    lock("intake")
    results: list[Result | None] = [None] * len(events)
    incoming: list[tuple[int, Incoming]] = []
    for place, value in enumerate(events):
        try:
            incoming.append(
                (place, incoming_event(read_envelope(value), value, announce))
            )
        except NotUnderstood as problem:
            results[place] = Result(_id_of(value), "rejected", problem.reason, problem.pointer)
    for place, refused in refusals(force, incoming).items():
        results[place] = refused
    incoming = [(place, item) for place, item in incoming if results[place] is None]
    fresh = without_repeats(source, incoming, results)
    offered = _enter_all(force, source, [item for _, item in fresh])
    for place, item in fresh:
        results[place] = _result(item, offered)
    rejected = sum(1 for r in results if r and r.status == "rejected")
    if rejected:
        audit.write_many(
            [(CoreAction.EVENT_STORED, None, {"source": source, "status": "rejected"})] * rejected
        )
    return [result for result in results if result]


def take_in_written(force: Force, item: Incoming) -> None:
    """What an officer wrote at the desk of *force*. Who calls has waited for the lock ``intake``, knows
    that it was not taken in before, and commits. Raises :class:`NotUnderstood`.
    """
    _enter_all(force, OWN_SOURCE, [item])


def retry_parked(force: Force) -> list[Result]:
    """Try every parked event again (after a change of force.toml, say). The caller commits."""
    lock("intake")
    results = []
    for source in read(SOURCES_OF_PARKED).scalars().all():
        items = [revived(row) for row in read(PARKED_OF, source=source)]
        offered = _enter_all(force, source, items)
        results += [_result(item, offered) for item in items]
    return results


# --- enter and write --------------------------------------------------------------------------


def _enter_all(force: Force, source: str, items: Sequence[Incoming]) -> dict[UUID, bool | str]:
    """Enter *items*, and what was parked for the cases they touch; write everything.

    Of each that was entered, by the id of its row: True, or why its case is not shown online.
    """
    news = Entering(force, source)
    news.enter(items)
    batch, entered = news.batch, news.entered
    _take_safety_of_parked(force, batch, [one.whole for one in news.items if one.status == "parked"])
    data = {item.row_id: pair[1] for item, pair in news.read if pair}
    look_alikes.note(batch, [(item, work, data[item.row_id]) for item, work in entered])
    case_parts.hand_out_posts(batch)
    _show_late_victims(force, source, batch)
    alerts = officer_alerts.alerts_of(force, batch, news.items)
    batch.end_what_is_over()
    safer = {one.id for one in batch.people.rows.values() if not one.new and "safe_contact" in one.to_seal}
    with _together(items):
        _write(force, source, batch, news.items)
    here = installed()
    notices = promised(_news(batch, entered, alerts), here)
    with _together(items):
        write_promised(notices)
        signed = trail.signed(_for_audit(source, batch, news.items, entered))
    trail.write_signed(signed)
    _tell_old_contacts(batch, news.items)
    _retry_other_sources(news)
    # Last: who waits for the locks of commitments may hold rows that are written above.
    commitments.settle([case.id for case in batch.cases.rows.values()], here, people=safer)
    return {item.row_id: _offered(work) for item, work in entered}


def _together(items: Collection[Incoming]) -> AbstractContextManager[None]:
    return sent_together() if len(items) <= TOGETHER else nullcontext()


def _take_safety_of_parked(force: Force, batch: Batch, waiting: list[Event]) -> None:
    references = {force.normalise_reference(event.subject) for event in waiting}
    batch.load(references, {name for e in waiting for name in safety.people_named(e)}, set())
    for event in waiting:
        safety.apply_safety(force, batch, event)


def _retry_other_sources(news: Entering) -> None:
    """Read again for each: what an earlier one unlocked has entered already."""
    for other in sorted(news.other_sources):
        rows = read(PARKED_FOR, subjects=list(news.looked_for)).all()
        _enter_all(news.force, other, [revived(row) for row in rows if row.source == other])


def _show_late_victims(force: Force, source: str, batch: Batch) -> None:
    """A victim whom the portal hears of late gets the messages that went to all victims before."""
    if not batch.late_victims:
        return
    sent: dict[UUID, list[Any]] = {}
    for row in read(SENT_BY_RECORD_SYSTEM, cases=list(batch.late_victims)):
        sent.setdefault(row.id, []).append(row)
    for rows in sent.values():
        first = rows[0]
        pair = understood(force, first.source, revived(first))
        if pair and isinstance(pair[1], event_shapes.MessageSent) and pair[1].to is None:
            case_parts.hand_out(
                batch, pair[0], pair[1], first.id, first.case_id, first.staff_id,
                but={row.person_id for row in rows},
            )


def _offered(work: Work) -> bool | str:
    return True if work.case.values["offered"] else str(work.case.values["offered_reason"])


def _write(force: Force, source: str, batch: Batch, items: list[Incoming]) -> None:
    insert_many(RecordEvent, [stored_row(force, source, item) for item in items if not item.stored])
    update_many(
        RecordEvent,
        [
            {"id": item.row_id, "status": item.status, "reason_sealed": sealed_reason(item),
             "left_out_sealed": sealed_left_out(item)}
            for item in items
            if item.stored
        ],
    )
    batch.write()


def _news(batch: Batch, entered: list[tuple[Incoming, Work]], alerts: list[News]) -> list[News]:
    """One piece for each case of the batch, one for each message, and the *alerts*."""
    news = [*alerts]
    latest: dict[UUID, Work] = {}
    for _, work in entered:
        if not work.announce or not work.case.values["offered"]:
            continue
        if work.message_id:
            news.append(
                News(NewsKind.MESSAGE, work.case.id, work.message_id, work.event.time, work.message_to)
            )
        elif (
            work.entry_id
            and not work.quiet
            and work.event.time >= latest.get(work.case.id, work).event.time
        ):
            latest[work.case.id] = work
    followers: dict[UUID, list[TrackedRow]] = {}
    for (case_id, _), access in batch.access.rows.items():
        followers.setdefault(case_id, []).append(access)
    for work in latest.values():
        people = tuple(
            access.values["person_id"] for access in followers.get(work.case.id, ())
            if not access.values["removed"]
            and case_parts.newer_than_shown(access, work.event.time)
        )
        assert work.entry_id
        news.append(News(NewsKind.ENTRY, work.case.id, work.entry_id, work.event.time, people))
    return news


def _tell_old_contacts(batch: Batch, items: list[Incoming]) -> None:
    """Whoever changed it at the record system: the old address or number is told, with care."""
    causes = [item.row_id for item in items if item.announce]
    replaced, batch.replaced = batch.replaced, []
    for person_id, name, old in replaced if causes else ():
        account_news.tell_of_contact(person_id, causes[-1], name, old)


def _for_audit(
    source: str, batch: Batch, items: list[Incoming], entered: list[tuple[Incoming, Work]]
) -> list[trail.Entry]:
    cases = {item.row_id: work for item, work in entered}
    rows: list[trail.Entry] = []
    for item in items:
        if item.written:
            rows.append(item.written.line)
        elif item.row_id in cases:
            action = (
                CoreAction.CASE_OPENED
                if item.event.type == "uk.police.crime.recorded.v1"
                else CoreAction.CASE_CHANGED
            )
            rows.append(
                (action, cases[item.row_id].case.id, {"source": source, "event": str(item.row_id)})
            )
        else:
            rows.append((CoreAction.EVENT_STORED, None, {"source": source, "status": item.status}))
    rows += [(CoreAction.UNIT_CHANGED, None, {"staff": str(one), "source": source})
             for one in sorted(batch.staff_moved)]
    return rows


def _result(item: Incoming, offered: dict[UUID, bool | str]) -> Result:
    if item.status != "accepted":
        return Result(item.event.id, item.status, item.reason, item.pointer)
    answer = offered[item.row_id]
    said = [] if answer is True else [f"not offered: {answer}"]
    said += map(str, item.left_out)
    pointer = item.left_out[0].pointer if item.left_out else None
    return Result(item.event.id, "accepted", "; ".join(said) or None, pointer, answer is True)


def _id_of(value: Any) -> str | None:
    return value["id"] if isinstance(value, dict) and isinstance(value.get("id"), str) else None
