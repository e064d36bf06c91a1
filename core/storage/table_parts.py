"""What the models of the core and of plugins share: keys between tables, and their indexes."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa


def force_key(
    *columns: str, to: str, name: str | None = None, **kw: Any
) -> sa.ForeignKeyConstraint:
    """A composite foreign key (force, *columns*) -> *to* (force, id)."""
    return sa.ForeignKeyConstraint(
        ["force", *columns], [f"{to}.force", f"{to}.id"], name=name, **kw
    )


def filled_index(name: str, column: str) -> sa.Index:
    """An index for a foreign key that is empty in many rows: these are left out of it."""
    return sa.Index(name, column, "force", postgresql_where=sa.column(column).is_not(None))

Moment = sa.DateTime(timezone=True)
