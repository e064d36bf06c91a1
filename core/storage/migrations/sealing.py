"""For steps that seal what earlier versions kept legible: with the keys that are in the tables.

A step runs as the owner of the tables, for all forces at once, so row-level security is taken off
the owner for as long as the transaction lasts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from alembic import op

from core.storage.ciphers import DataKey, KeyProblem, MacKey

MANY = 1000
KEYS = "SELECT purpose, key_id, wrapped FROM force_key WHERE force = :force ORDER BY starts_at DESC"


class Sealer:
    """The newest keys of one force. Raises :class:`KeyProblem` when the master key is another one."""

    def __init__(self, force: str) -> None:
        rows = op.get_bind().execute(sa.text(KEYS), {"force": force}).all()
        found: dict[str, tuple[bytes, bytes]] = {}
        for row in rows:
            if row.purpose != "erased" and row.purpose not in found:
                found[row.purpose] = row.key_id, _opened(force, row)
        if not {"data", "lookup"} <= found.keys():
            raise KeyProblem(f"{force}: there are rows of this force, and no key of it")
        self._data, self._lookup = DataKey(force, *found["data"]), MacKey(found["lookup"][1])

    def seal(self, table: str, column: str, row: UUID, text: str | None) -> bytes | None:
        return None if text is None else self._data.seal(table, column, row.bytes, text)

    def lookup(self, text: str) -> bytes:
        return self._lookup.mac(text.encode())


def _opened(force: str, row: Any) -> bytes:
    from core.storage.keys.keyring import unwrapped

    return unwrapped(force, row)


@contextmanager
def all_forces(*tables: str) -> Iterator[None]:
    """The owner sees the rows of every force in these tables and in force_key."""
    for table in (*tables, "force_key"):
        op.execute(f'ALTER TABLE "{table}" NO FORCE ROW LEVEL SECURITY')
    yield
    for table in (*tables, "force_key"):
        op.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')


def rewrite(
    table: str, columns: Sequence[str], made: Callable[[Sealer, Any], dict[str, Any]]
) -> None:
    """Give every row of *table* the values that *made* makes of its force's keys and the row."""
    bind, sealers = op.get_bind(), dict[str, Sealer]()
    wanted = sa.text(
        f'SELECT force, id, {", ".join(columns)} FROM "{table}" '  # noqa: S608
        "WHERE (id, force) > (:id, :force) ORDER BY id, force LIMIT :many"
    )
    after: dict[str, Any] = {"id": UUID(int=0), "force": ""}
    while rows := bind.execute(wanted, {**after, "many": MANY}).all():
        for row in rows:
            if row.force not in sealers:
                sealers[row.force] = Sealer(row.force)
            values = made(sealers[row.force], row)
            changes = ", ".join(f"{name} = :{name}" for name in values)
            bind.execute(
                sa.text(f'UPDATE "{table}" SET {changes} '  # noqa: S608
                        "WHERE id = :row_id AND force = :row_force"),
                {**values, "row_id": row.id, "row_force": row.force},
            )
        after = {"id": rows[-1].id, "force": rows[-1].force}
