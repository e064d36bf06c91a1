"""People of one case who may be one person under two ids: said to the sender, and decided by nobody here.

Ids belong to a source, so the same person sent by two systems is two people here. Access that one id loses
the other keeps, and an email that is put right under one stays wrong under the other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core.cases.models import Person
from core.intake.batch import Batch
from core.intake.case_parts import Work, people_of
from core.intake.shapes import Data, LooksLike
from core.intake.store import Incoming
from core.storage.db import read
from core.storage.sealed import unseal
from core.storage.walls import owned

SAME = (
    "someone with the same name and date of birth is on this case under another id, or from another source; "
    "both are kept: see which is right"
)
NAMED = ("given", "family", "date_of_birth")
PEOPLE = sa.select(
    Person.id, Person.given_sealed, Person.family_sealed, Person.date_of_birth_sealed,
).where(owned(Person), Person.id == sa.any_(sa.bindparam("people", type_=sa.ARRAY(sa.Uuid))))


def note(batch: Batch, news: Collection[tuple[Incoming, Work, Data]]) -> None:
    """Add what staff should look at to what is told of accepted *news*."""
    found = look_alikes(batch, [(work.case.id, data) for _, work, data in news])
    for (item, _, _), looks in zip(news, found, strict=True):
        item.left_out = (*item.left_out, *looks)


def look_alikes(batch: Batch, told: Iterable[tuple[UUID, Data]]) -> list[tuple[LooksLike, ...]]:
    """For each (case, data of accepted news) the people of the news who look like others on that case.

    Whoever was removed is on it no more; and of whom one event names beside each other, its sender knows
    that they are two.
    """
    follow: dict[UUID, set[UUID]] = defaultdict(set)
    for (case_id, person_id), access in batch.access.rows.items():
        if not access.values["removed"]:
            follow[case_id].add(person_id)
    news = []
    for case_id, data in told:
        named = {person.id: (pointer, batch.people.rows[batch.source, person.id].id)
                 for pointer, person in people_of(data)}
        news.append((named, follow[case_id] - {who for _, who in named.values()} if named else set()))
    known = _known(batch, {
        one for named, others in news if others for one in {*others, *(who for _, who in named.values())}})
    return [
        tuple(LooksLike(pointer, SAME, "id", record_id) for record_id, (pointer, who) in named.items()
              if who in known and any(known.get(one) == known[who] for one in others))
        for named, others in news
    ]


def _known(batch: Batch, people: set[UUID]) -> dict[UUID, tuple[Any, ...]]:
    """Name and birthday of these *people* as this batch leaves them; only of who has both."""
    texts: dict[UUID, dict[str, str | None]] = defaultdict(dict)
    for row in read(PEOPLE, people=list(people)) if people else ():
        texts[row.id] = {one: unseal(Person, one, row.id, getattr(row, f"{one}_sealed")) for one in NAMED}
    for tracked in batch.people.rows.values() if people else ():
        if tracked.id in people:
            texts[tracked.id] |= {one: tracked.texts[one] for one in NAMED if one in tracked.texts}
    compared = {one: _compared(told) for one, told in texts.items()}
    return {one: found for one, found in compared.items() if all(found)}


def _compared(told: Mapping[str, str | None]) -> tuple[Any, ...]:
    words = f"{told.get('given') or ''} {told.get('family') or ''}".casefold().split()
    # Sorted: some systems write the family name first.
    return tuple(sorted(words)), told.get("date_of_birth")
