"""Cases as a list, the officer's own or the unit's: who waits for an answer and what was handed
over first, then by latest news."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask_login import current_user

from core.cases import Case, Message, Staff, relations
from core.storage import Unreadable, force_keys, owned, read, unseal

PER_PAGE = 25


# Before the first of the list.
START = {"waits": 2, "latest_at": datetime.max.replace(tzinfo=UTC), "case_id": UUID(int=2**128 - 1)}


def _statement(leads: Any, which: Any) -> Any:
    """A page of a list of cases, from a place on. It begins with who leads them, and with ids: but for
    these, only the rows of the page are read."""
    told = (
        sa.select(
            sa.func.count().filter(Message.read_at.is_(None)).label("unread"),
            sa.func.min(Message.sent_at).filter(Message.answered_at.is_(None)).label("unanswered"),
        ).select_from(Message)
        .where(owned(Message, Case), Message.case_id == Case.id, Message.from_person,
               sa.or_(Message.read_at.is_(None), Message.answered_at.is_(None)))
        .correlate(Case).lateral("told")
    )
    # strpos finds the empty text everywhere, so that no search is a search for "".
    new = sa.and_(Case.handed_over_at.is_not(None), Case.hand_over_seen_at.is_(None))
    all_ids = (
        sa.select(Case.id, Case.latest_at, told.c.unread, told.c.unanswered, new.label("new"))
        .select_from(leads).join(Case, Case.staff_id == leads.c.id).join(told, sa.true())
        .where(owned(Case), which, sa.or_(
            sa.func.strpos(Case.reference_key, sa.bindparam("wanted", type_=sa.Text)) > 0,
            Case.reference_key == sa.any_(sa.bindparam("meant", type_=sa.ARRAY(sa.Text)))))
        .subquery("all_ids")
    )
    waits = sa.case(
        (sa.or_(all_ids.c.unread > 0, all_ids.c.unanswered.is_not(None), all_ids.c.new), 1), else_=0)
    place = (waits, all_ids.c.latest_at, all_ids.c.id)
    ids = (
        sa.select(
            all_ids.c.id, all_ids.c.unread, all_ids.c.unanswered, all_ids.c.new, waits.label("waits"))
        .where(sa.tuple_(*place) < sa.tuple_(
            sa.bindparam("waits", type_=sa.Integer),
            sa.bindparam("latest_at", type_=sa.DateTime(timezone=True)),
            sa.bindparam("case_id", type_=sa.Uuid)))
        .order_by(*(part.desc() for part in place)).limit(PER_PAGE + 1).subquery("ids")
    )
    return (
        sa.select(
            Case.id, Case.crime_reference, Case.crime_type, Case.stage, Case.latest_at,
            Case.offered, Case.offered_reason, Case.staff_id,
            ids.c.unread, ids.c.unanswered, ids.c.new, ids.c.waits,
        )
        .join_from(ids, Case, sa.and_(owned(Case), Case.id == ids.c.id))
        .order_by(ids.c.waits.desc(), Case.latest_at.desc(), Case.id.desc())
    )


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
    me: relations.Member, name: str, *, wanted: str = "", meant: Collection[str] = (), after: str = ""
) -> Cases:
    """The cases of a list of :data:`relations.LISTS`, with *wanted* in the reference key, or one of the
    keys that a whole reference can be *meant* for.

    Raises :class:`NoSuchPlace`.
    """
    statement = STATEMENTS[name]
    values = {**relations.list_values(me, name), "wanted": wanted, "meant": list(meant)}
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
    return force_keys().seal(*PLACE, current_user.staff_id.bytes, looked_for).hex() if looked_for else ""


def opened(kept: str) -> str:
    """What :func:`sealed` made; nothing once its key has ended."""
    try:
        return force_keys().open(*PLACE, current_user.staff_id.bytes, bytes.fromhex(kept)) if kept else ""
    except (Unreadable, ValueError):
        return ""


def _written(row: Any) -> str:
    return f"{row.waits}_{row.latest_at.isoformat()}_{row.id.hex}"


def _place_of(after: str) -> dict[str, Any]:
    if not after:
        return START
    try:
        waits, latest_at, case_id = after.split("_")
        moment = datetime.fromisoformat(latest_at)
        if moment.tzinfo is None:
            raise NoSuchPlace(after)
        return {"waits": int(waits == "1"), "latest_at": moment, "case_id": UUID(case_id)}
    except ValueError:
        raise NoSuchPlace(after) from None
