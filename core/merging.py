"""When forces merge: the cases of an absorbed force move to its successor.

Rows keep their ids, so old links lead on. They are sealed anew with the successor's key. The
absorbed force's audit, and the key that it is checked with, stay where they are. Copied first and
removed when all has arrived, so that a merge that was cut off goes on where it stopped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from core import audit
from core.casework import staff_id_of
from core.clock import LONDON
from core.db import Base, db, force_scope, insert_many, owned, read, update_many
from core.eligibility import eligibility
from core.force import Force
from core.models import (
    Access,
    Case,
    Entry,
    Message,
    Notice,
    Person,
    PortalSession,
    RecordEvent,
    Staff,
)
from core.secret import Secret, keys, seal, unseal

MOVED = (Staff, Person, Case, RecordEvent, Access, Entry, Message, Notice)
MANY = 500

CASES = sa.select(
    Case.id, Case.reference_key, Case.district, Case.crime_type, Case.flags, Case.reported_at,
    Case.offered,
).where(owned(Case))
REFERENCES = sa.select(Case.id, Case.reference_key).where(
    owned(Case),
    Case.reference_key == sa.any_(sa.bindparam("references", type_=sa.ARRAY(sa.Text))),
)


class CannotMerge(Exception):
    """The merge would lose or hide something; ``problems`` say what, and what to do first."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass
class Merged:
    """How many rows moved, by table, and what stands in their way."""

    rows: Counter[str] = field(default_factory=Counter)
    cases: int = 0


def source_at(successor_source: str, old: str) -> str:
    """What a sender of the absorbed force is called at its successor."""
    return f"{old.replace('-', '_')}_{successor_source}"


def merge(old: Force, new: Force, *, closing: bool = False, dry_run: bool = False) -> Merged:
    """Move everything of *old* to *new*, with commits of its own.

    ``closing``: also if cases that people can follow now would be closed at the successor.
    Raises :class:`CannotMerge` before anything is moved.
    """
    problems = _unsaid(old, new)
    cases = _cases(old)
    problems += _collisions(new, cases) + _unknown(new, cases)
    if not problems and not closing:
        problems = _closed_by_it(new, cases)
    if problems:
        raise CannotMerge(problems)
    merged = Merged(cases=len(cases))
    for model in MOVED:
        for rows in _batches(old, model):
            merged.rows[model.__tablename__] += len(rows)
            if not dry_run:
                _put(new, model, rows)
    if not dry_run:
        _judge_again(new, cases)
        _leave(old, new, len(cases))
    return merged


# --- before -----------------------------------------------------------------------------------


def _unsaid(old: Force, new: Force) -> list[str]:
    found = []
    if old.status != "closed":
        found.append(f'{old.id}: its force.toml must say status = "closed"')
    if old.successor != new.id:
        found.append(f'{old.id}: its force.toml must say successor = "{new.id}"')
    if old.id not in new.absorbed:
        found.append(f'{new.id}: its force.toml must say absorbed = ["{old.id}"]')
    return found


def _cases(old: Force) -> list[Any]:
    with force_scope(old.id):
        return list(read(CASES))


def _collisions(new: Force, cases: list[Any]) -> list[str]:
    """The same reference of another crime at the successor: two cases would be one."""
    ours = {case.reference_key: case.id for case in cases}
    with force_scope(new.id):
        theirs = read(REFERENCES, references=list(ours)).all()
    twice = sorted(row.reference_key for row in theirs if ours[row.reference_key] != row.id)
    return [
        f"{len(twice)} references stand for a case at both forces, {', '.join(twice[:5])} among "
        "them: have the record systems give one of each a new reference first"
    ] if twice else []


def _unknown(new: Force, cases: list[Any]) -> list[str]:
    found = []
    for what, known in (("district", new.district), ("crime_type", new.crime_type)):
        missing = sorted({getattr(case, what) for case in cases} - {
            value for case in cases if known(value := getattr(case, what))
        })
        if missing:
            plural = "districts" if what == "district" else "crime_types"
            found.append(f"{new.id}: its force.toml lacks {plural}: {', '.join(missing)}")
    return found


