"""What an officer writes at the desk and what a record system tells of the same are taken in alike."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from uuid6 import uuid7

from core.base import clock
from core.base.fields import SEPARATOR
from core.cases import people
from core.cases.models import Access, Case, Contact, Entry, Message, Person, Staff
from core.intake import conversation, desk
from core.intake.take_in import take_in
from core.intake.updates import Update, write_update
from core.notices.models import Notice
from core.plugin_host.host import the_force
from core.storage.db import db, force_scope
from core.storage.sealed import secrets_of
from core.testing import allocated, event, officer, person, recorded
from tests.conftest import HERTS

DAY = timedelta(days=1)
T = datetime(2024, 3, 10, 12, tzinfo=UTC)  # when the officer writes
BEFORE, JUST_BEFORE, JUST_AFTER, AFTER = (
    (T + by).isoformat() for by in (-2 * DAY, -timedelta(microseconds=1), timedelta(microseconds=1), 2 * DAY))
NEW = "new@example.com"
BEGUN = [recorded(people=[person(1), person(2)]), allocated()]
Row = dict[str, Any]


@contextmanager
def undone(app: Flask) -> Iterator[None]:
    """At the force, with a case and its officer; nothing of it is kept."""
    with app.app_context(), force_scope(HERTS):
        taken("niche", *BEGUN)
        yield
        db.session.rollback()


def taken(source: str, *events: Row, announce: bool = False) -> None:
    results = take_in(the_force(), source, list(events), announce=announce)
    assert {one.status for one in results} == {"accepted"}, results


def ids() -> tuple[UUID, UUID, UUID]:
    """Of the case, its first officer and its first person."""
    case_id = db.session.scalars(sa.select(Case.id)).one()
    staff_id = db.session.scalars(sa.select(Staff.id).where(Staff.record_id == "O1")).one()
    first = db.session.scalars(sa.select(Person.id).where(Person.record_id == "P1")).one()
    return case_id, staff_id, first


# --- the same act, in both ways ---------------------------------------------------------------------


@dataclass(frozen=True)
class Act:
    """What an officer does at ``T``, and what a record system tells of the same."""

    at_desk: Callable[[], Any]
    told: Row
    differs: frozenset[str] = frozenset()  # columns


def update(**said: Any) -> Act:
    def write() -> None:
        case_id, staff_id, _ = ids()
        assert write_update(case_id, staff_id, Update(**said), form_key=uuid7())

    plain = {name: str(value) for name, value in said.items()}
    return Act(write, event("crime.progress", time=T.isoformat(), **plain))


def answer(text: str) -> Act:
    def write() -> None:
        case_id, staff_id, person_id = ids()
        assert conversation.post_message(
            case_id=case_id, person_id=person_id, staff_id=staff_id, from_person=False, text=text,
            form_key="form")

    told = event("message.sent", time=T.isoformat(), officer=officer(), to="P1", text=text)
    # An officer's own answer moves no case in lists that go by latest news.
    return Act(write, told, frozenset({"latest_at"}))


def call(**said: Any) -> Act:
    def record() -> None:
        case_id, staff_id, person_id = ids()
        assert desk.record_contact(case_id, person_id, staff_id, "phone", True, said["line"], said["topics"], "f")

    told = event("contact.made", time=T.isoformat(), person="P1", way="Phone", reached=True, **said)
    return Act(record, told, frozenset({"latest_at"}))


ACTS = {
    "a line": update(text="I asked the shops."),
    "a stage": update(stage="assessing"),
    "all of it": update(stage="investigating", text="I asked.\n\nTwice.", next_step="I will look.",
                        next_update_by=date(2024, 3, 20)),
    "a day": update(text="Soon.", next_update_by=date(2024, 3, 10)),
    "the end": update(stage="closed", text="Nobody saw who did it."),
    "the end, with a day": update(stage="closed", text="It ends.", next_update_by=date(2024, 3, 20)),
    "a call": call(line="Your bicycle has not been found yet.", topics=["support_referral"]),
    "an answer": answer("We have it: “a bicycle”, Zoë."),
}


def progress(time: str, **said: Any) -> Row:
    return event("crime.progress", time=time, **said)


HISTORIES: dict[str, list[Row]] = {
    "promises before and after": [
        progress(BEFORE, text="1", next_update_by="2024-03-09"),
        progress(AFTER, stage="decision", next_update_by="2024-04-01")],
    "stages at nearly the same moment": [
        progress(JUST_BEFORE, stage="decision"), progress(JUST_AFTER, stage="investigating"),
        event("suspect.arrested", time=AFTER)],
    "an end and a beginning": [
        event("crime.outcome", time=BEFORE, outcome="18"), event("crime.reopened", time=AFTER)],
    "who is on it changes": [
        event("person.amended", time=AFTER, person=person(3)),
        allocated(time=BEFORE, officer=officer(2))],
    "nothing since": [progress(BEFORE, stage="investigating", text="1", next_update_by="2024-03-20")],
    "a detail that cannot be used": [progress(AFTER, text="1", next_update_by="soon")],
}


def masked(stamp: str) -> tuple[str, ...]:
    """A stamp of ``T`` without the id and source that say who told it."""
    time, *others = stamp.split(SEPARATOR)
    return (time,) if time.startswith("2024-03-10T12:00:00.000000") else (time, *others)


def value_of(model: Any, row: Any, name: str, names: dict[UUID, str]) -> Any:
    value = getattr(row, name)
    if name == "stamps":
        return sorted((masked(stamp), fields) for stamp, fields in json.loads(value or "{}").items())
    if name == "unusable" and value:
        return sorted((field, why) for field, (why, _) in json.loads(value).items())
    if name == "stamp":
        return masked(value)
    if name in ("read_at", "answered_at"):
        return value is not None
    return names.get(value, value) if isinstance(value, UUID) else value


# When the portal heard of it is another moment for what comes later.
BUT = {"id", "force", "record_event_id", "form_key", "hand_over_seen_at", "made_at", "entered_at"}
AUTHOR = {(Entry, "staff_id"), (Contact, "staff_id")}


def rows(differs: frozenset[str]) -> list[str]:
    """All that is kept of the case and its people, but for ids, sources and who wrote it."""
    db.session.expire_all()
    names, found = names_of(), []
    for model in (Case, Entry, Message, Contact, Access, Person):
        columns = [c.name for c in model.__table__.columns if not isinstance(c.type, sa.LargeBinary)
                   and c.name not in BUT | differs and (model, c.name) not in AUTHOR and c.name != "case_id"]
        listed = [*columns, *secrets_of(model)]
        found += sorted(
            repr((model.__name__, [(name, value_of(model, row, name, names)) for name in listed]))
            for row in db.session.scalars(sa.select(model)))
    return found


def names_of() -> dict[UUID, str]:
    return {one.id: str(one.record_id)
            for model in (Person, Staff) for one in db.session.scalars(sa.select(model))}


def hear() -> list[tuple[str, str | None]]:
    names = names_of()
    return sorted((one.kind, names.get(one.person_id or one.staff_id))
                  for one in db.session.scalars(sa.select(Notice)))


def led_to(
    app: Flask, act: Act, order: Sequence[Row | None], *, at_desk: bool
) -> tuple[list[str], list[tuple[str, str | None]]]:
    """The rows, and who hears of it, when the act stands where None is."""
    with undone(app):
        for one in order:
            if one is not None:
                taken("niche", one)
            elif at_desk:
                with clock.travel(T):
                    act.at_desk()
            else:
                taken("niche", act.told, announce=True)
        return rows(act.differs), hear()


@pytest.mark.parametrize("history", HISTORIES)
@pytest.mark.parametrize("what", ACTS)
def test_desk_and_record_system_leave_the_same_rows_in_any_order_with_other_news(
    app: Flask, what: str, history: str
) -> None:
    act, found = ACTS[what], {}
    for order in itertools.permutations([None, *HISTORIES[history]]):
        arrived = [one and one["type"] for one in order]
        (here, told_here), (there, told_there) = (
            led_to(app, act, order, at_desk=at_desk) for at_desk in (True, False))
        assert sorted({*here} ^ {*there}) == [], arrived
        assert told_here == told_there, arrived
        found["\n".join(here)] = arrived
    assert len(found) == 1, found.values()


@pytest.mark.parametrize("name", ["email", "phone"])
@pytest.mark.parametrize("later", [None, BEFORE, JUST_BEFORE, JUST_AFTER, AFTER])
def test_the_latest_of_desk_and_record_system_decides_a_contact(
    app: Flask, name: str, later: str | None
) -> None:
    ours, theirs = {"email": (NEW, "third@example.com"), "phone": ("07700900001", "07700900003")}[name]
    told = event("person.amended", time=T.isoformat(), person=person(1, **{name: ours}))
    news = [event("person.amended", time=later, person=person(1, **{name: theirs}))] if later else []
    theirs_is_newer, found = bool(later and later > T.isoformat()), set()
    for order, at_desk in itertools.product(itertools.permutations([None, *news]), (True, False)):
        with undone(app):
            for one in order:
                if one or not at_desk:
                    taken("niche", one or told)
                else:
                    with clock.travel(T):
                        assert overtaken(name, ours) == (theirs_is_newer and order[0] is not None)
            found.add(getattr(people.person(ids()[2]), name))
    assert found == {theirs if theirs_is_newer else ours}


def overtaken(name: str, value: str) -> bool:
    """Whether the record system was quicker than the officer who sets this."""
    try:
        desk.set_contact(ids()[2], name, value)
    except desk.RecordIsNewer:
        return True
    return False
