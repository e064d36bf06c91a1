"""Cases as a list, the officer's own or the unit's: unread messages first, then by latest news."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask_login import current_user

from core import Case, Message, Staff, Unreadable, keys, owned, read, relations, unseal

PER_PAGE = 25


Moment = sa.DateTime(timezone=True)
# Before the first of a part of the list, and behind its last.
START, END = datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)
FIRST, LAST = UUID(int=2**128 - 1), UUID(int=0)


def _statement(leads: Any, which: Any) -> Any:
    """A page of a list of cases, from a place on. Ids first: only the rows of the page are read.

    Cases with unread messages are found from the cases that *leads* lead; of all others no more than
    one page of each of them is looked at, in the order of an index.
    """
    unread = sa.and_(
        owned(Message), Message.case_id == Case.id, Message.from_person, Message.read_at.is_(None))
    # strpos finds the empty text everywhere, so that no search is a search for "".
    listed = sa.and_(
        owned(Case), Case.staff_id == leads.c.id, which,
        sa.func.strpos(Case.reference_key, sa.bindparam("wanted", type_=sa.Text)) > 0)
    waiting = (
        sa.select(Case.id, Case.latest_at, sa.func.count().label("unread"))
        .select_from(leads).join(Case, Case.staff_id == leads.c.id).join(Message, unread)
        .where(listed, _after("waiting"))
        .group_by(Case.force, Case.id, Case.latest_at).order_by(*_newest).limit(PER_PAGE + 1)
    )
    each = (
        sa.select(Case.id, Case.latest_at, sa.literal(0).label("unread"))
        .where(listed, _after("others"), ~sa.exists().where(owned(Case), unread).correlate(Case))
        .order_by(*_newest).limit(PER_PAGE + 1).lateral("each")
    )
    others = sa.select(each.c.id, each.c.latest_at, each.c.unread).select_from(leads).join(
        each, sa.true()).order_by(each.c.latest_at.desc(), each.c.id.desc()).limit(PER_PAGE + 1)
    ids = sa.union_all(waiting.subquery().select(), others.subquery().select()).subquery("ids")
    waits = sa.case((ids.c.unread > 0, 1), else_=0).label("waits")
    return (
        sa.select(
            Case.id, Case.crime_reference, Case.crime_type, Case.stage, Case.latest_at,
            Case.offered, Case.offered_reason, Case.next_update_by, Case.staff_id,
            ids.c.unread, waits,
        )
        .join_from(ids, Case, sa.and_(owned(Case), Case.id == ids.c.id))
        .order_by(waits.desc(), *_newest).limit(PER_PAGE + 1)
    )


_newest = (Case.latest_at.desc(), Case.id.desc())


def _after(part: str) -> Any:
    return sa.tuple_(Case.latest_at, Case.id) < sa.tuple_(
        sa.bindparam(f"{part}_at", type_=Moment), sa.bindparam(f"{part}_id", type_=sa.Uuid))


STATEMENTS = {name: _statement(*whose) for name, whose in relations.LISTS.items()}
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
    statement = STATEMENTS[name]
    values = {**relations.list_values(me, name), "wanted": wanted}
    rows = read(statement, **values, **_place_of(after)).all()
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
    """Where each part of the list goes on; what waits comes before all others."""
    place = {"waiting_at": START, "waiting_id": FIRST, "others_at": START, "others_id": FIRST}
    if not after:
        return place
    try:
        waits, latest_at, case_id = after.split("_")
        moment = datetime.fromisoformat(latest_at)
        if moment.tzinfo is None:
            raise NoSuchPlace(after)
        if waits == "1":
            return place | {"waiting_at": moment, "waiting_id": UUID(case_id)}
        return {"waiting_at": END, "waiting_id": LAST, "others_at": moment, "others_id": UUID(case_id)}
    except ValueError:
        raise NoSuchPlace(after) from None
