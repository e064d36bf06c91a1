"""Cases as a list, the officer's own or the unit's: unread messages first, then by latest news."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask_login import current_user

from core import Case, Message, Staff, Unreadable, keys, owned, read, relations, unseal

PER_PAGE = 25


def _statements(which: Any) -> tuple[Any, Any]:
    """The first page of a list of cases, and the page after a place."""
    unread = (
        sa.select(Message.case_id, sa.func.count().label("unread"))
        .select_from(Case).join(Message, sa.and_(owned(Message), Message.case_id == Case.id))
        .where(owned(Case), which, Message.from_person, Message.read_at.is_(None))
        .group_by(Message.case_id).subquery("waiting")
    )
    waits = sa.case((unread.c.unread > 0, 1), else_=0)
    place = (waits, Case.latest_at, Case.id)
    # strpos finds the empty text everywhere, so that no search is a search for "".
    first = (
        sa.select(
            Case.id, Case.crime_reference, Case.crime_type, Case.stage, Case.latest_at,
            Case.offered, Case.offered_reason, Case.next_update_by, Case.staff_id,
            sa.func.coalesce(unread.c.unread, 0).label("unread"), waits.label("waits"),
        )
        .outerjoin(unread, unread.c.case_id == Case.id)
        .where(owned(Case), which,
               sa.func.strpos(Case.reference_key, sa.bindparam("wanted", type_=sa.Text)) > 0)
        .order_by(*(part.desc() for part in place)).limit(PER_PAGE + 1)
    )
    return first, first.where(sa.tuple_(*place) < sa.tuple_(
        sa.bindparam("waits", type_=sa.Integer),
        sa.bindparam("latest_at", type_=sa.DateTime(timezone=True)),
        sa.bindparam("case_id", type_=sa.Uuid),
    ))


STATEMENTS = {name: _statements(which) for name, which in relations.LISTS.items()}
STAFF = sa.select(Staff.id, Staff.name_sealed).where(
    owned(Staff), Staff.id == sa.any_(sa.bindparam("ids", type_=sa.ARRAY(sa.Uuid)))
)


class NoSuchPlace(ValueError):
    """The address of a page is not one that :attr:`Cases.after` gave."""


@dataclass(frozen=True)
class Cases:
    """A page of the list; ``after`` is where the next begins, None on the last."""

    rows: tuple[Any, ...]
    after: str | None


def listed(
    me: relations.Member, name: str, *, wanted: str = "", after: str = ""
) -> Cases:
    """The cases of a list of :data:`core.relations.LISTS`, with *wanted* in the reference key.

    Raises :class:`NoSuchPlace`.
    """
    first, later = STATEMENTS[name]
    values = {**relations.list_values(me, name), "wanted": wanted}
    rows = (read(later, **values, **_place_of(after)) if after else read(first, **values)).all()
    shown = tuple(rows[:PER_PAGE])
    return Cases(shown, _written(shown[-1]) if len(rows) > PER_PAGE else None)


def names_of(staff_ids: Collection[UUID]) -> dict[UUID, str]:
    """Who leads the cases."""
    return {row.id: unseal(Staff, "name", row.id, row.name_sealed) or ""
            for row in read(STAFF, ids=list(staff_ids))}


PLACE = ("portal_session", "looked_for")


def sealed(looked_for: str) -> str:
    """What an officer looks for, as their session keeps it."""
    return keys().seal(*PLACE, current_user.staff_id.bytes, looked_for).hex() if looked_for else ""


def opened(kept: str) -> str:
    """What :func:`sealed` made; nothing once its key has ended."""
    try:
        return keys().open(*PLACE, current_user.staff_id.bytes, bytes.fromhex(kept)) if kept else ""
    except (Unreadable, ValueError):
        return ""


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
