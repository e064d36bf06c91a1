"""The made-up people and cases of a preview, taken in as a record system would send them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core.base import clock
from core.cases import Access, Case, Person, Staff, kept_id
from core.force import Force
from core.intake import conversation, take_in
from core.plugin_host import installed
from core.storage import owned, read
from plugins.preview.opening import Opened
from plugins.preview.stories import READERS, SEVERAL, Sample, Story, every_sample

SOURCE = "preview"
FAMILY, BORN, POSTCODE = "Sample", "1985-03-27", "ZZ99 9ZZ"  # no such postcode is given out
GIVEN = ("Alex", "Charlie", "Jo", "Kim", "Morgan", "Robin", "Sam")
OFFICERS = ("DC Example One", "PC Example Two", "PC Example Three")
AWAY = 2  # the number of the officer who has rest days

CASES = sa.select(
    Case.id, Case.crime_reference, Case.staff_id, Case.offered, Access.person_id,
    Person.record_id,
).join(Access, sa.and_(Access.case_id == Case.id, owned(Access))).join(
    Person, sa.and_(Person.id == Access.person_id, owned(Person))
).where(owned(Case), Person.source == SOURCE)
STAFF = sa.select(Staff.id, Staff.record_id).where(
    owned(Staff), Staff.record_id == sa.any_(sa.bindparam("ids", type_=sa.ARRAY(sa.Text))))


@dataclass(frozen=True)
class Who:
    """Somebody to look at the portal as: a person or an officer, and a case of theirs."""

    person_id: UUID | None = None
    staff_id: UUID | None = None
    case_id: UUID | None = None
    reference: str = ""


@dataclass(frozen=True)
class Samples:
    """``people`` and ``officers`` by name; ``left_out`` says which case is missing, and why."""

    people: dict[str, Who] = field(default_factory=dict)
    officers: dict[str, Who] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()

    def named(self, name: str) -> Who | None:
        return self.people.get(name) or self.officers.get(name)


def take_in_samples(opened: Opened) -> Samples:
    """Take all samples in for the force in scope. The caller commits."""
    force, now, samples = opened.force, clock.now(), every_sample(installed().law.codes)
    references = {
        one.name: force.sample_reference(n, now.year) for n, one in enumerate(samples)
    }
    events = [
        event for one in samples for event in _events(opened, one, references[one.name], now)
    ]
    results = take_in(force, SOURCE, events, announce=False)
    refused = dict.fromkeys(
        f"{event['subject']}: {result.detail}"
        for event, result in zip(events, results, strict=True) if result.status != "accepted"
    )
    found = _found(references)
    _answer(found.people.get("messages"))
    return Samples(found.people, found.officers, tuple(refused))


def officers_of(force: Force, now: datetime) -> list[dict[str, Any]]:
    """An officer with cases, one who is away, one who has no case left."""
    away = (now.date() + timedelta(days=5)).isoformat()
    return [
        {"id": f"PREVIEW-OFFICER-{n}", "name": name, "collar_number": f"000{n}",
         "unit": "Sample team", "email": f"officer{n}@{force.id}.example",
         "rest_days_until": away if n == AWAY else None}
        for n, name in enumerate(OFFICERS, start=1)
    ]


def _events(opened: Opened, one: Sample, subject: str, now: datetime) -> Iterator[dict[str, Any]]:
    place = opened.place
    began = datetime.combine(place.reported_on, time(10, 20), clock.LONDON)
    story = Story(subject, began, now, officers_of(opened.force, now))
    story.add("crime.recorded", 0, crime_type=place.crime_type, district=place.district,
              reported_at=began.isoformat(), people=list(_people(one)))
    one.tell(story)
    yield from story.events


def _people(one: Sample) -> Iterator[dict[str, Any]]:
    if one.name == "readers":
        for name, language, contact in READERS:
            yield _person(name, language=language, safe_contact=contact)
    else:
        yield _person("several" if one.name in SEVERAL else one.name)


def _person(name: str, **more: Any) -> dict[str, Any]:
    return {
        "id": f"PREVIEW-{name}", "role": "victim", "made_up": True,
        "name": {"given": GIVEN[len(name) % len(GIVEN)], "family": FAMILY},
        "date_of_birth": BORN, "postcode": POSTCODE, "email": f"{name}@example.com", **more,
    }


def _found(references: dict[str, str]) -> Samples:
    names = {reference: name for name, reference in references.items()}
    people: dict[str, Who] = {}
    ids = {kept_id(f"PREVIEW-OFFICER-{n}"): f"officer-{n}" for n in range(1, len(OFFICERS) + 1)}
    officers = {ids[row.record_id]: Who(staff_id=row.id) for row in read(STAFF, ids=list(ids))}
    named = {"several", *references, *(name for name, *_ in READERS)}
    called = {kept_id(f"PREVIEW-{name}"): name for name in named}
    for row in read(CASES):
        sample, who = names[row.crime_reference], called[row.record_id]
        found = Who(row.person_id, None, row.id, row.crime_reference)
        people[who] = found
        if sample in ("messages", "silent"):
            officers[f"officer-of-{sample}"] = Who(
                row.person_id, row.staff_id, row.id, row.crime_reference)
    return Samples(people, officers)


def _answer(who: Who | None) -> None:
    """The victim of the case with messages has written, too."""
    if who is None or who.case_id is None or who.person_id is None:
        return
    conversation.post_message(
        case_id=who.case_id, person_id=who.person_id, staff_id=None, from_person=True,
        form_key="preview", text="I found the receipt of the bicycle. Shall I bring it?",
    )
