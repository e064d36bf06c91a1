"""What the handlers of record events are made of: entries, officers, people and messages."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from uuid6 import uuid7

from core.base.languages import SOURCE_LANGUAGE
from core.base.units import comparable_unit
from core.cases import people
from core.cases.known_ids import kept_id
from core.cases.models import Entry, Message
from core.force.model import Force
from core.force.vocabulary import StageId
from core.hookspecs import Event
from core.intake import shapes
from core.intake.batch import Batch
from core.intake.stage_moves import bring_to
from core.intake.tracked_row import TrackedRow
from core.storage.sealed import seal


@dataclass
class Work:
    """One event being applied: where to, and what it turned out to be."""

    force: Force
    batch: Batch
    event: Event
    record_event_id: UUID
    announce: bool
    case: TrackedRow
    author: UUID | None = None  # the officer who wrote it at the desk
    seen: datetime | None = None  # until when what people wrote was on the author's page
    entry_id: UUID | None = None
    quiet: bool = False
    message_id: UUID | None = None
    message_to: tuple[UUID, ...] = ()


# Deaths and grave illness: a person tells a person first (Victims' Code sheet, care for 5 and 13).
NEVER_BY_LETTER = frozenset({("home_office", "5"), ("home_office", "13")})

WAS_VICTIM = "was_victim"  # kept among the stamps of an access: once a victim, always addressed


def enter(
    work: Work,
    kind: str,
    stage: StageId | None,
    data: shapes.Data,
    details: dict[str, Any],
    **more: Any,
) -> None:
    """One more line of the timeline, which may bring the case to a stage."""
    row_id = uuid7()
    said = {key: value for key, value in details.items() if value}
    work.batch.entries.append(entry_row(
        row_id, work.event.stamp, said, entered_at=work.batch.at, case_id=work.case.id,
        record_event_id=work.record_event_id, staff_id=work.author, kind=kind, stage=stage,
        outcome=more.get("outcome"), scheme=more.get("scheme"),
        happened_at=work.event.time, time_precision=data.time_precision, announced=work.announce,
        received_at=getattr(data, "received_at", None), promised_by=getattr(data, "next_update_by", None),
        release_kind=details.get("release_kind"), explains=getattr(data, "explains", False),
    ))
    work.entry_id = row_id
    work.quiet = (more.get("scheme"), more.get("outcome")) in NEVER_BY_LETTER
    if stage:
        bring_to(work.case, kind, stage, work.event.stamp)


ENTRY: dict[str, Any] = {"explains": False} | dict.fromkeys((
    "case_id", "record_event_id", "staff_id", "kind", "stage", "outcome", "scheme", "happened_at",
    "time_precision", "entered_at", "received_at", "announced", "promised_by", "release_kind",
))


def entry_row(row_id: UUID, stamp: str, said: Mapping[str, Any], **columns: Any) -> dict[str, Any]:
    """A row of the timeline that the portal hears of now: all its columns, since rows go in together."""
    assert columns.keys() <= ENTRY.keys()
    return {
        "id": row_id, **ENTRY, **columns,
        "stamp_sealed": seal(Entry, "stamp", row_id, stamp),
        "details_sealed": seal(Entry, "details", row_id, json.dumps(said)) if said else None,
    }


def officer_named(work: Work, officer: shapes.Known) -> TrackedRow:
    """The officer's row, made or brought up to date by this news."""
    table = work.batch.staff
    tracked = table.get(officer.id) or table.make(
        officer.id, record_id=kept_id(officer.id), role="officer")
    before = _unit(tracked)
    for name in ("name", "collar_number", "unit", "email", "rest_days_until"):
        if name in officer.model_fields_set:
            tracked.put(name, getattr(officer, name), work.event.stamp)
    if not tracked.new and _unit(tracked) != before:
        work.batch.staff_moved.add(tracked.id)
    return tracked


def _unit(tracked: TrackedRow) -> str:
    return comparable_unit(tracked.opened("unit"))


