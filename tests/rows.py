"""Rows: of the force in scope, as tests of rules make them; and all of a model, as tests look at them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from flask import Flask
from uuid6 import uuid7

from core.cases.models import Access, Case, Message, Person, Staff
from core.cases.relations import Member
from core.storage.db import db, force_scope
from tests.conftest import HERTS

NOW = datetime(2024, 6, 12, 12, tzinfo=UTC)


def rows(app: Flask, model: Any, *where: Any, force: str = HERTS) -> list[Any]:
    """The rows of a model at a force, the oldest first."""
    with app.app_context(), force_scope(force):
        return list(db.session.scalars(sa.select(model).where(*where).order_by(model.id)))


def texts(app: Flask) -> list[str]:
    """What was written between people and officers of Hertfordshire, the oldest first."""
    with app.app_context(), force_scope(HERTS):
        return [str(one.text) for one in db.session.scalars(sa.select(Message).order_by(Message.id))]


def staff(unit: str | None, role: str = "officer", **more: Any) -> Staff:
    found = Staff(id=uuid4(), record_id=str(uuid4()), role=role, unit=unit, **more)
    db.session.add(found)
    db.session.flush()
    return found


def member(staff_id: UUID, role: str, unit: str | None) -> Member:
    return Member(staff_id, role, frozenset(Staff.unit.sought(unit)))


def case(lead: Staff | None, at: datetime = NOW, **more: Any) -> Case:
    key = str(more.pop("key", uuid4().hex))
    found = Case(**{
        "id": uuid7(), "crime_reference": key, "reference_key": key, "crime_type": "bicycle-theft",
        "district": "watford", "flags": [], "service_level": "standard", "reported_at": NOW, "offered": True,
        "offered_reason": "offered", "stage": "recorded", "latest_at": at,
        "staff_id": lead.id if lead else None, **more})
    db.session.add(found)
    db.session.flush()
    return found


def person(on: Case, name: str = "P1", *, removed: bool = False, **more: Any) -> Person:
    found = Person(id=uuid7(), source="niche", record_id=name, language="en", made_up=False, **more)
    db.session.add(found)
    db.session.flush()
    db.session.add(Access(id=uuid7(), case_id=on.id, person_id=found.id, role="victim", removed=removed))
    db.session.flush()
    return found


def message(of: Case, who: Person, *, mine: bool, at: datetime = NOW, read: datetime | None = None,
            answered: datetime | None = None, text: str = "Words") -> Message:
    found = Message(id=uuid7(), case_id=of.id, person_id=who.id, from_person=mine, sent_at=at, read_at=read,
                    answered_at=answered, text=text)
    db.session.add(found)
    db.session.flush()
    return found
