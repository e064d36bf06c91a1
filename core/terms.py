"""The first wall's rule for Core statements: every force-owned table has ``force = :force``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.sql import operators, visitors


class WallError(RuntimeError):
    """A statement would have passed the wall between forces."""


def owned(*tables: Any) -> sa.ColumnElement[bool]:
    """The term ``force = :force`` for each of *tables* (models, tables or aliases)."""
    given = sa.bindparam("force", type_=sa.Text)
    columns = (
        sa.inspect(t).selectable.c.force if not isinstance(t, sa.FromClause) else t.c.force
        for t in tables
    )
    return sa.and_(*(column == given for column in columns))


def check_terms(statement: Any) -> None:
    """Refuse a statement in which a force-owned table lacks its own ``force = :force``."""
    for select in visitors.iterate(statement):
        if not isinstance(select, sa.Select):
            continue
        froms = [part for start in select.get_final_froms() for part in _flat(start)]
        conditions = [select.whereclause, *(p.onclause for p in froms if isinstance(p, sa.Join))]
        held = {column.table for c in conditions for column in _force_terms(c)}
        missing = [p.name for p in froms if _is_owned(p) and p not in held]
        if missing:
            raise WallError(f"no `force = :force` for {', '.join(sorted(missing))}: use db.owned()")


def _flat(part: Any) -> Iterator[Any]:
    yield part
    if isinstance(part, sa.Join):
        yield from _flat(part.left)
        yield from _flat(part.right)


def _is_owned(part: Any) -> bool:
    table = part.element if isinstance(part, sa.Alias) else part
    return isinstance(table, sa.Table) and bool(table.info.get("force_owned"))


def _force_terms(clause: Any) -> Iterator[sa.Column[Any]]:
    if isinstance(clause, sa.BooleanClauseList) and clause.operator is operators.and_:
        for term in clause.clauses:
            yield from _force_terms(term)
    elif isinstance(clause, sa.BinaryExpression) and clause.operator is operators.eq:
        left, right = clause.left, clause.right
        if isinstance(right, sa.BindParameter) and right.key == "force" == left.name:
            yield cast("sa.Column[Any]", left)
