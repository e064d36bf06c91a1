"""What became of the things of a case: what was taken or damaged, and what the police have of it.

All news of them stands sealed on the case, oldest first, so that what is known, and which news told
something, is the same in whatever order it came.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

from core.cases.models import Case
from core.storage.sealed import unseal

STATUSES = ("stolen", "damaged", "recovered", "held", "ready_to_collect", "returned")


class Thing(NamedTuple):
    """One thing as the newest news of each of its parts has it; ``status`` is one of :data:`STATUSES`."""

    description: str | None = None
    identifiers: str | None = None
    status: str | None = None

    def after(self, said: Mapping[str, Any]) -> Thing:
        """What is known once this is *said* of it; what is not said stays."""
        return self._replace(**{name: value for name, value in said.items() if value})


@dataclass
class PropertyNews:
    """One piece of news: what it ``said`` of each thing, by the record system's id.

    ``event`` is its row, ``at`` and ``precision`` when it happened. ``told``: whether it is for the timeline
    (what was known from the beginning is not); ``entry`` is then its line there, None where it says nothing
    new.
    """

    stamp: str
    event: str
    at: str
    precision: str | None
    told: bool
    announced: bool
    said: dict[str, dict[str, str]] = field(default_factory=dict)
    entry: str | None = None


def read_news(stored: str | None) -> list[PropertyNews]:
    """As :func:`written_news` keeps it, oldest first."""
    return [PropertyNews(**one) for one in json.loads(stored or "[]")]


def written_news(news: Sequence[PropertyNews]) -> str:
    """What a case keeps sealed."""
    return json.dumps([vars(one) for one in sorted(news, key=lambda one: one.stamp)])


def changes(news: Sequence[PropertyNews]) -> list[dict[str, Thing]]:
    """Of each piece of *news*, oldest first: the things that are new, or whose status is another now."""
    known: dict[str, Thing] = {}
    found = []
    for one in news:
        changed = {}
        for thing_id, said in one.said.items():
            before = known.get(thing_id)
            known[thing_id] = (before or Thing()).after(said)
            if before is None or before.status != known[thing_id].status:
                changed[thing_id] = known[thing_id]
        found.append(changed)
    return found


def things_of(case_id: UUID, property_sealed: bytes | None) -> dict[str, Thing]:
    """What is known now of the things of a case, by the record system's ids."""
    known: dict[str, Thing] = {}
    for one in read_news(unseal(Case, "property", case_id, property_sealed)):
        for thing_id, said in one.said.items():
            known[thing_id] = known.get(thing_id, Thing()).after(said)
    return known
