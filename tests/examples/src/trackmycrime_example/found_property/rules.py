"""What is found, noted and forgotten again. Rules need no request, and do not commit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import sqlalchemy as sa

from core.base import clean_line, clock
from core.plugin_host import plugin_settings
from core.storage import db, owned, read, unseal
from trackmycrime_example.found_property.models import Item

LONGEST = 200
KEPT = timedelta(days=90)  # after the last day, for questions
OF_CASE = (
    sa.select(Item.id, Item.what_sealed, Item.collect_by)
    .where(owned(Item), Item.case_id == sa.bindparam("case_id"))
    .order_by(Item.collect_by, Item.id)
)


@dataclass(frozen=True)
class Found:
    what: str
    collect_by: date


def of_case(case_id: UUID) -> tuple[Found, ...]:
    return tuple(
        Found(unseal(Item, "what", row.id, row.what_sealed) or "", row.collect_by)
        for row in read(OF_CASE, case_id=case_id)
    )


def note(case_id: UUID, what: str) -> None:
    """Raises ``ValueError`` unless *what* is one line of a length that can be read."""
    what = clean_line(what)
    if not 0 < len(what) <= LONGEST:
        raise ValueError("is empty or too long")
    last = clock.today() + timedelta(days=plugin_settings("found_property").days)
    item = Item(case_id=case_id, collect_by=last)
    item.what = what
    db.session.add(item)


def remove_old() -> None:
    db.session.execute(sa.delete(Item).where(Item.collect_by < clock.today() - KEPT))
