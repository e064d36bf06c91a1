"""How many promises were kept, late, explained and missed, of a force: by rule, unit, month and the like.

``docs/commitments_figures.py`` computes the same from an export, with nothing of this code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core.base import clock
from core.cases.models import Case, Staff
from core.commitments.export import HELD_BY
from core.commitments.models import Commitment
from core.hookspecs import CommitmentState
from core.storage.db import read
from core.storage.sealed import unseal
from core.storage.walls import owned

UNIT = "unit"
_COLUMNS: Mapping[str, Any] = {
    "rule": Commitment.rule,
    "kind": Commitment.kind,
    "district": Case.district,
    "crime_type": Case.crime_type,
    "service_level": Case.service_level,
    UNIT: HELD_BY,
    # Of the last day on which it is kept, as people in the United Kingdom name it.
    "month": sa.func.to_char(sa.func.timezone("Europe/London", Commitment.due_at), "YYYY-MM"),
}
GROUPS = tuple(_COLUMNS)


@dataclass(frozen=True)
class Figures:
    """What was due, by how it ended; ``overdue`` is open, and its day is over.

    What is open before its day, and what was superseded or withdrawn, was not due.
    """

    kept: int = 0
    kept_late: int = 0
    explained: int = 0
    missed: int = 0
    overdue: int = 0

    @property
    def due(self) -> int:
        """All of them together."""
        return sum(astuple(self))

    def __add__(self, other: Figures) -> Figures:
        return Figures(*(ours + theirs for ours, theirs in zip(astuple(self), astuple(other), strict=True)))


def _ended(state: CommitmentState) -> sa.ColumnElement[int]:
    return sa.func.count().filter(Commitment.state == state).label(state)


def _counted(group: Any) -> sa.Select[Any]:
    overdue = sa.and_(Commitment.state == CommitmentState.OPEN, Commitment.due_at < sa.bindparam("at"))
    of_group = group.label("of_group")
    return (
        sa.select(
            of_group, _ended(CommitmentState.KEPT), _ended(CommitmentState.KEPT_LATE),
            _ended(CommitmentState.EXPLAINED), _ended(CommitmentState.MISSED),
            sa.func.count().filter(overdue).label("overdue"),
        )
        .join(Case, sa.and_(Case.id == Commitment.case_id, owned(Case)))
        .where(owned(Commitment))
        .group_by(of_group)
    )


COUNTED = {name: _counted(column) for name, column in _COLUMNS.items()}
UNITS = sa.select(Staff.id, Staff.unit_sealed).where(owned(Staff))


def figures(by: str) -> dict[str, Figures]:
    """What was due until now, of the force in scope, for each value of *by* (one of :data:`GROUPS`) of which
    anything was; ``""`` where a case is of no unit. Raises ``KeyError`` for another *by*."""
    units = _units() if by == UNIT else None
    found: dict[str, Figures] = {}
    for row in read(COUNTED[by], at=clock.now()):
        name = str(units.get(row.of_group) or "") if units is not None else str(row.of_group)
        counted = Figures(row.kept, row.kept_late, row.explained, row.missed, row.overdue)
        found[name] = found.get(name, Figures()) + counted
    return {name: one for name, one in sorted(found.items()) if one.due}


def _units() -> dict[UUID, str | None]:
    return {row.id: unseal(Staff, "unit", row.id, row.unit_sealed) for row in read(UNITS)}
