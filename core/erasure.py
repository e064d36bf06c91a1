"""Taking away for good: a case with all that hangs on it, or everything of a force.

What goes is found by walking the keys between the tables, plugins' tables too. The audit stays: it
holds ids only. A case that was erased on purpose leaves a keyed hash of its reference behind, so
that a record event does not bring it back.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column
from uuid6 import uuid7

from core import audit, clock, crypto
from core.auditing.chain import AuditHead, AuditLink
from core.db import Base, ForceOwned, db, insert_many, lock, owned, read
from core.force import Force
from core.models import Access, AuditEntry, Case, Moment, Person, RecordEvent
from core.record_events.known_ids import kept_hashes
from core.record_events.store import Incoming, Result
from core.sealing.force_keys import PURPOSES
from core.sealing.key_files import ALWAYS
from core.sealing.keyring import ERASED, ForceKey, keys, look

MANY = 1000
IDS = sa.bindparam("ids", type_=sa.ARRAY(sa.Uuid))
STAYS: tuple[type[Any], ...] = (AuditEntry, AuditLink, AuditHead, ForceKey)
Done = Callable[[int], object]


class ErasedCase(ForceOwned, Base):
    """A case that must not come back: a keyed hash of its reference, and nothing else of it."""

    __tablename__ = "erased_case"
    reference_hash: Mapped[bytes] = mapped_column(sa.LargeBinary)
    erased_at: Mapped[datetime] = mapped_column(Moment)
    __table_args__ = (sa.UniqueConstraint("reference_hash", "force"),)


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
ERASED_AMONG = sa.select(ErasedCase.reference_hash).where(
    owned(ErasedCase),
    ErasedCase.reference_hash == sa.any_(sa.bindparam("hashes", type_=sa.ARRAY(sa.LargeBinary))),
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
        "id": uuid7(), "reference_hash": keys().mac("lookup", key.encode()), "erased_at": clock.now(),
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


def delete_rows(model: Any, ids: Iterable[UUID]) -> int:
    """Rows of the force in scope by their ids; how many there were. The caller commits."""
    count, left = 0, sorted(ids)
    for start in range(0, len(left), MANY):
        part = sa.literal(left[start : start + MANY], sa.ARRAY(sa.Uuid))
        done: Any = db.session.execute(sa.delete(model).where(model.id == sa.any_(part)))
        count += done.rowcount
    return count


# --- what was erased does not come back ---------------------------------------------------------


def without_erased(
    force: Force, incoming: list[tuple[int, Incoming]], results: list[Result | None]
) -> list[tuple[int, Incoming]]:
    """Answer events of erased cases at once; nothing of them is kept."""
    hashes = {place: _hashes(force, item.event.subject) for place, item in incoming}
    flat = sorted({one for many in hashes.values() for one in many})
    erased = set(read(ERASED_AMONG, hashes=flat).scalars()) if flat else set()
    if not erased:
        return incoming
    for place, item in incoming:
        if erased & hashes[place]:
            results[place] = Result(
                item.event.id, "rejected",
                "this case was erased here for good: nothing of it is taken in", "/subject")
    return [(place, item) for place, item in incoming if results[place] is None]


def _hashes(force: Force, subject: str) -> set[bytes]:
    return set(keys().macs("lookup", force.normalise_reference(subject).encode()))


def keep_open(references: Iterable[str]) -> int:
    """Cases that are here (keys of their references) are not held to be erased; how many were.

    After a merger: the absorbed force had erased a case of the same reference. The caller commits.
    """
    count, left = 0, list(references)
    for start in range(0, len(left), MANY):
        hashes = {one for key in left[start : start + MANY] for one in keys().macs("lookup", key.encode())}
        known = sa.select(ErasedCase.id).where(ErasedCase.reference_hash.in_(hashes))
        count += delete_rows(ErasedCase, db.session.scalars(known).all())
    return count


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
        purpose=ERASED, key_id=crypto.new_key_id(), wrapped=b"", made_at=clock.now(), starts_at=ALWAYS
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
        statement = sa.select(table.c.id).where(owned(table)).limit(MANY)
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
