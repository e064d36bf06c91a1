"""Crimes of the simulated month: made up, or those that Hertfordshire published, as the replay reads them.

Contains public sector information licensed under the Open Government Licence v3.0.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from core.force import Force, eligibility
from core.testing import person
from plugins.police_uk.conversion import Bounds, Conversion
from plugins.police_uk.events import EventMaker
from plugins.police_uk.files import Months, find_files
from plugins.police_uk.memory import MemoryRegister
from plugins.police_uk.needed import crime_types_of
from plugins.police_uk.replay import WRITTEN, Replay

FIRST_DAYS = 10  # of the month: within these all of its crimes are recorded
TELLS = dict[str, Any]
News = tuple[int, str, TELLS]  # the day of the month, the kind of event, its data


@dataclass(frozen=True)
class Crime:
    """``day``: of the month, on which it was recorded; ``data``: of that event."""

    number: int
    day: int
    data: TELLS
    news: tuple[News, ...] = ()

    @property
    def reference(self) -> str:
        return f"41/{self.number}/26"

    @property
    def person(self) -> str:
        """The record system's id of its victim."""
        return str(self.data["people"][0]["id"])


def made_up(count: int) -> list[Crime]:
    """Thefts of bicycles: in every third somebody is arrested five days later, every seventh is closed after
    six, and half of these are opened again."""
    return [Crime(
        number, number % FIRST_DAYS, {"people": [person(number, phone=None)]},
        tuple((number % FIRST_DAYS + days, kind, data) for each, days, kind, data in (
            (3, 5, "suspect.arrested", {}),
            (7, 6, "crime.outcome", {"outcome": "no-further-action", "scheme": "police_uk"}),
            (14, 12, "crime.reopened", {}),
        ) if number % each == 0),
    ) for number in range(1, count + 1)]


def published(folder: Path, force: Force, months: Months, count: int) -> list[Crime]:
    """The first *count* crimes of the files in *folder* that the force would open to people.

    The files name months, not days: of a month of theirs four days are made, so that what came of a crime
    within half a year comes within the month.
    """
    courses = defaultdict[str, list[dict[str, Any]]](list)
    for event in replayed(folder, force, months):
        courses[event["subject"]].append(event)
    opened = [events for events in courses.values() if is_open(force, events[0]["data"])]
    return [_crime(number, events) for number, events in enumerate(opened[:count], start=1)]


def replayed(folder: Path, force: Force, months: Months) -> Iterator[dict[str, Any]]:
    """The events that the command makes of the files, with references that it would give."""
    made: list[dict[str, Any]] = []

    def take(events: Sequence[dict[str, Any]]) -> list[Any]:
        made.extend(events)
        return [SimpleNamespace(status=WRITTEN, detail=None, offered=None)] * len(events)

    types = crime_types_of(force, folder)
    conversion = Conversion(EventMaker(force.id, types), MemoryRegister(force.make_reference),
                            Bounds(force.district_of_lsoa, types, months))
    Replay(find_files(folder, force.id, months), conversion, take).run()
    yield from made


def is_open(force: Force, recorded: TELLS) -> bool:
    day = date.fromisoformat(recorded["reported_at"][:10])
    return eligibility(force, recorded["district"], recorded["crime_type"], (), day).offered


def _crime(number: int, events: Iterable[dict[str, Any]]) -> Crime:
    recorded, *later = events
    day, begun = number % FIRST_DAYS, _months(recorded["time"])
    victim = recorded["data"]["people"][0] | {"phone": None}
    told = {name: recorded["data"][name] for name in ("crime_type", "district")}
    return Crime(number, day, {**told, "people": [victim]}, tuple(
        (day + 2 + 4 * (_months(one["time"]) - begun), one["type"].removeprefix("uk.police.")[:-3],
         {name: value for name, value in one["data"].items() if name != "time_precision"}
         | {"sequence": one["sequence"]})
        for one in later))


def _months(time: str) -> int:
    return int(time[:4]) * 12 + int(time[5:7])
