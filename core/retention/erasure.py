"""Taking away for good: a case with all that hangs on it, or everything of a force.

What goes is found by walking the keys between the tables, plugins' tables too. The audit stays: it
holds ids only. A case that was erased on purpose leaves a keyed hash of its reference behind, so
that a record event does not bring it back.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
from uuid6 import uuid7

from core import audit
from core.audit.models import AuditEntry, AuditHead, AuditLink
from core.base import clock
from core.cases.known_ids import kept_hashes
from core.cases.models import Access, Case, Person
from core.force.model import Force
from core.intake.erased import ErasedCase
from core.intake.models import RecordEvent
from core.storage import ciphers
from core.storage.db import DELETED_AT_ONCE, db, delete_rows, insert_many, lock, read
from core.storage.keys.keyring import ERASED, ForceKey, force_keys, look
from core.storage.keys.master_key import ALWAYS
from core.storage.keys.purposes import PURPOSES
from core.storage.row_guard import Base
from core.storage.walls import owned

IDS = sa.bindparam("ids", type_=sa.ARRAY(sa.Uuid))
STAYS: tuple[type[Any], ...] = (AuditEntry, AuditLink, AuditHead, ForceKey)
Done = Callable[[int], object]


CASE = sa.select(Case.id).where(owned(Case), Case.reference_key == sa.bindparam("reference"))
EVENTS = sa.select(RecordEvent.id).where(
    owned(RecordEvent), RecordEvent.subject_key == sa.any_(
        sa.bindparam("references", type_=sa.ARRAY(sa.Text)))
)
REFERENCES = sa.select(Case.reference_key).where(owned(Case), Case.id == sa.any_(IDS))
ON_THESE = sa.select(Access.person_id).where(owned(Access), Access.case_id == sa.any_(IDS))
ELSEWHERE = sa.select(Access.person_id).where(
    owned(Access), Access.case_id != sa.all_(IDS),
    Access.person_id == sa.any_(sa.bindparam("people", type_=sa.ARRAY(sa.Uuid))),
)


# --- a case ---------------------------------------------------------------------------------


def erase_case(force: Force, reference: str) -> Counter[str] | None:
    """Everything of the case with this reference, for good; how many rows of each table went.

    None when there is nothing of it. The caller commits.
    """
    lock("intake")
    key = force.normalise_reference(reference)
    known_as = [key, *kept_hashes(key)]
    cases = list(read(CASE, reference=key).scalars())
    if not cases and not read(EVENTS, references=known_as).first():
        return None
    gone = remove_cases(cases, references=known_as)
    insert_many(ErasedCase, [{
        "id": uuid7(), "reference_hash": force_keys().mac("lookup", key.encode()), "erased_at": clock.now(),
    }], skip_existing=("reference_hash",))
    audit.write("case_erased", case_id=next(iter(cases), None), rows=dict(gone))
    return gone


def remove_cases(cases: Sequence[UUID], references: Iterable[str] = ()) -> Counter[str]:
    """Cases, their record events, all that hangs on either, and people who are on no other case."""
    known = {*references, *read(REFERENCES, ids=list(cases)).scalars()}
    goes: dict[sa.Table, set[UUID]] = defaultdict(set)
    goes[_table(Case)] |= set(cases)
    goes[_table(Person)] |= _only_on(list(cases))
    goes[_table(RecordEvent)] |= set(read(EVENTS, references=list(known)).scalars())
    for table in Base.metadata.sorted_tables:
        if table not in {_table(model) for model in STAYS}:
            for column, parent in points_at(table):
                if goes[parent]:
                    goes[table] |= set(read(_pointing(column), ids=list(goes[parent])).scalars())
    gone: Counter[str] = Counter()
    for table in reversed(Base.metadata.sorted_tables):
        if goes[table]:
            gone[table.name] += delete_rows(_model(table), goes[table])
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


# --- what was erased does not come back ---------------------------------------------------------


# --- a force ----------------------------------------------------------------------------------


def destroy_keys() -> int:
    """From now on nobody can open what the force in scope has; commits. How many keys went.

    Those of the audit stay, so that it can still be verified.
    """
    lock("keys")
    done: Any = db.session.execute(sa.delete(ForceKey).where(
        ForceKey.purpose.not_in([one.name for one in PURPOSES.values() if one.group == "audit"])
    ))
    db.session.add(ForceKey(
        purpose=ERASED, key_id=ciphers.new_key_id(), wrapped=b"", made_at=clock.now(), starts_at=ALWAYS
    ))
    db.session.flush()  # a look at the keys that comes now must not take the gone ones for missing
    audit.write("keys_ended", purposes=["all but audit"])
    db.session.commit()
    look()
    return int(done.rowcount)


def erase_force(done: Done) -> Counter[str]:
    """Everything of the force in scope, its keys first; commits. May be cut off and run again."""
    if not look().erased:
        destroy_keys()
    gone: Counter[str] = Counter()
    for table in reversed(Base.metadata.sorted_tables):
        if table in {_table(model) for model in STAYS}:
            continue
        statement = sa.select(table.c.id).where(owned(table)).limit(DELETED_AT_ONCE)
        while ids := list(read(statement).scalars()):
            gone[table.name] += delete_rows(_model(table), ids)
            db.session.commit()
            done(len(ids))
    audit.write("force_erased", rows=dict(gone))
    db.session.commit()
    return gone


def _table(model: Any) -> sa.Table:
    return cast(sa.Table, model.__table__)


def _model(table: sa.Table) -> Any:
    return next(m.class_ for m in Base.registry.mappers if m.local_table is table)
