"""Rows of data.police.uk as record events: the same row always makes the same event."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from .names import CLOSED
from .people import made_up_person

LONDON = ZoneInfo("Europe/London")
RECORDED = "uk.police.crime.recorded.v1"
OUTCOME = "uk.police.crime.outcome.v1"
REOPENED = "uk.police.crime.reopened.v1"

# Everything of a month has one time, so this alone orders it within a case. It says nothing of a
# row's place in its file: the same month downloaded again has its rows in another order.
FIRST, REOPENING, CLOSING, OTHER = "0", "1", "2", "3"


@dataclass(slots=True)
class Crime:
    """A street row that became a case. ``outcomes`` holds ``2021-03 charged`` and the like."""

    crime_id: str
    month: str
    category: str
    district: str
    reference: str = ""
    outcomes: list[str] = field(default_factory=list)


class EventMaker:
    """Makes the events of one force."""

    def __init__(self, force_id: str, crime_types: dict[str, str]) -> None:
        self.force_id = force_id
        self.source = f"police.uk/{force_id}"
        self.crime_types = crime_types
        self._times: dict[str, str] = {}

    def recorded(self, crime: Crime) -> dict[str, Any]:
        """The crime, with the made-up person it happened to."""
        data = {
            "crime_type": self.crime_types[crime.category],
            "district": crime.district,
            "reported_at": self._time(crime.month),
            "incident_reference": crime.crime_id,
            "people": [made_up_person(self.force_id, crime.crime_id)],
        }
        return self._event(RECORDED, crime, "recorded", crime.month, FIRST, data)

    def outcome(self, crime: Crime, month: str, outcome: str) -> dict[str, Any]:
        data = {"outcome": outcome, "scheme": "police_uk"}
        sequence = CLOSING if outcome in CLOSED else OTHER
        return self._event(OUTCOME, crime, f"{month}/{outcome}", month, sequence, data)

    def reopened(self, crime: Crime, month: str) -> dict[str, Any]:
        return self._event(REOPENED, crime, f"{month}/reopened", month, REOPENING, {})

    def _event(
        self, kind: str, crime: Crime, name: str, month: str, sequence: str, data: dict[str, Any]
    ) -> dict[str, Any]:
        return {
            "specversion": "1.0",
            "id": f"{crime.crime_id}/{name}",
            "source": self.source,
            "type": kind,
            "time": self._time(month),
            "subject": crime.reference,
            "datacontenttype": "application/json",
            "sequence": sequence,
            "data": {**data, "time_precision": "month"},
        }

    def _time(self, month: str) -> str:
        """The first moment of the month in London, as the files know no more than the month."""
        known = self._times.get(month)
        if known is None:
            first = datetime.combine(first_day(month), time(), LONDON)
            known = self._times[month] = first.isoformat()
        return known


def first_day(month: str) -> date:
    return date(int(month[:4]), int(month[5:]), 1)


def comes_back(outcomes: Iterable[str], month: str, outcome: str) -> bool:
    """Whether this outcome means that the police came back to a crime they had closed.

    That is so when the last month before it that has outcomes has closing ones only.
    """
    if outcome in CLOSED:
        return False
    last, closed = "", False
    for before in outcomes:
        when, kind = before.split(" ", 1)
        if when < month and when >= last:
            closed = kind in CLOSED and (closed or when > last)
            last = when
    return closed
