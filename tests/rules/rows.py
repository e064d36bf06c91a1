"""Rows of the force in scope, as tests of rules make them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from uuid6 import uuid7

from core.cases.models import Access, Case, Person, Staff
from core.cases.relations import Member
from core.storage.db import db

NOW = datetime(2024, 6, 12, 12, tzinfo=UTC)


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
