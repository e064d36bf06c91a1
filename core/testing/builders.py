"""Builders of record events: the least that is valid; a test shows only what matters to it."""

from __future__ import annotations

import itertools
from typing import Any

_ids = itertools.count(1)


def event(
    kind: str, subject: str = "41/1/24", *, time: str = "2024-03-01T10:00:00Z", **more: Any
) -> dict[str, Any]:
    """A record event of ``uk.police.<kind>.v1``; keywords of the envelope by name, others are data."""
    envelope: dict[str, Any] = {key: more.pop(key) for key in ("id", "source", "sequence") if key in more}
    return {
        "specversion": "1.0", "id": f"event-{next(_ids)}", "source": "records.test",
        "type": f"uk.police.{kind}.v1", "time": time, "subject": subject,
        "datacontenttype": "application/json", "data": more, **envelope,
    }


def person(number: int = 1, **more: Any) -> dict[str, Any]:
    """A person on a case, known to the record system as ``P<number>``."""
    return {
        "id": f"P{number}",
        "role": "victim",
        "name": {"given": "Amina", "family": "Khan"},
        "date_of_birth": "1980-05-17",
        "postcode": "WD17 1AA",
        "email": f"amina{number}@example.com",
        **more,
    }


def recorded(
    subject: str = "41/1/24", *, time: str = "2024-03-01T10:00:00Z", **more: Any
) -> dict[str, Any]:
    """A crime was recorded; crime type and district must be of the force it is for."""
    data = {
        "crime_type": "bicycle-theft",
        "district": "watford",
        "reported_at": time,
        "people": [person()],
        **more,
    }
    return event("crime.recorded", subject, time=time, **data)


def officer(number: int = 1, **more: Any) -> dict[str, Any]:
    """An officer, known to the record system as ``O<number>``."""
    return {
        "id": f"O{number}",
        "name": "Sam Officer",
        "collar_number": "1234",
        "unit": "Watford CID",
        "email": f"officer{number}@example.org",
        **more,
    }


def allocated(
    subject: str = "41/1/24", *, time: str = "2024-03-02T09:00:00Z", **more: Any
) -> dict[str, Any]:
    """The crime got its officer."""
    return event(
        "crime.allocated", subject, time=time, officer=more.pop("officer", officer()), **more
    )
