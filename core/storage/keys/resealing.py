"""What is sealed in the tables, of the core and of plugins: counted by key, and sealed anew.

In batches, each of which the caller hears of and commits. A row that somebody is at work with is left
for the next pass, and a value that was changed meanwhile is not touched, so that nobody waits and nothing
is undone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core.storage.ciphers import KEY_ID, Unreadable
from core.storage.db import db, read
from core.storage.keys.keyring import force_keys
from core.storage.keys.purposes import DATA
from core.storage.row_guard import CHECKED, Base
from core.storage.sealed import seal, secrets_of, unseal
from core.storage.walls import owned

# A batch holds its rows until it is committed; whoever saves one of them waits no longer than that.
MANY = 200
FIRST = UUID(int=0)
Rows = Callable[[int], object]


@dataclass
class Walked:
    """How many values were made anew, and which did not open: by ``table.column``, never content."""

    done: int = 0
    unreadable: Counter[str] = field(default_factory=Counter)


@cache
def sealed_models() -> tuple[Any, ...]:
    """Every model with sealed columns, by the name of its table."""
    models = {str(m.class_.__tablename__): m.class_ for m in Base.registry.mappers}
    return tuple(model for _, model in sorted(models.items()) if secrets_of(model))


@cache
def digested_models() -> tuple[Any, ...]:
    """Every model whose rows are known again by the ``digest`` of the sealed text ``__digest_of__``."""
    return tuple(model for model in sealed_models() if hasattr(model, "__digest_of__"))


def counted() -> Counter[tuple[str, bytes]]:
    """How many values of the force in scope are sealed with which key: (table.column, key id)."""
    found: Counter[tuple[str, bytes]] = Counter()
    for model in sealed_models():
        for name in secrets_of(model):
            for row in read(_counting(model, name)):
                found[f"{model.__tablename__}.{name}", row.key_id] += row.many
    return found


def waiting() -> int:
    """How many values are sealed with another key than the present one."""
    newest = force_keys().key_id(DATA)
    return sum(many for (_, key_id), many in counted().items() if key_id != newest)


def seal_anew(done: Rows) -> Walked:
    """One pass over every table. ``done`` hears after each batch how many values, and commits it."""
    walked, newest = Walked(), force_keys().key_id(DATA)
    for model in sealed_models():
        for rows in _batches(_stale(model), newest=newest):
            before = walked.done
            for name in secrets_of(model):
                _seal_batch(model, name, rows, newest, walked)
            done(walked.done - before)
    return walked


def _seal_batch(
    model: Any, name: str, rows: list[Any], newest: bytes, walked: Walked
) -> None:
    changed = []
    for row in rows:
        old = getattr(row, f"{name}_sealed")
        if old is None or old[1 : 1 + KEY_ID] == newest:
            continue
        try:
            new = seal(model, name, row.id, unseal(model, name, row.id, old))
        except Unreadable:
            walked.unreadable[f"{model.__tablename__}.{name}"] += 1
        else:
            changed.append({"b_id": row.id, "b_old": old, "b_new": new})
    walked.done += _replace(model, f"{name}_sealed", changed)


def hash_anew(done: Rows) -> Walked:
    """The digests by which rows are known again (``__digest_of__``), under the present key.

    A row whose text is no longer kept keeps its digest: ``unreadable`` counts those. ``done`` likewise.
    """
    walked = Walked()
    for model in digested_models():
        for rows in _batches(_digests(model).with_for_update(skip_locked=True, key_share=True)):
            walked.done += _replace(model, "digest", _new_digests(model, rows, walked))
            done(len(rows))
    return walked


def _new_digests(model: Any, rows: list[Any], walked: Walked) -> list[dict[str, Any]]:
    changed = []
    for row in rows:
        text = _digested(model, row)
        if text is None or not force_keys().fits("feed", text, row.digest):
            walked.unreadable[f"{model.__tablename__}.digest"] += 1
        elif (new := force_keys().mac("feed", text)) != row.digest:
            changed.append({"b_id": row.id, "b_old": row.digest, "b_new": new})
    return changed


def old_digests() -> int:
    """How many rows are known again by another key than the present one."""
    found = 0
    for model in digested_models():
        for rows in _batches(_digests(model)):
            for row in rows:
                text = _digested(model, row)
                found += text is None or force_keys().mac("feed", text) != row.digest
            db.session.rollback()  # a look of hours in one transaction keeps dead rows from being cleaned
    return found


def unreadable(done: Rows) -> Counter[str]:
    """Every value is opened; how many do not, by table.column."""
    found: Counter[str] = Counter()
    for model in sealed_models():
        for rows in _batches(_all(model)):
            for name in secrets_of(model):
                for row in rows:
                    try:
                        unseal(model, name, row.id, getattr(row, f"{name}_sealed"))
                    except Unreadable:
                        found[f"{model.__tablename__}.{name}"] += 1
            db.session.rollback()
            done(len(rows) * len(secrets_of(model)))
    return found


def _digested(model: Any, row: Any) -> bytes | None:
    name = model.__digest_of__
    try:
        text = unseal(model, name, row.id, getattr(row, f"{name}_sealed"))
    except Unreadable:
        return None
    return text.encode() if text else None


# --- statements ---------------------------------------------------------------------------------


def _batches(statement: Any, **values: Any) -> Iterator[list[Any]]:
    # By key, not by offset: rows that come and go meanwhile make it pass over none.
    start = FIRST
    while rows := list(read(statement, start=start, **values)):
        yield rows
        start = UUID(int=rows[-1].id.int + 1)


@cache
def _all(model: Any) -> Any:
    columns = [model.__table__.c[f"{name}_sealed"] for name in secrets_of(model)]
    return _in_order(model, *columns)


def _in_order(model: Any, *columns: Any) -> Any:
    table = model.__table__
    start = sa.bindparam("start", type_=sa.Uuid)
    return sa.select(table.c.id, *columns).where(owned(model), table.c.id >= start).order_by(
        table.c.id).limit(MANY)


@cache
def _digests(model: Any) -> Any:
    columns = model.__table__.c
    return _in_order(model, columns.digest, columns[f"{model.__digest_of__}_sealed"])


@cache
def _stale(model: Any) -> Any:
    """Rows with a value under another key, locked; those that others hold are passed over."""
    newest = sa.bindparam("newest", type_=sa.LargeBinary)
    columns = [model.__table__.c[f"{name}_sealed"] for name in secrets_of(model)]
    stale = sa.or_(*(_key_id(column) != newest for column in columns))
    # key_share: who adds a row that points to one of these (an entry of a case, say) need not wait.
    return _all(model).where(stale).with_for_update(skip_locked=True, key_share=True)


@cache
def _counting(model: Any, name: str) -> Any:
    column = model.__table__.c[f"{name}_sealed"]
    key_id = _key_id(column).label("key_id")
    return (
        sa.select(key_id, sa.func.count().label("many"))
        .where(owned(model), column.is_not(None)).group_by(key_id)
    )


def _key_id(column: Any) -> Any:
    return sa.func.substr(column, 2, KEY_ID, type_=sa.LargeBinary)


def _replace(model: Any, column: str, rows: list[dict[str, Any]]) -> int:
    """Old value for new, where it is still the old one; how many were."""
    if not rows:
        return 0
    table = model.__table__
    statement = sa.update(table).where(
        table.c.force == force_keys().force, table.c.id == sa.bindparam("b_id"),
        table.c[column] == sa.bindparam("b_old"),
    ).values({column: sa.bindparam("b_new")})
    done = db.session.connection().execute(statement, rows, execution_options={CHECKED: True})
    return int(done.rowcount)
