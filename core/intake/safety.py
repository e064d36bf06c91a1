"""What record events say of somebody's safety, taken in even when the rest is not understood.

An event that waits to be put right may be the one that says "never write to her". So its words on
safe contact, removal and flags count at once, read the careful way; the event itself still waits,
and once it is understood it decides for itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from core.base.fields import listed, stamp_of
from core.cases import safe_contact
from core.cases.safe_contact import SafeContact
from core.force.eligibility import flag_id
from core.force.model import Force
from core.hookspecs import Event
from core.intake.batch import Batch
from core.intake.casework import judge
from core.intake.reading import is_unset, like_safety, out_of_place, tidied
from core.intake.tracked_row import TrackedRow

NEVER = SafeContact(silent=True)
UNREADABLE = "unreadable"  # no flag of the shared list, so the case asks for care


NOBODYS = frozenset({"officer", "cover", "property", "items"})  # whose ids are no person's


def people_named(event: Event) -> list[str]:
    """The record system's ids of the people of whom *event* says what is safe."""
    return [str(person["id"]) for person in _people(event.data)]


def apply_safety(force: Force, batch: Batch, event: Event) -> None:
    """Take over what *event*, which is not understood as a whole, says of safety.

    Nothing becomes less careful by it: people are only removed, flags only added. It stands for as
    long as no understood news of that moment or later says otherwise. How somebody may be written to
    counts whatever the case, so also where the case is not known.
    """
    case = batch.cases.get(force.normalise_reference(event.subject))
    # Before all other news of that moment, its own too: once it is understood, the event itself decides.
    stamp = stamp_of(event.time, "", "")
    for person in _people(event.data):
        tracked = batch.people.get((batch.source, person["id"]))
        if tracked:
            _apply_person(batch, case, tracked, person, event, stamp)
    if case:
        _apply_flags(force, case, event, stamp)


def _apply_flags(force: Force, case: TrackedRow, event: Event, stamp: str) -> None:
    """Added to what is known, and again whenever older news of the flags arrives."""
    told = set(_flags(event.data))
    if not told or stamp < case.registers.stamp("flags"):
        return
    known = case.flags()
    if told - known:
        case.set_flags(known | told)
        judge(force, case)


def _flags(data: dict[str, Any]) -> Iterator[str]:
    """Every flag that is said anywhere in *data*; :data:`UNREADABLE` for what is no flag."""
    for word, value in _words_in(data):
        if word == "flags":
            for one in listed(value) if isinstance(listed(value), list) else [value]:
                if isinstance(one, str):
                    yield from [flag_id(one)] if one.strip() else []
                elif one is not None:
                    yield UNREADABLE


def _apply_person(
    batch: Batch, case: TrackedRow | None, tracked: TrackedRow, person: dict[str, Any], event: Event,
    stamp: str,
) -> None:
    said = _words_of(person)
    if event.type.startswith("uk.police.person."):
        said += [(word, value) for word, value in _words_of(event.data)
                 if word in ("removed", "silent")]
    contacts = [_contact(value) for word, value in said if word == "safe_contact"]
    if any(word == "silent" and _may_be_true(value) for word, value in said):
        contacts.append(NEVER)
    for contact in contacts:
        _apply_contact(tracked, contact, stamp)
    access = batch.access.get((case.id, tracked.id)) if case else None
    if access and any(word == "removed" and _may_be_true(value) for word, value in said):
        batch.remove(access, True, stamp)


def _apply_contact(tracked: TrackedRow, said: SafeContact, stamp: str) -> None:
    """What is more careful than before holds; where each is so in its own way, nobody writes."""
    if not said.says_something:
        return
    before = safe_contact.read(tracked.opened("safe_contact"))
    if safe_contact.loosens(before, said):
        if not safe_contact.loosens(said, before):
            return
        said = NEVER
    tracked.put("safe_contact", said.model_dump_json(), stamp)


def _words_of(one: dict[str, Any]) -> list[tuple[str, Any]]:
    """What is said of *one*, and not of other people within."""
    return [found for name, inner in one.items() for found in _words_in({name: inner}, apart=True)]


def _words_in(value: Any, *, apart: bool = False) -> Iterator[tuple[str, Any]]:
    """(word of safety, its value), however written; *apart*: without what has an id of its own."""
    if isinstance(value, list):
        for one in value:
            yield from _words_in(one, apart=apart)
    if not isinstance(value, dict) or (apart and _id(value.get("id"))):
        return
    for name, inner in value.items():
        word = like_safety(name)
        if word and not is_unset(inner):
            yield word, inner
        elif word is None:
            yield from _words_in(inner, apart=apart)


def _may_be_true(value: Any) -> bool:
    """Anything but an unmistakable no."""
    said = str(value).strip().casefold()
    return not (is_unset(value) or said in {"false", "no", "n", "0", "0.0", "f", "[]", "{}"})


def _contact(value: Any) -> SafeContact:
    """As it says; what is not understood of it means that nobody writes."""
    if not isinstance(value, dict) or any(out_of_place(SafeContact, value, "")):
        return NEVER
    plain = {k: v for k, v in tidied(SafeContact, value).items() if k != "review_on"}
    try:
        return SafeContact.model_validate(plain)
    except ValidationError:
        return NEVER


def _people(value: Any) -> Iterator[dict[str, Any]]:
    """Whatever has an id, wherever somebody put it, and may be a person."""
    if isinstance(value, list):
        for one in value:
            yield from _people(one)
    if not isinstance(value, dict):
        return
    if found := _id(value.get("id")):
        yield {**value, "id": found}
    for name, inner in value.items():
        if name not in NOBODYS:
            yield from _people(inner)


def _id(value: Any) -> str:
    """As :data:`core.base.fields.Id` has it."""
    return str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
