"""Three made-up people for each force: a case at its beginning, a busy one, a closed one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from core.base import clock
from core.cases import Staff
from core.force import Force, StageId
from core.intake import RecordEvent, take_in
from core.storage import db, owned, read

SOURCE = "demo"
THERE = sa.select(RecordEvent.id).where(owned(RecordEvent), RecordEvent.source == SOURCE).limit(1)


@dataclass(frozen=True)
class Sample:
    """A made-up person; ``case`` says which kind of case is theirs."""

    case: str
    given: str
    family: str
    date_of_birth: str
    postcode: str
    language: str
    crime_type: str

    @property
    def email(self) -> str:
        return f"{self.given.lower()}@example.com"


PEOPLE = (
    Sample("early", "Maya", "Okafor", "1991-04-12", "ZZ99 1AA", "en", "bicycle-theft"),
    Sample(
        "busy", "Gwen", "Llywelyn-Jones", "1958-11-03", "ZZ99 2BB", "cy", "burglary-residential"
    ),
    Sample("closed", "Tom", "Ashworth", "1984-07-29", "ZZ99 3CC", "en", "theft-from-vehicle"),
)
OFFICER_NAMES = (("DC Priya Nair", "4471"), ("PC Daniel Reed", "2085"), ("PC Sian Morgan", "3310"))
# Who reviews: a supervisor of the unit of the busy case, and a force admin; number, name, role.
REVIEWERS = ((4, "DS Helen Marsh", "supervisor"), (5, "Alex Quinn", "force_admin"))
STAFF_IDS = [f"DEMO-{number + 1}" for number in range(len(OFFICER_NAMES) + len(REVIEWERS))]


def reference(force: Force, number: int) -> str:
    """The crime reference of the sample with this number (0 to 2)."""
    return force.sample_reference(number, clock.today().year)


def officer(force: Force, number: int) -> dict[str, Any]:
    name, collar = OFFICER_NAMES[number]
    return {"id": f"DEMO-{number + 1}", "name": name, "collar_number": collar,
            "unit": force.districts[number % len(force.districts)].name,
            "email": f"officer{number + 1}@{force.id}.example"}


def load(force: Force) -> bool:
    """Take the samples in for the force in scope, once; whether they were new. The caller commits.

    A force without districts gets none: a case lies in one.
    """
    if not force.districts or read(THERE).first():
        return False
    now = clock.now().replace(hour=10, minute=20, second=0, microsecond=0) - timedelta(days=1)
    for number, sample in enumerate(PEOPLE):
        take_in(force, SOURCE, list(_events(force, number, sample, now)), announce=False)
    for number, name, role in REVIEWERS:
        unit = officer(force, 1)["unit"] if role == "supervisor" else None
        db.session.add(Staff(record_id=f"DEMO-{number}", name=name, role=role, unit=unit,
                             email=f"officer{number}@{force.id}.example"))
    return True


def _events(force: Force, number: int, sample: Sample, now: datetime) -> Iterator[dict[str, Any]]:
    named = officer(force, number)
    days = {"early": 2, "busy": 41, "closed": 96}[sample.case]
    start = now - timedelta(days=days)
    made = _Maker(reference(force, number), start)
    yield made.event(
        "crime.recorded",
        0,
        {
            "crime_type": sample.crime_type,
            "district": force.districts[number % len(force.districts)].id,
            "reported_at": start.isoformat(),
            "people": [_person(number, sample)],
        },
    )
    yield from {"early": _early, "busy": _busy, "closed": _closed}[sample.case](made, named, now)


def _early(made: _Maker, named: dict[str, Any], now: datetime) -> Iterator[dict[str, Any]]:
    yield made.event("crime.allocated", 1, {"officer": named})
    yield made.event(
        "crime.progress",
        1.2,
        {
            "stage": StageId.INVESTIGATING,
            "text": "I have asked the shops opposite the station for their camera footage.",
            "next_step": "I will look at the footage and tell you what I find.",
            "next_update_by": (now + timedelta(days=12)).date().isoformat(),
        },
    )


def _busy(made: _Maker, named: dict[str, Any], now: datetime) -> Iterator[dict[str, Any]]:
    yield made.event("crime.allocated", 1, {"officer": named})
    yield made.event(
        "crime.progress",
        3,
        {
            "stage": StageId.INVESTIGATING,
            "text": "Officers took fingerprints from the kitchen window.",
            "next_step": "The laboratory compares them with the prints we hold. "
            "This often takes three weeks.",
        },
    )
    yield made.event(
        "message.sent",
        9,
        {
            "officer": named,
            "text": "Have you found anything else missing since we spoke? A list helps us search for it.",
        },
    )
    yield made.event("suspect.arrested", 27, {})
    yield made.event("suspect.interviewed", 28, {})
    yield made.event("suspect.released", 28.2, {"kind": "bail"})
    yield made.event(
        "message.sent",
        34,
        {
            "officer": named,
            "text": "I am back on duty and have your list. "
            "Two of the rings are being checked against a sale in town.",
        },
    )
    yield made.event(
        "suspect.charged",
        39,
        {"text": "The first hearing will be at the magistrates’ court. We will tell you the date."},
    )


def _closed(made: _Maker, named: dict[str, Any], now: datetime) -> Iterator[dict[str, Any]]:
    yield made.event("crime.allocated", 2, {"officer": named})
    yield made.event(
        "crime.progress",
        6,
        {
            "stage": StageId.INVESTIGATING,
            "text": "I spoke to neighbours and asked for doorbell footage in your street.",
        },
    )
    yield made.event(
        "message.sent",
        20,
        {
            "officer": named,
            "text": "No footage shows the car. I am waiting for one more neighbour to come home.",
        },
    )
    yield made.event(
        "crime.outcome",
        61,
        {
            "outcome": "18",
            "reasons": "No camera showed your car, no fingerprints were left, "
            "and nobody saw who did it.",
            "done": "We spoke to six neighbours, checked two cameras and looked for fingerprints.",
        },
    )


def _person(number: int, sample: Sample) -> dict[str, Any]:
    return {
        "id": f"DEMO-PERSON-{number + 1}", "role": "victim", "made_up": True,
        "name": {"given": sample.given, "family": sample.family},
        "date_of_birth": sample.date_of_birth, "postcode": sample.postcode, "email": sample.email,
        "phone": f"07700 90000{number + 1}", "language": sample.language,
    }


@dataclass
class _Maker:
    """Makes the events of one case; ``day`` counts from the report."""

    subject: str
    start: datetime
    made: int = 0

    def event(self, kind: str, day: float, data: dict[str, Any]) -> dict[str, Any]:
        self.made += 1
        return {
            "specversion": "1.0", "id": f"demo/{self.subject}/{self.made}", "source": "demo",
            "type": f"uk.police.{kind}.v1", "time": (self.start + timedelta(days=day)).isoformat(),
            "subject": self.subject, "datacontenttype": "application/json", "data": data,
        }
