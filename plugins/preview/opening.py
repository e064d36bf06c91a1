"""The force as it is previewed: what its file says, and no more than samples need beside it.

A draft may have no districts, no crime types and no open phase yet; its pages are shown all the
same, and the index says what was added.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from flask_babel import lazy_gettext as N_
from flask_babel.speaklater import LazyString

from core import Force, clock, vocabulary

LONGEST_CASE = 40  # days that the oldest sample case has been open


@dataclass(frozen=True)
class Place:
    """A kind of crime that people can follow: reported on ``reported_on`` or later."""

    district: str
    crime_type: str
    reported_on: date


@dataclass(frozen=True)
class Opened:
    """The force to serve, where its sample cases happen, and what was ``added`` for them."""

    force: Force
    place: Place
    added: tuple[LazyString, ...]


def open_for_samples(force: Force, file: Path) -> Opened:
    """*force* was read from *file* without a fault."""
    data = tomllib.loads(file.read_bytes().decode("utf-8-sig").replace("\r\n", "\n"))
    data.setdefault("plugins", {})["preview"] = {}
    place, added = open_place(force), []
    if place is None:
        added.append(N_("No phase is open today, so the preview opens one for its sample cases."))
        place = _add_place(force, data, added)
    return Opened(Force.model_validate(data), place, tuple(added))


def open_place(force: Force) -> Place | None:
    """A district and crime type that a phase of the force has open now; the longest open first."""
    today, found = clock.today(), []
    for phase in force.phases:
        first = max(phase.opens, today - timedelta(days=LONGEST_CASE))
        if first <= today <= (phase.closes or today):
            found += [
                Place(district, kind, first)
                for district in phase.districts for kind in phase.crime_types
                if _may_be_shown(force, district, kind, first)
            ]
    return min(found, key=lambda place: place.reported_on, default=None)


def _may_be_shown(force: Force, district: str, kind: str, day: date) -> bool:
    known, place = force.crime_type(kind), force.district(district)
    return bool(known and not known.sensitive and place and place.stands_on(day))


def _add_place(force: Force, data: dict[str, Any], added: list[LazyString]) -> Place:
    today = clock.today()
    first = today - timedelta(days=LONGEST_CASE)
    district = next((d.id for d in force.districts if d.stands_on(first)), None)
    if district is None:
        district = "sample-district"
        data.setdefault("districts", []).append({"id": district, "name": "Sample district"})
        added.append(N_("No district is there yet, so the preview adds “Sample district”."))
    kind = next((kind.id for kind in force.crime_types if not kind.sensitive), None)
    if kind is None:
        kind = next(one.id for one in vocabulary.CRIME_TYPES.values() if not one.sensitive)
        data.setdefault("crime_types", []).append(kind)
        added.append(N_("No crime type is there that can be shown online, so the preview adds one."))
    data.setdefault("phases", []).append(
        {"name": "Preview", "opens": first, "districts": [district], "crime_types": [kind]}
    )
    return Place(district, kind, first)
