"""What record events say of somebody's safety, heeded even when the rest is not understood.

An event that waits to be put right may be the one that says "never write to her". So its words on
safe contact, removal and flags count at once, read the careful way; the event itself still waits,
and once it is understood it decides for itself.
"""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from core.force import Force
from core.record_events.casework import judge
from core.record_events.drafts import Book, Draft
from core.record_events.shapes import Event, SafeContact, stamp_of

NEVER = SafeContact(silent=True)


def people_named(event: Event) -> list[str]:
    """The record system's ids of the people of whom *event* says what is safe."""
    return [str(person["id"]) for person in _people(event)]


def heed(force: Force, book: Book, event: Event) -> None:
    """Take over what *event*, which is not understood as a whole, says of safety.

    Nothing becomes less careful by it: people are only removed, flags only added. It stands for as
    long as no understood news of that moment or later says otherwise.
    """
    case = book.cases.get(force.normalise_reference(event.subject))
    if case is None:
        return
    stamp = stamp_of(event.time, "", "")
    for person in _people(event):
        draft = book.people.get((book.source, person["id"]))
        if draft:
            _heed_person(book, case, draft, person, event, stamp)
    _heed_flags(force, case, event, stamp)


def _heed_flags(force: Force, case: Draft, event: Event, stamp: str) -> None:
    """Added to what is known, and again whenever older news of the flags arrives."""
    flags = event.data.get("flags")
    if not isinstance(flags, list) or stamp < case.registers.stamp("flags"):
        return
    known = set(case.values["flags"] or [])
    told = {flag.strip() for flag in flags if isinstance(flag, str) and flag.strip()}
    if told - known:
        case.force("flags", sorted(known | told))
        judge(force, case)


def _heed_person(
    book: Book, case: Draft, draft: Draft, person: dict[str, Any], event: Event, stamp: str
) -> None:
    if person.get("safe_contact"):
        draft.put("safe_contact", _contact(person["safe_contact"]).model_dump_json(), stamp)
    access = book.access.get((case.id, draft.id))
    if access and event.type.startswith("uk.police.person.") and event.data.get("removed"):
        access.put("removed", True, stamp)


def _contact(value: Any) -> SafeContact:
    try:
        return SafeContact.model_validate(value)
    except ValidationError:
        return NEVER


def _people(event: Event) -> list[dict[str, Any]]:
    people = event.data.get("people")
    named = [event.data.get("person"), *(people if isinstance(people, list) else [])]
    return [one for one in named if isinstance(one, dict) and isinstance(one.get("id"), str)]
