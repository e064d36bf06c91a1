"""The force as it is previewed: what its file says, and no more than samples need beside it.

A draft may have no districts, no crime types and no open phase yet; its pages are shown all the
same, and the index says what was added.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from flask_babel import lazy_gettext as N_
from flask_babel.speaklater import LazyString

from core.base import clock
from core.cli import services
from core.force import Force, vocabulary

LONGEST_CASE = 40  # days since the sample crimes were reported
SAMPLE_DISTRICT = "sample-district"


@dataclass(frozen=True)
class Place:
    """A district and a crime type that people can follow when it was reported on ``reported_on``."""

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
    data = tomllib.loads(services.read_text(file))
    data.setdefault("plugins", {})["preview"] = {}
    place, added = open_place(force), []
    if place is None:
        added.append(N_("No phase has been open for %(days)s days, so the preview opens one earlier, "
                        "for its sample cases.", days=LONGEST_CASE))
        place = _add_place(force, data, added)
    return Opened(Force.model_validate(data), place, tuple(added))


def open_place(force: Force) -> Place | None:
    """Where a crime that was reported as long ago as the oldest sample is shown online."""
    day = _first_day()
    open_then = [p for p in force.phases if p.opens <= day <= (p.closes or day)]
    return next(_pairs(force, open_then, day), None)


def _first_day() -> date:
    return clock.today() - timedelta(days=LONGEST_CASE)


def _pairs(force: Force, phases: Iterable[Any], day: date) -> Iterator[Place]:
    for phase in phases:
        for district in phase.districts:
            for kind in phase.crime_types:
                known, place = force.crime_type(kind), force.district(district)
                if known and not known.sensitive and place and place.stands_on(day):
                    yield Place(district, kind, day)


def _add_place(force: Force, data: dict[str, Any], added: list[LazyString]) -> Place:
    """A phase of the preview's own: for what a later phase opens, else for whatever there is."""
    day = _first_day()
    place = next(_pairs(force, force.phases, day), None)
    if place is None:
        place = Place(_some_district(force, data, added, day), _some_kind(force, data, added), day)
    data.setdefault("phases", []).append({
        "name": "Preview", "opens": day, "closes": day, "districts": [place.district],
        "crime_types": [place.crime_type],
    })
    return place


def _some_district(
    force: Force, data: dict[str, Any], added: list[LazyString], day: date
) -> str:
    for district in force.districts:
        if district.stands_on(day):
            return district.id
    data.setdefault("districts", []).append({"id": SAMPLE_DISTRICT, "name": "Sample district"})
    added.append(N_("No district is there yet, so the preview adds “Sample district”."))
    return SAMPLE_DISTRICT


def _some_kind(force: Force, data: dict[str, Any], added: list[LazyString]) -> str:
    for kind in force.crime_types:
        if not kind.sensitive:
            return kind.id
    chosen = next(one.id for one in vocabulary.CRIME_TYPES.values() if not one.sensitive)
    data.setdefault("crime_types", []).append(chosen)
    added.append(N_("No crime type is there that can be shown online, so the preview adds one."))
    return chosen
