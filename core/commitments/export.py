"""Every commitment of a force as a row without names: the evidence of what was kept, for spreadsheets and
scripts. ``docs/commitments.md`` describes the columns and computes the figures again from them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core.base.csv import csv_line
from core.cases.models import Case, Staff
from core.commitments.models import Commitment
from core.storage.db import read
from core.storage.sealed import unseal
from core.storage.walls import owned

VERSION = 1  # of the columns: they are only added to, at the end
COLUMNS = (
    "case", "person", "kind", "rule", "made_at", "due_at", "ended_at", "state", "unit", "district",
    "crime_type", "service_level",
)
A_PAGE = 2000
# Who had the case as it ended, or has it while it is open: who gets a case later has not missed what was.
HELD_BY = sa.case((Commitment.ended_at.is_(None), Case.staff_id), else_=Commitment.ended_by)
ROWS = (
    sa.select(
        Commitment.id, Commitment.case_id, Commitment.person_id, Commitment.kind, Commitment.rule,
        Commitment.made_at, Commitment.due_at, Commitment.ended_at, Commitment.state,
        Staff.id.label("staff_id"), Staff.unit_sealed, Case.district, Case.crime_type, Case.service_level,
    )
    .join(Case, sa.and_(Case.id == Commitment.case_id, owned(Case)))
    .outerjoin(Staff, sa.and_(Staff.id == HELD_BY, owned(Staff)))
    .where(owned(Commitment), Commitment.id > sa.bindparam("after"))
    .order_by(Commitment.id).limit(A_PAGE)
)
FIRST = UUID(int=0)


def exported() -> Iterator[dict[str, str | None]]:
    """Every commitment of the force in scope, oldest first. ``unit`` is that of the officer who had the case
    when the commitment ended, or has it now."""
    after, units = FIRST, dict[UUID, str | None]()
    while rows := read(ROWS, after=after).all():
        yield from (_exported(row, units) for row in rows)
        after = rows[-1].id


def _exported(row: Any, units: dict[UUID, str | None]) -> dict[str, str | None]:
    if row.staff_id and row.staff_id not in units:
        units[row.staff_id] = unseal(Staff, "unit", row.staff_id, row.unit_sealed)
    return {
        "case": str(row.case_id), "person": str(row.person_id), "kind": row.kind, "rule": row.rule,
        "made_at": _rfc3339(row.made_at), "due_at": _rfc3339(row.due_at), "ended_at": _rfc3339(row.ended_at),
        "state": row.state, "unit": units.get(row.staff_id), "district": row.district,
        "crime_type": row.crime_type, "service_level": row.service_level,
    }


def _rfc3339(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if moment else None


def lines(form: str) -> Iterator[str]:
    """The export as lines of ``csv`` (its headings first) or ``jsonl``, each with its end."""
    if form == "jsonl":
        yield from (json.dumps(row, ensure_ascii=False) + "\n" for row in exported())
        return
    yield csv_line(COLUMNS)
    yield from (csv_line([row[name] or "" for name in COLUMNS]) for row in exported())