def person_named(
    work: Work, person: shapes.PersonShape, data: shapes.Data, *, removed: bool | None
) -> None:
    """The person's row and access to the case, made or brought up to date by this news.

    ``removed`` None: the news does not say.
    """
    key, stamp = (work.batch.source, person.id), work.event.stamp
    table = work.batch.people
    tracked = table.get(key) or table.make(
        key, source=work.batch.source, record_id=kept_id(person.id), language=SOURCE_LANGUAGE,
        made_up=False,
    )
    replaced = tracked.opened("replaced")
    for name, value in _fields_sent(person):
        if not people.was_replaced(replaced, name, value):
            tracked.put(name, value, stamp)
    tracked.note_unusable(
        person.model_fields_set,
        {one.field: one.why for one in data.left_out if one.person == person.id}, stamp,
    )
    pair = (work.case.id, tracked.id)
    access = work.batch.access.get(pair) or work.batch.access.make(
        pair, case_id=work.case.id, person_id=tracked.id, role=person.role, removed=False,
        made_at=work.batch.at,
    )
    access.put("role", person.role, stamp)
    if removed is not None:
        work.batch.remove(access, removed, stamp)
    if person.role == "victim" and not access.registers.stamp(WAS_VICTIM):
        access.registers.put(WAS_VICTIM, stamp)
        # So that the row is written, in which the stamp stands.
        access.changed.add("role")
        if not work.case.new:
            work.batch.late_victims.add(work.case.id)


def people_of(data: shapes.Data) -> list[tuple[str, shapes.PersonShape]]:
    """(JSON pointer to the id, the person) of everybody whom the data describes."""
    if isinstance(data, shapes.PersonAmended):
        return [("/data/person/id", data.person)]
    people = data.people if isinstance(data, shapes.Recorded) else []
    return [(f"/data/people/{place}/id", one) for place, one in enumerate(people)]


def _fields_sent(person: shapes.PersonShape) -> Iterable[tuple[str, Any]]:
    """The fields that the news mentions; what it leaves out stays as it was."""
    said = person.model_fields_set
    called = person.name
    if "family" in called.model_fields_set:
        one_name = shapes.has_letters(called.given) and not shapes.has_letters(called.family)
        yield "family", None if one_name else called.family
    if "given" in called.model_fields_set:
        yield "given", called.given
    for name in ("postcode", "email", "phone", "organisation", "language", "made_up"):
        if name in said:
            yield name, getattr(person, name)
    if "date_of_birth" in said:
        yield "date_of_birth", person.date_of_birth.isoformat() if person.date_of_birth else None
    if person.safe_contact and person.safe_contact.says_something:
        yield "safe_contact", person.safe_contact.model_dump_json()


def newer_than_shown(access: TrackedRow, happened_at: datetime) -> bool:
    """Whether news of *happened_at* is newer than what this person has already been shown."""
    shown: datetime | None = access.values.get("shown_through")
    return shown is None or happened_at > shown


def hand_out_posts(batch: Batch) -> None:
    """The messages of a batch, when all its people are known. Who was removed is not told."""
    for work, data, staff_id in batch.posts:
        made = hand_out(batch, work.event, data, work.record_event_id, work.case.id, staff_id, seen=work.seen)
        work.message_id = made[-1]["id"]
        work.message_to = tuple(
            row["person_id"] for row in made
            if not batch.access.rows[work.case.id, row["person_id"]].values["removed"]
        )
    batch.posts = []


def hand_out(
    batch: Batch, event: Event, data: shapes.Sent, record_event_id: UUID, case_id: UUID,
    staff_id: UUID | None, but: Collection[UUID] = (), seen: datetime | None = None,
) -> list[dict[str, Any]]:
    """One message row for each addressee *but* those who have it already.

    It answers what they wrote before it, or until what its author had *seen*.
    """
    made = []
    for person_id in addressees(batch, case_id, data.to):
        if person_id in but:
            continue
        row_id = uuid7()
        batch.answers.append((case_id, person_id, seen or event.time))
        made.append({
            "id": row_id, "case_id": case_id, "person_id": person_id, "staff_id": staff_id,
            "from_person": False, "record_event_id": record_event_id,
            "sent_at": event.time, "in_reply_to": _uuid(data.in_reply_to),
            "text_sealed": seal(Message, "text", row_id, data.text),
        })
    batch.messages += made
    return made


def addressees(batch: Batch, case_id: UUID, record_id: str | None) -> list[UUID]:
    """One person of the case, or everyone who ever was its victim: never a matter of arrival order."""
    on_case = [d for (of_case, _), d in batch.access.rows.items() if of_case == case_id]
    if record_id is None:
        return [d.values["person_id"] for d in on_case if d.registers.stamp(WAS_VICTIM)]
    person = batch.people.get((batch.source, record_id))
    return [d.values["person_id"] for d in on_case if person and d.values["person_id"] == person.id]


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
