"""The final state as lines that two runs can be compared by: no ids, no arrival times.

Read a thousand cases at a time, in order of their references.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core.cases import Access, Case, Contact, Entry, Message, Person, Staff, things
from core.intake import RecordEvent, flags_of
from core.storage import owned, read, unseal

PAGE = 1000
_listed = sa.bindparam("cases", type_=sa.ARRAY(sa.Uuid))
PERSON_SECRETS = (
    "given",
    "family",
    "date_of_birth",
    "postcode",
    "email",
    "phone",
    "organisation",
    "safe_contact",
)
CASE_SECRETS = ("incident_reference", "home_office_code", "summary")
NOT_IN_LINE = frozenset(
    {
        "id",
        "staff_id",
        "cover_id",
        "reference_key",
        "crime_reference",
        "name_sealed",
    }
)

_cover = sa.orm.aliased(Staff)
CASES = (
    sa.select(
        Case.id,
        Case.reference_key,
        Case.crime_reference,
        Case.incident_reference_sealed,
        Case.home_office_code_sealed,
        Case.other_flags_sealed,
        Case.crime_type,
        Case.district,
        Case.flags,
        Case.service_level,
        Case.reported_at,
        Case.reported_precision,
        Case.occurred_from,
        Case.occurred_to,
        Case.summary_sealed,
        Case.offered,
        Case.offered_reason,
        Case.stage,
        Case.latest_at,
        Case.cover_id,
        Case.cover_from,
        Case.cover_until,
        Case.property_sealed,
        Case.staff_id,
        _cover.record_id.label("cover"),
        Staff.record_id.label("officer"),
        Staff.name_sealed,
    )
    .join(Staff, sa.and_(Staff.id == Case.staff_id, owned(Staff)), isouter=True)
    .join(_cover, sa.and_(_cover.id == Case.cover_id, owned(_cover)), isouter=True)
    .where(owned(Case), Case.reference_key > sa.bindparam("after"))
    .order_by(Case.reference_key)
    .limit(PAGE)
)
PEOPLE = (
    sa.select(
        Access.case_id,
        Access.role,
        Access.removed,
        Person.id,
        Person.source,
        Person.record_id,
        Person.language,
        Person.made_up,
        *(getattr(Person, f"{name}_sealed") for name in PERSON_SECRETS),
    )
    .join(Person, sa.and_(Person.id == Access.person_id, owned(Person)))
    .where(owned(Access), Access.case_id == sa.any_(_listed))
)
ENTRIES = sa.select(
    Entry.id,
    Entry.case_id,
    Entry.kind,
    Entry.stage,
    Entry.outcome,
    Entry.scheme,
    Entry.happened_at,
    Entry.time_precision,
    Entry.details_sealed,
).where(owned(Entry), Entry.case_id == sa.any_(_listed))
MESSAGES = (
    sa.select(
        Message.id,
        Message.case_id,
        Message.from_person,
        Message.sent_at,
        Message.record_event_id,
        Message.text_sealed,
        Person.source,
        Person.record_id,
    )
    .join(Person, sa.and_(Person.id == Message.person_id, owned(Person)))
    .where(owned(Message), Message.case_id == sa.any_(_listed))
)
CONTACTS = (
    sa.select(
        Contact.id, Contact.case_id, Contact.way, Contact.reached, Contact.happened_at, Contact.topics,
        Contact.line_sealed, Person.source, Person.record_id,
    )
    .join(Person, sa.and_(Person.id == Contact.person_id, owned(Person)))
    .where(owned(Contact), Contact.case_id == sa.any_(_listed), Contact.way != "portal")
)
EVENTS = (
    sa.select(RecordEvent.status, sa.func.count().label("number"))
    .where(owned(RecordEvent))
    .group_by(RecordEvent.status)
    .order_by(RecordEvent.status)
)
HOW_MANY = sa.select(sa.func.count()).select_from(Case).where(owned(Case))


def digest_of(lines: Iterable[str]) -> str:
    """SHA-256 over the lines, as hexadecimal digits."""
    total = hashlib.sha256()
    for line in lines:
        total.update(f"{line}\n".encode())
    return total.hexdigest()


def state_lines() -> Iterator[str]:
    """One line for each case, person, entry, message and contact, then the counts of events."""
    after = ""
    while page := read(CASES, after=after).all():
        yield from _lines_of(page)
        after = page[-1].reference_key
    for row in read(EVENTS):
        yield _line("events", row.status, row.number)


def how_many_cases() -> int:
    return int(read(HOW_MANY).scalar_one())


def _lines_of(page: Any) -> Iterator[str]:
    cases = [row.id for row in page]
    people = _by_case(read(PEOPLE, cases=cases), _person)
    entries = _by_case(read(ENTRIES, cases=cases), _entry)
    messages = _by_case(read(MESSAGES, cases=cases), _message)
    contacts = _by_case(read(CONTACTS, cases=cases), _contact)
    for row in page:
        reference = row.crime_reference
        yield _line("case", reference, _case(row))
        for kind, parts in (("person", people), ("entry", entries), ("message", messages),
                            ("contact", contacts)):
            for part in sorted(parts[row.id]):
                yield f'["{kind}", {json.dumps(reference)}, {part}]'


def _by_case(rows: Iterable[Any], told: Any) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = defaultdict(list)
    for row in rows:
        found[row.case_id].append(json.dumps(told(row), ensure_ascii=False, default=_plain))
    return found


def _line(*parts: Any) -> str:
    return json.dumps(parts, ensure_ascii=False, default=_plain)


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"no line for a {type(value).__name__}")


# --- rows -------------------------------------------------------------------------------------


def _case(row: Any) -> dict[str, Any]:
    values = {key: value for key, value in row._mapping.items()
              if key not in NOT_IN_LINE and not key.endswith("_sealed")}
    values["officer"], values["cover"] = _id(row.officer), _id(row.cover)
    values["property"] = things.things_of(row.id, row.property_sealed)
    values["flags"] = flags_of(row.id, row.flags or (), row.other_flags_sealed)
    for name in CASE_SECRETS:
        values[name] = unseal(Case, name, row.id, row._mapping[f"{name}_sealed"])
    values["officer_name"] = unseal(Staff, "name", row.staff_id, row.name_sealed)
    return values


def _id(record_id: str | None) -> str | None:
    """What is kept hashed is hashed otherwise in every installation."""
    return None if record_id and record_id.startswith("~") else record_id


def _person(row: Any) -> dict[str, Any]:
    sealed = {name: row._mapping[f"{name}_sealed"] for name in PERSON_SECRETS}
    secrets = {name: unseal(Person, name, row.id, value) for name, value in sealed.items()}
    return {
        "source": row.source,
        "id": _id(row.record_id),
        "role": row.role,
        "removed": row.removed,
        "language": row.language,
        "made_up": row.made_up,
        **secrets,
    }


def _entry(row: Any) -> dict[str, Any]:
    details = json.loads(unseal(Entry, "details", row.id, row.details_sealed) or "{}")
    return {
        "happened_at": row.happened_at,
        "kind": row.kind,
        "stage": row.stage,
        "outcome": row.outcome,
        "scheme": row.scheme,
        "time_precision": row.time_precision,
        "details": dict(sorted(details.items())),
    }


def _message(row: Any) -> dict[str, Any]:
    return {
        "sent_at": row.sent_at if row.record_event_id else None,
        "from_person": row.from_person,
        "source": row.source,
        "person": _id(row.record_id),
        "text": unseal(Message, "text", row.id, row.text_sealed),
    }


def _contact(row: Any) -> dict[str, Any]:
    return {
        "happened_at": row.happened_at,
        "source": row.source,
        "person": _id(row.record_id),
        "way": row.way,
        "reached": row.reached,
        "topics": row.topics,
        "line": unseal(Contact, "line", row.id, row.line_sealed),
    }
