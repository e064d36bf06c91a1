"""Which of the ways are safe for a person now, and possible."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from core.cases import people, safe_contact
from core.hookspecs import Channel
from core.notices import ways_to
from plugins.contact_plan.rhythm import By

SENT_BY = {Channel.EMAIL: By.EMAIL, Channel.TEXT: By.TEXT}


def of_person(person_id: UUID) -> tuple[By, ...]:
    """The ways in which this person may be reached, the best first; last of all, by looking here."""
    person: Any = people.person(person_id)
    safe = safe_contact.of_person(person)
    found = [SENT_BY[way.channel] for way in ways_to(person)]
    if person.phone and not safe.silent and (safe.channels is None or "phone" in safe.channels):
        found.append(By.CALL)
    return (*found, By.PORTAL)
