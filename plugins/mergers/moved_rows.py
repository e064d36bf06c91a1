"""Rows of an absorbed force as they are read there, and as they are called at its successor."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from core.force import Force, parts
from core.intake import staff_id_of
from core.storage import force_keys, force_scope, owned, read, secrets_of, unseal

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

    One that *old* took over from a force before has its own name already. What officers wrote is of the
    desk, here and there.
    """
    known = old.feed_sources.get(source)
    if source == parts.OWN_SOURCE or (known and known.absorbed_from):
        return source
    return f"{old.id.replace('-', '_')}_{source}"


def officer_at(record_id: str, old: Force) -> str:
    """What an officer of the absorbed force is known by at its successor; likewise."""
    if record_id.partition(":")[0] in old.absorbed:
        return record_id
    return staff_id_of(old.id, record_id)


CALLED: Mapping[str, Callable[[str, Force], str]] = {"source": source_at, "officer": officer_at}


def renamed(model: type[Any], row: Row, old: Force) -> Row:
    """The row with what record systems know it by changed, so that two forces' do not meet."""
    return row | {
        column: CALLED[what](row[column], old)
        for column, what in model.__called_by__ if column in row
    }


# --- secrets ----------------------------------------------------------------------------------


def opened(model: type[Any], row: Row) -> Row:
    """The row with its secrets open; in the scope of the absorbed force."""
    for name in secrets_of(model):
        row[name] = unseal(model, name, row["id"], row.pop(f"{name}_sealed"))
    moved: Row = model.as_moved(row)
    return moved


def sealed(model: type[Any], row: Row) -> Row:
    """The row with its secrets closed by the key of the force in scope, the successor."""
    digested = row.get(getattr(model, "__digest_of__", ""))
    if digested is not None:
        # Under the successor's key, by which it will know a repeat.
        row["digest"] = force_keys().mac("feed", digested.encode())
    for name, secret in secrets_of(model).items():
        row |= secret.values(model, row["id"], row.pop(name))
    return row
