"""Rows of an absorbed force as they are read there, and as they are called at its successor."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from core.cases.models import Person, Staff
from core.force.model import Force
from core.hookspecs import NoticeKind
from core.intake.casework import staff_id_of
from core.intake.models import RecordEvent
from core.notices.models import Notice
from core.storage import ciphers
from core.storage.db import db, force_scope, lock, read
from core.storage.keys.keyring import ForceKey, force_keys, look, masters, unwrapped
from core.storage.keys.master_key import ALWAYS
from core.storage.sealed import secrets_of, unseal
from core.storage.walls import owned

MANY = 500
Row = dict[str, Any]


def rows_of(old: Force, model: type[Any], names: Sequence[str] = ()) -> Iterator[list[Row]]:
    """The rows of one table, many at a time, by id; all columns but the force, or those *names*."""
    table, after = model.__table__, None
    columns = [c for c in table.columns if c.name != "force" and (not names or c.name in names)]
    statement = sa.select(*columns).where(owned(model)).order_by(table.c.id).limit(MANY)
    onwards = statement.where(table.c.id > sa.bindparam("after", type_=sa.Uuid))
    while True:
        with force_scope(old.id):
            found = read(onwards, after=after) if after else read(statement)
            rows = [dict(row._mapping) for row in found]
        if rows:
            yield rows
        if len(rows) < MANY:
            return
        after = rows[-1]["id"]


# --- names ------------------------------------------------------------------------------------


def source_at(source: str, old: Force) -> str:
    """What a sender of the absorbed force is called at its successor.

    One that *old* took over from a force before has its own name already.
    """
    known = old.feed_sources.get(source)
    if known and known.absorbed_from:
        return source
    return f"{old.id.replace('-', '_')}_{source}"


def officer_at(record_id: str, old: Force) -> str:
    """What an officer of the absorbed force is known by at its successor; likewise."""
    if record_id.partition(":")[0] in old.absorbed:
        return record_id
    return staff_id_of(old.id, record_id)


_NAMES: dict[type[Any], tuple[str, Callable[[str, Force], str]]] = {
    RecordEvent: ("source", source_at), Person: ("source", source_at),
    Staff: ("record_id", officer_at),
}


def renamed(model: type[Any], row: Row, old: Force) -> Row:
    """The row with what record systems know it by changed, so that two forces' do not meet."""
    column, called = _NAMES.get(model, ("", None))
    if called and column in row:
        row[column] = called(row[column], old)
    return row


# --- secrets ----------------------------------------------------------------------------------


def opened(model: type[Any], row: Row) -> Row:
    """The row with its secrets open; in the scope of the absorbed force."""
    for name in secrets_of(model):
        row[name] = unseal(model, name, row["id"], row.pop(f"{name}_sealed"))
    if model is Notice and row["kind"] == NoticeKind.CODE and row["state"] == "due":
        ended = "the sign-in ended when the forces merged"
        row |= {"state": "failed", "reason": ended, "extra": None}
    return row


def sealed(model: type[Any], row: Row) -> Row:
    """The row with its secrets closed by the key of the force in scope, the successor."""
    if model is RecordEvent and row["body"] is not None:
        row["digest"] = force_keys().mac("feed", (row["body"] or "").encode())
    for name, secret in secrets_of(model).items():
        row |= secret.values(model, row["id"], row.pop(name))
    return row


# --- keys -------------------------------------------------------------------------------------

# What these made moves as it is: an event whose body is no longer kept, a case that was erased.
HANDED_ON = ("feed", "lookup")


def hand_on_keys(old: Force, new: Force) -> None:
    """The successor knows again what the absorbed force's keys made; it makes nothing with them.

    They stand before the successor's own, as if they were older. Commits; bears being run twice.
    """
    wanted = sa.select(ForceKey).where(ForceKey.purpose.in_(HANDED_ON))
    with force_scope(old.id):
        theirs = [
            (row.purpose, row.key_id, row.made_at, unwrapped(old.id, row))
            for row in db.session.scalars(wanted.order_by(ForceKey.starts_at.desc()))
        ]
    with force_scope(new.id):
        force_keys()
        lock("keys")
        there = db.session.scalars(wanted).all()
        known, first = {row.key_id for row in there}, min([ALWAYS, *(r.starts_at for r in there)])
        master = masters().in_use()[0]
        for place, (purpose, key_id, made_at, key) in enumerate(theirs, 1):
            if key_id not in known:
                db.session.add(ForceKey(
                    purpose=purpose, key_id=key_id, made_at=made_at,
                    wrapped=ciphers.wrap(master, new.id, purpose, key_id, key),
                    starts_at=first - place * timedelta(microseconds=1),
                ))
        db.session.commit()
        look()
