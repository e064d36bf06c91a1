"""The first wall's rule for Core statements: every force-owned table has ``force = :force``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.sql import operators, visitors
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.selectable import AliasedReturnsRows, SelectBase

PLAIN = re.compile(r"\w+|\*", re.ASCII)
# What would put another force into scope, or run a statement that nobody has looked at.
NOT_FUNCTIONS = re.compile(r"set_config|dblink\w*|(query|table|schema|database|cursor)_to_xml\w*")


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


def check_force_filters(statement: Any) -> None:
    """Refuse a statement in which a force-owned table lacks its own ``force = :force``, and one that
    says something in a way in which that cannot be seen."""
    if not isinstance(statement, SelectBase):
        raise WallError(f"a {type(statement).__name__} does not only read: see core.storage.db for what does")
    for part in visitors.iterate(statement):
        hidden = _hides(part)
        if hidden:
            raise WallError(f"{hidden} stands in a query, in which nobody can see whose rows it reads")
        if isinstance(part, sa.Select):
            _check_select(part)


def check_change(statement: Any) -> None:
    """Refuse an update of anything but rows with ``force = :force``, and one that reads other tables."""
    if not isinstance(statement, sa.Update):
        raise WallError(f"a {type(statement).__name__} is no update")
    table, within = statement.table, [one for one in visitors.iterate(statement) if one is not statement]
    if not _is_owned(table) or table not in {c.table for c in _force_filters(statement.whereclause)}:
        raise WallError(f"no `force = :force` for {table}: use db.owned()")
    for part in within:
        hidden = _hides(part)
        if hidden or isinstance(part, SelectBase) or getattr(part, "table", table) != table:
            raise WallError(f"{hidden or 'another table'} stands in an update, which is not looked through")
    given: Any = statement  # nothing public says which columns an update sets
    if "force" in {getattr(one, "name", one) for one in given._values or ()}:
        raise WallError("a row stays with its force")


def _hides(part: Any) -> str | None:
    """What cannot be looked through, by name."""
    if isinstance(part, UpdateBase | sa.TextClause | sa.TextualSelect):
        return type(part).__name__
    if getattr(part, "is_literal", False) and not PLAIN.fullmatch(part.name):
        return "literal SQL"
    if isinstance(part, sa.TableClause) and not isinstance(part, sa.Table):
        # PostgreSQL's catalogue tells of tables and connections, of nobody's case.
        return None if part.name.startswith("pg_") else f"{part.name}, a table without its model,"
    if isinstance(part, sa.FunctionElement) and NOT_FUNCTIONS.fullmatch(str(getattr(part, "name", ""))):
        return f"{part.name}()"
    return None


def _check_select(select: sa.Select[Any]) -> None:
    froms = [part for start in select.get_final_froms() for part in _flat(start)]
    held = {column.table for column in _force_filters(select.whereclause)}
    for join in (part for part in froms if isinstance(part, sa.Join)):
        held |= {column.table for column in _force_filters(join.onclause)} & _held_by_on(join)
    missing = [p.name for p in froms if _is_owned(p) and p not in held]
    if missing:
        raise WallError(f"no `force = :force` for {', '.join(sorted(missing))}: use db.owned()")


def _held_by_on(join: sa.Join) -> set[Any]:
    """The tables of which a join leaves out rows that its condition does not take."""
    # A full join keeps what its condition does not take, of both sides.
    if join.full:
        return set()
    return set(_flat(join.right) if join.isouter else _flat(join))


def _flat(part: Any) -> Iterator[Any]:
    yield part
    if isinstance(part, sa.Join):
        yield from _flat(part.left)
        yield from _flat(part.right)


def _is_owned(part: Any) -> bool:
    table = part.element if isinstance(part, AliasedReturnsRows) else part
    return isinstance(table, sa.Table) and bool(table.info.get("force_owned"))


def _force_filters(clause: Any) -> Iterator[sa.Column[Any]]:
    # In an OR, or under a NOT, the term holds some rows only: what is not plainly held counts as open.
    if isinstance(clause, sa.BooleanClauseList) and clause.operator is operators.and_:
        for term in clause.clauses:
            yield from _force_filters(term)
    elif isinstance(clause, sa.BinaryExpression) and clause.operator is operators.eq:
        left, right = clause.left, clause.right
        # A value written in could be another force's: only the parameter that `read` fills in counts.
        if isinstance(right, sa.BindParameter) and right.key == "force" == left.name:
            yield cast("sa.Column[Any]", left)