def _closed_by_it(new: Force, cases: list[Any]) -> list[str]:
    lost = Counter(
        (case.district, case.crime_type) for case in cases
        if case.offered and not _answer_at(new, case)["offered"]
    )
    return [
        f"{count} cases of {crime_type} in {district} can be followed now and could not at "
        f"{new.id}: add a phase that opens them, or merge with --closing"
        for (district, crime_type), count in sorted(lost.items())
    ]


def _answer_at(new: Force, case: Any) -> dict[str, Any]:
    day = case.reported_at.astimezone(LONDON).date()
    answer = eligibility(new, case.district, case.crime_type, case.flags, day)
    return {"offered": answer.offered, "offered_reason": answer.reason}


# --- moving -----------------------------------------------------------------------------------


def _batches(old: Force, model: type[Any]) -> Iterator[list[dict[str, Any]]]:
    """The rows of one table with their secrets open, by id."""
    table, after = model.__table__, None
    columns = [column for column in table.columns if column.name != "force"]
    statement = sa.select(*columns).where(owned(model)).order_by(table.c.id).limit(MANY)
    onwards = statement.where(table.c.id > sa.bindparam("after", type_=sa.Uuid))
    while True:
        with force_scope(old.id):
            found = read(onwards, after=after) if after else read(statement)
            rows = [_changed(model, dict(row._mapping), old.id) for row in found]
        if rows:
            yield rows
        if len(rows) < MANY:
            return
        after = rows[-1]["id"]


def _secrets(model: type[Any]) -> list[str]:
    return [name for name, value in vars(model).items() if isinstance(value, Secret)]


def _changed(model: type[Any], row: dict[str, Any], old: str) -> dict[str, Any]:
    for name in _secrets(model):
        row[name] = unseal(model, name, row["id"], row.pop(f"{name}_sealed"))
    if "source" in row:
        row["source"] = source_at(row["source"], old)
    if model is Staff:
        row["record_id"] = staff_id_of(old, row["record_id"])
    return row


def _put(new: Force, model: type[Any], rows: list[dict[str, Any]]) -> None:
    """What is not there yet, sealed with the successor's key; committed."""
    there = sa.select(model.id).where(
        owned(model), model.id == sa.any_(sa.bindparam("ids", type_=sa.ARRAY(sa.Uuid)))
    )
    with force_scope(new.id):
        known = set(read(there, ids=[row["id"] for row in rows]).scalars())
        insert_many(model, [_sealed(model, row) for row in rows if row["id"] not in known])
        db.session.commit()


def _sealed(model: type[Any], row: dict[str, Any]) -> dict[str, Any]:
    if model is RecordEvent:
        row["digest"] = keys().mac("feed", (row["body"] or "").encode())
    for name in _secrets(model):
        row[f"{name}_sealed"] = seal(model, name, row["id"], row.pop(name))
    return row


def _judge_again(new: Force, cases: list[Any]) -> None:
    """By the successor's phases, as on any change of a case."""
    judged = [{"id": case.id, **_answer_at(new, case)} for case in cases]
    with force_scope(new.id):
        for start in range(0, len(judged), MANY):
            update_many(Case, judged[start : start + MANY])
        audit.write("forces_merged", cases=len(cases), role="successor")
        db.session.commit()


def _leave(old: Force, new: Force, cases: int) -> None:
    """Everything is there: it goes from here, all at once, but for the audit."""
    with force_scope(old.id):
        for table in reversed(Base.metadata.sorted_tables):
            model = next(m.class_ for m in Base.registry.mappers if m.local_table is table)
            if model in MOVED or model is PortalSession or _hangs_on_moved(table):
                db.session.execute(sa.delete(model))
        audit.write("forces_merged", cases=cases, role="absorbed")
        db.session.commit()


def _hangs_on_moved(table: sa.Table) -> bool:
    """Rows of others' tables that point at what moved: codes and attempts, which end with it."""
    names = {model.__tablename__ for model in MOVED}
    return any(key.column.table.name in names for key in table.foreign_keys)
