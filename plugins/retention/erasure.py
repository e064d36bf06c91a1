"""Taking away for good: a case with all that hangs on it, or everything of a force.

What goes is found by walking the keys between the tables, plugins' tables too. The audit stays: it
holds ids only. A case that was erased on purpose leaves a keyed hash of its reference behind, so
that a record event does not bring it back.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa

from core import audit
from core.cases import Access, Case, Person, kept_hashes
from core.force import Force
from core.intake import RecordEvent, erased
from core.storage import delete_rows, key_ends, lock, owned, owned_models, read
from plugins.retention.audit_actions import RetentionAction

MANY = 1000  # rows of a table in one transaction
IDS = sa.bindparam("ids", type_=sa.ARRAY(sa.Uuid))
CASE = sa.select(Case.id).where(owned(Case), Case.reference_key == sa.bindparam("reference"))
EVENTS = sa.select(RecordEvent.id).where(
    owned(RecordEvent), RecordEvent.subject_key == sa.any_(
        sa.bindparam("references", type_=sa.ARRAY(sa.Text)))
)
REFERENCES = sa.select(Case.reference_key).where(owned(Case), Case.id == sa.any_(IDS))
ON_THESE = sa.select(Access.person_id).where(owned(Access), Access.case_id == sa.any_(IDS))
ELSEWHERE = sa.select(Access.person_id).where(
    # `not in`, for ids that come as one value.
    owned(Access), Access.case_id != sa.all_(IDS),
    Access.person_id == sa.any_(sa.bindparam("people", type_=sa.ARRAY(sa.Uuid))),
)


# --- a case ---------------------------------------------------------------------------------


def erase_case(force: Force, reference: str) -> Counter[str] | None:
    """Everything of the case with this reference, for good; how many rows of each table went.

    None when there is nothing of it. The caller commits.
    """
    # News that is taken in meanwhile would leave rows of what has just gone.
    lock("intake")
    key = force.normalise_reference(reference)
    # What may be anything but a reference is kept as a hash, under whichever key there was.
    known_as = [key, *kept_hashes(key)]
    cases = list(read(CASE, reference=key).scalars())
    if not cases and not read(EVENTS, references=known_as).first():
        return None
    gone = remove_cases(cases, references=known_as)
    erased.keep_out(key)
    audit.write(RetentionAction.CASE_ERASED, case_id=next(iter(cases), None), rows=dict(gone))
    return gone


def remove_cases(cases: Sequence[UUID], references: Iterable[str] = ()) -> Counter[str]:
    """Cases, their record events, all that hangs on either, and people who are on no other case."""
    known = {*references, *read(REFERENCES, ids=list(cases)).scalars()}
    goes: dict[sa.Table, set[UUID]] = defaultdict(set)
    goes[_table(Case)] |= set(cases)
    goes[_table(Person)] |= _only_on(list(cases))
    goes[_table(RecordEvent)] |= set(read(EVENTS, references=list(known)).scalars())
    erasable = _erasable()
    # Those that others point at first: what hangs on a row that hangs on the case is found as well.
    for model in erasable:
        for column, parent in points_at(_table(model)):
            if goes[parent]:
                goes[_table(model)] |= set(read(_pointing(column), ids=list(goes[parent])).scalars())
    gone: Counter[str] = Counter()
    # From the other end: no row goes while another has a key to it.
    for model in reversed(erasable):
        if goes[_table(model)]:
            gone[model.__tablename__] += delete_rows(model, goes[_table(model)])
    return gone


def _only_on(cases: list[UUID]) -> set[UUID]:
    """People who are on these cases and on no other."""
    people = set(read(ON_THESE, ids=cases).scalars())
    return people - set(read(ELSEWHERE, ids=cases, people=list(people)).scalars())


def points_at(table: sa.Table) -> list[tuple[Any, sa.Table]]:
    """The columns that name a row of another table, by a key or by what they are called."""
    by_key = [
        (element.parent, element.column.table)
        for constraint in table.foreign_key_constraints for element in constraint.elements
        if element.parent.name != "force" and element.column.table is not table
    ]
    # A table may hold an id without a key to its row; what is called so counts as one.
    named = {"case_id": _table(Case), "person_id": _table(Person)}
    known = {column.name for column, _ in by_key}
    return by_key + [
        (table.c[name], parent) for name, parent in named.items()
        if name in table.c and name not in known
    ]


_pointing_at: dict[Any, Any] = {}


def _pointing(column: Any) -> Any:
    if column not in _pointing_at:
        table = column.table
        _pointing_at[column] = sa.select(table.c.id).where(owned(table), column == sa.any_(IDS))
    return _pointing_at[column]


# --- a force ----------------------------------------------------------------------------------


def erase_force() -> Iterator[Counter[str]]:
    """Everything of the force in scope, its keys first, part by part; how many rows each part took.

    Whoever goes through them commits after each. May be cut off and run again.
    """
    if not key_ends.are_destroyed():
        key_ends.destroy_keys(audit.write)
        yield Counter()
        key_ends.are_destroyed()  # so that this process lets go of them
    gone: Counter[str] = Counter()
    for model in reversed(_erasable()):
        statement = sa.select(model.id).where(owned(model)).limit(MANY)
        while ids := list(read(statement).scalars()):
            part = Counter({str(model.__tablename__): delete_rows(model, ids)})
            gone += part
            yield part
    audit.write(RetentionAction.FORCE_ERASED, rows=dict(gone))
    yield Counter()


def _erasable() -> list[type[Any]]:
    """The models whose rows go, those that others point at first."""
    return [one for one in owned_models() if one.__at_erasure__ == "goes"]


def _table(model: Any) -> sa.Table:
    return cast(sa.Table, model.__table__)
