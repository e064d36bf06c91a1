"""Builders of small files of data.police.uk, and of what reads them."""

from __future__ import annotations

import gzip
import hashlib
import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from plugins.police_uk.conversion import Bounds, Conversion
from plugins.police_uk.events import EventMaker
from plugins.police_uk.files import COLUMNS, Months, check_file, find_files
from plugins.police_uk.memory import MemoryRegister
from plugins.police_uk.replay import Replay, Summary

FORCE = "westshire"
SAME = "Westshire Police,Westshire Police,-1.0,51.0,On or near Mill Road"
CRIME_TYPES = {
    "burglary": "burglary-residential",
    "bicycle-theft": "bicycle-theft",
    "other-theft": "other-theft",
}
NO_SUSPECT = "Investigation complete; no suspect identified"
UNABLE = "Unable to prosecute suspect"
CHARGED = "Suspect charged"


DISTRICTS = {"North Vale": "north", "Old Vale": "north", "Ports, Quays and Poole": "ports"}


def district_of(place: str) -> str | None:
    return DISTRICTS.get(place.rpartition(" ")[0])


@dataclass
class Answer:
    status: str
    detail: str | None = None
    offered: bool | None = None


def crime_id(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def street(name: str, month: str, what: str = "Burglary", place: str = "North Vale 001A") -> str:
    crime = crime_id(name) if name else ""
    place = f'"{place}"' if "," in place else place
    return f"{crime},{month},{SAME},E01,{place},{what},Under investigation,"


def outcome(name: str, month: str, what: str, place: str = "North Vale 001A") -> str:
    return f"{crime_id(name)},{month},{SAME},E01,{place},{what}"


def write(
    folder: Path,
    month: str,
    kind: str,
    *rows: str,
    force: str = FORCE,
    zipped: bool = False,
    header: str | None = None,
    end: str = "\n",
    bom: bool = False,
) -> Path:
    """A monthly file, as the force publishes it."""
    first = header if header is not None else ",".join(COLUMNS[kind])  # type: ignore[index]
    raw = end.join([first, *rows, ""]).encode("utf-8-sig" if bom else "utf-8")
    path = folder / f"{month}-{force}-{kind}.csv{'.gz' if zipped else ''}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(raw) if zipped else raw)
    return path


class Portal:
    """Takes events in as the core does: the same again is repeated, other content a conflict."""

    def __init__(self) -> None:
        self.events: dict[str, dict[str, Any]] = {}
        self.register = MemoryRegister(lambda number, year: f"W/{number}/{year % 100:02d}")
        self.offered = True

    def take_in(self, events: list[dict[str, Any]]) -> list[Answer]:
        return [self._take(event) for event in events]

    def _take(self, event: dict[str, Any]) -> Answer:
        first = self.events.setdefault(event["id"], event)
        if first is event:
            return Answer("accepted", offered=self.offered)
        return Answer("repeated" if first == event else "conflict", "other content")

    def replay(
        self,
        folder: Path,
        first: str | None = None,
        last: str | None = None,
        *,
        force: str = FORCE,
        limit: int | None = None,
        stop_after: int | None = None,
        places: Callable[[str], str | None] = district_of,
        crime_types: dict[str, str] | None = None,
    ) -> Summary:
        """Replay *folder*; the run is killed after *stop_after* batches."""
        months = Months(first, last)
        files = find_files(folder, force, months)
        for file in files:
            check_file(file)
        types = CRIME_TYPES if crime_types is None else crime_types
        bounds = Bounds(places, types, months, limit)
        conversion = Conversion(EventMaker(force, types), self.register, bounds)
        left = [stop_after]

        def take_in(events: list[dict[str, Any]]) -> list[Answer]:
            if left[0] is not None:
                left[0] -= 1
                if left[0] < 0:
                    raise KeyboardInterrupt
            return self.take_in(events)

        run = Replay(files, conversion, take_in)
        with suppress(KeyboardInterrupt):
            run.run()
        return run.summary

    def state(self) -> tuple[list[Any], list[Any]]:
        """What people can read in the end, whatever way it came there."""
        events = sorted(
            self.events.values(), key=lambda e: (e["subject"], e["time"], e["sequence"], e["id"])
        )
        crimes = sorted(
            (c.reference, c.crime_id, c.month, c.category, c.district, sorted(c.outcomes))
            for c in self.register.crimes.values()
        )
        return events, crimes


def accounted(summary: Summary) -> Summary:
    """The summary, in which every row was used or left out with a reason."""
    told = summary.as_json()
    rows = told["street_rows"] + told["outcome_rows"]
    assert rows == told["rows_used"] + sum(told["left_out"].values())
    assert sum(told["events"].values()) >= told["rows_used"]
    return summary


def busy_year(folder: Path) -> None:
    """Six months of forty crimes each, most with an outcome, some with several."""
    chance = random.Random(7)  # noqa: S311
    ways = [NO_SUSPECT, UNABLE, CHARGED, "Local resolution", "Offender given penalty notice"]
    outcomes: dict[str, list[str]] = {f"2021-{month:02d}": [] for month in range(1, 8)}
    for month in range(1, 7):
        name = f"2021-{month:02d}"
        rows = []
        for number in range(40):
            crime = f"{month}-{number}"
            what = chance.choice(["Burglary", "Bicycle theft", "Drugs"])
            rows.append(
                street(crime, name, what, chance.choice(["North Vale 001A", "Old Vale 002B", ""]))
            )
            for later in range(month, 8):
                if chance.random() < 0.4:
                    when = f"2021-{later:02d}"
                    outcomes[when] += [outcome(crime, when, chance.choice(ways))] * chance.choice(
                        [1, 1, 2]
                    )
        write(folder, name, "street", *rows, street("", name, "Anti-social behaviour"))
    for name, rows in outcomes.items():
        write(folder, name, "outcomes", *rows)
