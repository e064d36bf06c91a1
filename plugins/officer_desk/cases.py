"""The officer's cases as a list: unread messages first, then by latest news."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core import Case, Message, owned, read

PER_PAGE = 25

_unread = (
    sa.select(Message.case_id, sa.func.count().label("unread"))
    .select_from(Case).join(Message, sa.and_(owned(Message), Message.case_id == Case.id))
    .where(owned(Case), Case.staff_id == sa.bindparam("staff_id"),
           Message.from_person, Message.read_at.is_(None))
    .group_by(Message.case_id).subquery("waiting")
)
_waits = sa.case((_unread.c.unread > 0, 1), else_=0)
_place = (_waits, Case.latest_at, Case.id)
# strpos finds the empty text everywhere, so that no search is a search for "".
FIRST = (
    sa.select(
        Case.id, Case.crime_reference, Case.crime_type, Case.stage, Case.latest_at, Case.offered,
        Case.offered_reason, Case.next_update_by,
        sa.func.coalesce(_unread.c.unread, 0).label("unread"),
        _waits.label("waits"),
    )
    .outerjoin(_unread, _unread.c.case_id == Case.id)
    .where(owned(Case), Case.staff_id == sa.bindparam("staff_id"),
           sa.func.strpos(Case.reference_key, sa.bindparam("wanted", type_=sa.Text)) > 0)
    .order_by(*(part.desc() for part in _place)).limit(PER_PAGE + 1)
)
AFTER = FIRST.where(sa.tuple_(*_place) < sa.tuple_(
    sa.bindparam("waits", type_=sa.Integer),
    sa.bindparam("latest_at", type_=sa.DateTime(timezone=True)),
    sa.bindparam("case_id", type_=sa.Uuid),
))


class NoSuchPlace(ValueError):
    """The address of a page is not one that :attr:`Cases.after` gave."""


@dataclass(frozen=True)
class Cases:
    """A page of the list; ``after`` is where the next begins, None on the last."""

    rows: tuple[Any, ...]
    after: str | None


def of_officer(staff_id: UUID, *, wanted: str = "", after: str = "") -> Cases:
    """The officer's cases with *wanted* in the reference key. Raises :class:`NoSuchPlace`."""
    if after:
        rows = read(AFTER, staff_id=staff_id, wanted=wanted, **_place_of(after)).all()
    else:
        rows = read(FIRST, staff_id=staff_id, wanted=wanted).all()
    shown = tuple(rows[:PER_PAGE])
    return Cases(shown, _written(shown[-1]) if len(rows) > PER_PAGE else None)


def _written(row: Any) -> str:
    return f"{row.waits}_{row.latest_at.isoformat()}_{row.id.hex}"


def _place_of(after: str) -> dict[str, Any]:
    try:
        waits, latest_at, case_id = after.split("_")
        moment = datetime.fromisoformat(latest_at)
        if moment.tzinfo is None:
            raise NoSuchPlace(after)
        return {"waits": int(waits == "1"), "latest_at": moment, "case_id": UUID(case_id)}
    except ValueError:
        raise NoSuchPlace(after) from None
