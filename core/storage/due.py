"""Which forces of a database have something for a periodic job to do: one look for all of them.

Most of the time no force has. So a job is not begun for each of 46 forces to find nothing, each in a
transaction of its own: one transaction asks for all.

Both walls stand. The question is checked as in :func:`core.storage.db.read`, and PostgreSQL is told each
force before the question is asked for it, so that each answer is of that force's rows only. What
comes back is whether there is a row, and nothing of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from core.base.scope import scope_of
from core.storage import prepared
from core.storage.db import Query, db
from core.storage.row_guard import SET_FORCE
from core.storage.walls import WallError, check_force_filters

# A query that has a row when there is work, and its values; asked in the scope of each force.
Question = Callable[[], tuple[Query, Mapping[str, Any]]]


def forces_with_work(forces: Sequence[str], question: Question) -> list[str]:
    """Those of *forces*, which live in one database, for which the question's query has a row.

    Raises :class:`~core.storage.db.WallError` unless every force-owned table in it has ``force = :force``.
    """
    if not forces:
        return []
    with db.engines.get(forces[0], db.engines[None]).connect() as connection:
        asked = list(_asked(connection.dialect, forces, question))
        found = prepared.any_rows(connection, SET_FORCE, asked)
        # The last force that was told must not be in scope for whoever has the connection next.
        connection.rollback()
    return [force for (force, *_), has in zip(asked, found, strict=True) if has]


def _asked(
    dialect: Any, forces: Sequence[str], question: Question
) -> Iterator[tuple[str, prepared.Statement, dict[str, Any]]]:
    compiled: dict[Query, prepared.Statement] = {}
    for force in forces:
        with scope_of(force):
            query, values = question()
        if query not in compiled:
            check_force_filters(query)
            made = prepared.compile_read(query, dialect)
            if made is None:
                raise WallError("a question of a periodic job takes plain values only")
            compiled[query] = made
        yield force, compiled[query], {**values, "force": force}
