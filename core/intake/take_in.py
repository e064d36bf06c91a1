"""The one way in: record events -> cases, entries, messages and notices, in one transaction.

The caller commits. Everything a force takes in waits its turn (one lock per force), so that two
senders with news of one case never undo each other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any
from uuid import UUID

from core import audit
from core.audit import trail
from core.force.model import Force
from core.hookspecs import Event, News, NewsKind, Parked
from core.intake import case_parts, casework, look_alikes, officer_alerts, safety
from core.intake import shapes as event_shapes
from core.intake.case_parts import Work
from core.intake.drafts import Book, Draft
from core.intake.erased import without_erased
from core.intake.models import RecordEvent
from core.intake.reading import read_data, read_envelope
from core.intake.shapes import NotUnderstood
from core.intake.store import (
    PARKED_FOR,
    PARKED_OF,
    SENT_BY_RECORD_SYSTEM,
    SOURCES_OF_PARKED,
    Incoming,
    Result,
    incoming_event,
    is_reference,
    revived,
    sealed_left_out,
    sealed_reason,
    stored_row,
    without_repeats,
)
from core.notices import account_news
from core.notices.outbox import promised, write_promised
from core.plugin_host.host import installed
from core.storage.db import insert_many, lock, read, sent_together, update_many

UNLOCKING = frozenset({
    "uk.police.crime.recorded.v1", "uk.police.crime.amended.v1", "uk.police.person.amended.v1",
})
TOGETHER = 100  # events; more take their time, so that on a small machine a processor is left to pages
WAITS_FOR_CASE = "waits for the crime to be recorded"


def take_in(
    force: Force, source: str, events: Sequence[Any], *, announce: bool = True
) -> list[Result]:
    """Take in parsed CloudEvents of one source, in order; one result for each.

    ``force`` is the force in scope, ``source`` the name it gave the sender. With ``announce``
    false nobody is told. Nothing is committed here. A malformed event is ``rejected`` by itself.
    """
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
    incoming = without_erased(force, incoming, results)
    fresh = without_repeats(source, incoming, results)
    book = Book(force.ids_of(source))
    offered = _apply_all(force, source, book, [item for _, item in fresh])
    for place, item in fresh:
        results[place] = _result(item, offered)
    rejected = sum(1 for r in results if r and r.status == "rejected")
    if rejected:
        audit.write_many(
            [("event_stored", None, {"source": source, "status": "rejected"})] * rejected
        )
    return [result for result in results if result]


def retry_parked(force: Force) -> list[Result]:
    """Try every parked event again (after a change of force.toml, say). The caller commits."""
    lock("intake")
    results = []
    for source in read(SOURCES_OF_PARKED).scalars().all():
        items = [revived(row) for row in read(PARKED_OF, source=source)]
        offered = _apply_all(force, source, Book(force.ids_of(source)), items)
        results += [_result(item, offered) for item in items]
    return results


# --- understand and enter ---------------------------------------------------------------------


def _apply_all(
    force: Force, source: str, book: Book, items: list[Incoming]
) -> dict[UUID, bool | str]:
    """Apply *items*, and what was parked for the cases they touch; write everything."""
    understood = [(item, _understood(force, source, item)) for item in items]
    understood.sort(key=lambda one: not (one[1] and isinstance(one[1][1], event_shapes.Recorded)))
    _load(force, book, understood)
    book.tried.update(item.row_id for item in items)
    done: list[tuple[Incoming, Work]] = []
    queue = understood
    while queue:
        now = [(item, _apply(force, book, item, pair)) for item, pair in queue if pair]
        entered = [(item, work) for item, work in now if work]
        done += entered
        unlocked = {
            w.case.values["reference_key"] for item, w in entered if item.event.type in UNLOCKING
        }
        queue = [one for one in understood if _waits(force, one, unlocked)]
        again = _revive(force, source, book, unlocked)
        queue, understood = queue + again, understood + again
    data = {item.row_id: pair[1] for item, pair in understood if pair}
    _heed_safety(force, book, [item.whole for item, _ in understood if item.status == "parked"])
    look_alikes.note(book, [(item, work, data[item.row_id]) for item, work in done])
    case_parts.hand_out_posts(book)
    _show_late_victims(force, source, book)
    alerts = officer_alerts.alerts_of(force, book, [item for item, _ in understood])
    book.end_sessions()
    with _together(items):
        _write(force, source, book, [item for item, _ in understood])
    notices = promised(_news(book, done, alerts))
    with _together(items):
        write_promised(notices)
        witnessed = trail.signed(_for_audit(source, book, understood, done))
    trail.write_signed(witnessed)
    _tell_old_contacts(book, [item for item, _ in understood])
    _retry_other_sources(force, source, book)
    return {item.row_id: _offered(work) for item, work in done}


def _together(items: Collection[Incoming]) -> AbstractContextManager[None]:
    return sent_together() if len(items) <= TOGETHER else nullcontext()


def _heed_safety(force: Force, book: Book, waiting: list[Event]) -> None:
    references = {force.normalise_reference(event.subject) for event in waiting}
    book.load(references, {name for e in waiting for name in safety.people_named(e)}, set())
    for event in waiting:
        safety.heed(force, book, event)


def _understood(
    force: Force, source: str, item: Incoming
) -> tuple[Event, event_shapes.Data] | None:
    try:
        at = installed()
        answer = at.hook.translate_event(force=force, event=item.event)
        if isinstance(answer, Parked):
            raise NotUnderstood(answer.reason)
        event = casework.mapped(force, source, answer or item.event)
        if not force.normalise_reference(event.subject):
            raise NotUnderstood("/subject: the crime reference has no letter or digit", "/subject")
        if not is_reference(force, event.subject):
            raise NotUnderstood(
                "/subject: this is not like a crime reference; if it is one, add its shape to "
                "[references] of force.toml, then run `trackmycrime feed retry`", "/subject",
            )
        if item.beside:
            raise NotUnderstood(
                "beside the fields of the envelope stands something like a field of safety; it "
                "belongs into `data`, see docs/record-feed.md", item.beside,
            )
        return event, read_data(event, at.law.codes)
    except NotUnderstood as problem:
        _park(item, problem.reason, problem.pointer)
        return None


def _park(item: Incoming, reason: str, pointer: str | None = None) -> None:
    item.status, item.reason, item.pointer = "parked", reason, pointer


def _load(force: Force, book: Book, understood: Iterable[tuple[Incoming, Any]]) -> None:
    references, people, staff = set(), set(), set()
    for _, pair in understood:
        if pair:
            event, data = pair
            references.add(force.normalise_reference(event.subject))
            named_people, named_staff = casework.names_in(data)
            people.update(named_people)
            staff.update(named_staff)
    book.load(references, people, staff)


def _apply(
    force: Force, book: Book, item: Incoming, pair: tuple[Event, event_shapes.Data]
) -> Work | None:
    event, data = pair
    try:
        case = book.cases.get(force.normalise_reference(event.subject))
        if case is None and not isinstance(data, event_shapes.Recorded):
            raise NotUnderstood(WAITS_FOR_CASE, "/subject")
        if case is None:
            assert isinstance(data, event_shapes.Recorded)
            case = casework.open_case(force, book, event, data)
        work = Work(force, book, event, item.row_id, item.announce, case)
        casework.apply(work, data)
    except NotUnderstood as problem:
        _park(item, problem.reason, problem.pointer)
        return None
    item.status, item.reason, item.left_out = "accepted", None, data.left_out
    return work


def _waits(force: Force, one: tuple[Incoming, Any], unlocked: set[str]) -> bool:
    item, pair = one
    if not pair or item.status != "parked":
        return False
    return force.normalise_reference(pair[0].subject) in unlocked


def _revive(
    force: Force, source: str, book: Book, unlocked: set[str]
) -> list[tuple[Incoming, Any]]:
    """Parked news of the cases that were just opened or given a person, to be tried again."""
    subjects = unlocked - book.looked_for
    if not subjects:
        return []
    book.looked_for |= subjects
    rows = [row for row in read(PARKED_FOR, subjects=list(subjects)) if row.id not in book.tried]
    book.other_sources.update(row.source for row in rows if row.source != source)
    again = [revived(row) for row in rows if row.source == source]
    understood = [(item, _understood(force, source, item)) for item in again]
    _load(force, book, understood)
    return understood


def _retry_other_sources(force: Force, source: str, book: Book) -> None:
    """Read again for each: what an earlier one unlocked has entered already."""
    for other in sorted(book.other_sources):
        rows = read(PARKED_FOR, subjects=list(book.looked_for)).all()
        again = [revived(row) for row in rows if row.source == other]
        _apply_all(force, other, Book(force.ids_of(other)), again)


def _show_late_victims(force: Force, source: str, book: Book) -> None:
    """A victim whom the portal hears of late gets the messages that went to all victims before."""
    if not book.late_victims:
        return
    sent: dict[UUID, list[Any]] = {}
    for row in read(SENT_BY_RECORD_SYSTEM, cases=list(book.late_victims)):
        sent.setdefault(row.id, []).append(row)
    for rows in sent.values():
        first = rows[0]
        pair = _understood(force, first.source, revived(first))
        if pair and isinstance(pair[1], event_shapes.MessageSent) and pair[1].to is None:
            case_parts.hand_out(
                book, pair[0], pair[1], first.id, first.case_id, first.staff_id,
                but={row.person_id for row in rows},
            )


def _offered(work: Work) -> bool | str:
    return True if work.case.values["offered"] else str(work.case.values["offered_reason"])


# --- write ------------------------------------------------------------------------------------


def _write(force: Force, source: str, book: Book, items: list[Incoming]) -> None:
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
    book.write()


def _news(book: Book, done: list[tuple[Incoming, Work]], alerts: list[News]) -> list[News]:
    """One piece for each case of the batch, one for each message, and the *alerts*."""
    news = [*alerts]
    latest: dict[UUID, Work] = {}
    for _, work in done:
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
    followers: dict[UUID, list[Draft]] = {}
    for (case_id, _), access in book.access.drafts.items():
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


def _tell_old_contacts(book: Book, items: list[Incoming]) -> None:
    """Whoever changed it at the record system: the old address or number is told, with care."""
    causes = [item.row_id for item in items if item.announce]
    replaced, book.replaced = book.replaced, []
    for person_id, name, old in replaced if causes else ():
        account_news.tell_of_contact(person_id, causes[-1], name, old)


def _for_audit(
    source: str, book: Book, understood: list[tuple[Incoming, Any]], done: list[tuple[Incoming, Work]]
) -> list[tuple[str, UUID | None, dict[str, Any]]]:
    cases = {item.row_id: work for item, work in done}
    rows: list[tuple[str, UUID | None, dict[str, Any]]] = []
    for item, _ in understood:
        if item.row_id in cases:
            action = (
                "case_opened"
                if item.event.type == "uk.police.crime.recorded.v1"
                else "case_changed"
            )
            rows.append(
                (action, cases[item.row_id].case.id, {"source": source, "event": str(item.row_id)})
            )
        else:
            rows.append(("event_stored", None, {"source": source, "status": item.status}))
    rows += [("unit_changed", None, {"staff": str(one), "source": source})
             for one in sorted(book.staff_moved)]
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
