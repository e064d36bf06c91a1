"""The rows that one batch of record events works on: read together, changed in memory, written together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from uuid6 import uuid7

from core.base import clock
from core.base.email_address import comparable
from core.cases import unanswered, visits
from core.cases.known_ids import kept_ids
from core.cases.models import Access, Case, Contact, Entry, Message, Person, Staff
from core.cases.registers import Registers
from core.force.model import Force
from core.force.parts import OWN_SOURCE
from core.intake.tracked_row import TrackedRow
from core.storage.db import Query, delete_rows, insert_many, read, update_many
from core.storage.sealed import seal, unseal
from core.storage.walls import owned


class TrackedTable:
    """The rows of one table in a batch, by their natural key."""

    def __init__(self, model: type[Any], columns: Iterable[str], load: Query) -> None:
        self.model, self.columns, self.load_statement = model, tuple(columns), load
        self.rows: dict[Any, TrackedRow] = {}

    def load(self, ids: Mapping[str, str] | None = None, **keys: Any) -> None:
        """Read the rows of these keys that are not here yet; *ids*: kept id -> the id itself."""
        for row in read(self.load_statement, **keys):
            values = dict(row._mapping)
            parts = [values.pop(part) for part in ("key_a", "key_b") if part in values]
            parts[-1] = (ids or {}).get(parts[-1], parts[-1])
            key = tuple(parts) if len(parts) > 1 else parts[0]
            registers = Registers(unseal(
                self.model, "stamps", values["id"], values.pop("stamps_sealed", None)))
            # A row that this batch has at work stays: what is read now does not know of its changes.
            self.rows.setdefault(
                key, TrackedRow(self.model, values["id"], values, registers, new=False)
            )

    def get(self, key: Any) -> TrackedRow | None:
        return self.rows.get(key)

    def make(self, key: Any, **values: Any) -> TrackedRow:
        tracked = TrackedRow(self.model, uuid7(), values, Registers(), new=True)
        self.rows[key] = tracked
        return tracked

    def write(self) -> None:
        fresh = [d.sealed() for d in self.rows.values() if d.new]
        insert_many(self.model, [self._row(d) for d in fresh])
        for rows in self._changes().values():
            update_many(self.model, rows)
        for tracked in self.rows.values():
            tracked.new, tracked.changed = False, set()

    def _changes(self) -> dict[frozenset[str], list[dict[str, Any]]]:
        """The changed rows, those with the same changed columns together."""
        # Rows with the same columns go in one statement, however many they are.
        grouped: dict[frozenset[str], list[dict[str, Any]]] = {}
        for tracked in self.rows.values():
            if not tracked.new and tracked.sealed().changed:
                row = {name: tracked.values[name] for name in tracked.changed}
                alike = grouped.setdefault(frozenset(tracked.changed), [])
                alike.append({"id": tracked.id, **row, "stamps_sealed": tracked.stamps_sealed()})
        return grouped

    def _row(self, tracked: TrackedRow) -> dict[str, Any]:
        row = {name: tracked.values.get(name) for name in self.columns}
        return {**row, "id": tracked.id, "stamps_sealed": tracked.stamps_sealed()}


def _as_kept(ids: Iterable[str]) -> dict[str, str]:
    return {kept: one for one in ids for kept in kept_ids(one)}


def _columns(model: type[Any], *left_out: str) -> list[str]:
    skip = {"force", "id", "stamps_sealed", *left_out}
    return [c.name for c in model.__table__.columns if c.name not in skip]


def _list(name: str) -> Any:
    return sa.bindparam(name, type_=sa.ARRAY(sa.Text))


LOAD_CASES = sa.select(
    Case.reference_key.label("key_a"),
    Case.reference_key,
    Case.id,
    Case.crime_type,
    Case.district,
    Case.flags,
    Case.reported_at,
    Case.offered,
    Case.offered_reason,
    Case.stage,
    Case.staff_id,
    Case.latest_at,
    Case.crime_reference,
    Case.stamps_sealed,
    Case.unusable_sealed,
    Case.other_flags_sealed,
    Case.property_sealed,
    Case.level_news,
).where(owned(Case), Case.reference_key == sa.any_(_list("references")))
LOAD_PEOPLE = sa.select(
    Person.source.label("key_a"), Person.record_id.label("key_b"), Person.id, Person.stamps_sealed,
    Person.replaced_sealed, Person.unusable_sealed, Person.safe_contact_sealed,
).where(
    owned(Person),
    Person.source == sa.bindparam("source"),
    Person.record_id == sa.any_(_list("people")),
)
CONTACTS = sa.select(Person.id, Person.email_sealed, Person.phone_sealed).where(
    owned(Person), Person.id == sa.any_(sa.bindparam("people", type_=sa.ARRAY(sa.Uuid)))
)
LOAD_STAFF = sa.select(
    Staff.record_id.label("key_a"), Staff.id, Staff.unit_sealed, Staff.stamps_sealed
).where(
    owned(Staff), Staff.record_id == sa.any_(_list("staff"))
)
LOAD_ACCESS = sa.select(
    Access.case_id.label("key_a"), Access.person_id.label("key_b"), Access.id, Access.case_id,
    Access.person_id, Access.removed, Access.role, Access.shown_through, Access.stamps_sealed,
).where(owned(Access), Access.case_id == sa.any_(sa.bindparam("cases", type_=sa.ARRAY(sa.Uuid))))

PEOPLE_HERE = sa.select(
    sa.literal(OWN_SOURCE).label("key_a"), sa.cast(Person.id, sa.Text).label("key_b"), Person.id,
    Person.stamps_sealed, Person.replaced_sealed, Person.unusable_sealed, Person.email_sealed,
    Person.phone_sealed,
).where(owned(Person), Person.id == sa.any_(sa.bindparam("people", type_=sa.ARRAY(sa.Uuid))))
STAFF_HERE = sa.select(
    sa.cast(Staff.id, sa.Text).label("key_a"), Staff.id, Staff.unit_sealed, Staff.stamps_sealed,
).where(owned(Staff), Staff.id == sa.any_(sa.bindparam("staff", type_=sa.ARRAY(sa.Uuid))))

RECORDED_ENTRY = sa.select(Entry.id).where(
    owned(Entry), Entry.case_id == sa.bindparam("case_id"), Entry.kind == "recorded"
)


class Batch:
    """Everything one batch works on. ``source``: whose ids of people it speaks of; ``at``: when it came."""

    def __init__(self, source: str) -> None:
        self.source, self.at = source, clock.now()
        self.cases = TrackedTable(Case, _columns(Case), LOAD_CASES)
        self.people = TrackedTable(Person, _columns(Person), LOAD_PEOPLE)
        self.staff = TrackedTable(Staff, _columns(Staff), LOAD_STAFF)
        self.access = TrackedTable(Access, _columns(Access), LOAD_ACCESS)
        self.entries: list[dict[str, Any]] = []
        self.messages: list[dict[str, Any]] = []
        self.contacts: list[dict[str, Any]] = []
        self.retold: dict[UUID, dict[str, Any]] = {}  # entries that say something else now
        self.dropped: set[UUID] = set()  # entries that say nothing any more
        self.moved: dict[UUID, dict[str, Any]] = {}
        self.posts: list[Any] = []
        self.late_victims: set[UUID] = set()
        self.staff_moved: set[UUID] = set()  # those who are in another unit now
        self.offered_before: dict[UUID, bool] = {}  # as the cases were read
        self.officer_before: dict[UUID, UUID] = {}  # likewise, of those that had one
        self.answers: list[tuple[UUID, UUID | None, datetime]] = []  # as unanswered.settle has them
        self.replaced: list[tuple[UUID, str, str | None]] = []  # person, "email" or "phone", the old one
        self._seen: tuple[set[str], set[str], set[str]] = (set(), set(), set())

    def load(self, references: set[str], people: set[str], staff: set[str]) -> None:
        """Read what these events name and is not here yet."""
        wanted = tuple(
            now - seen for now, seen in zip((references, people, staff), self._seen, strict=True)
        )
        for seen, more in zip(self._seen, wanted, strict=True):
            seen |= more
        if wanted[0]:
            before = {d.id for d in self.cases.rows.values()}
            self.cases.load(references=list(wanted[0]))
            fresh = [d for d in self.cases.rows.values() if d.id not in before]
            if fresh:
                self.offered_before |= {d.id: d.values["offered"] for d in fresh}
                self.officer_before |= {
                    d.id: d.values["staff_id"] for d in fresh if d.values["staff_id"]}
                self.access.load(cases=[d.id for d in fresh])
        if wanted[1]:
            self._load_people(wanted[1])
        if wanted[2]:
            self._load_staff(wanted[2])

    def _load_people(self, named: set[str]) -> None:
        ids = _as_kept(named)
        self.people.load(ids, source=self.source, people=list(ids))

    def _load_staff(self, named: set[str]) -> None:
        ids = _as_kept(named)
        self.staff.load(ids, staff=list(ids))

    def move_recorded_entry(self, case_id: UUID, values: dict[str, Any]) -> None:
        """Earlier news of the recording came later: its entry moves to its place."""
        stamp = values.pop("stamp")
        for row in self.entries:
            if row["case_id"] == case_id and row["kind"] == "recorded":
                row.update(values, stamp_sealed=seal(Entry, "stamp", row["id"], stamp))
                return
        row_id = read(RECORDED_ENTRY, case_id=case_id).scalar_one()
        self.moved[row_id] = {**values, "stamp_sealed": seal(Entry, "stamp", row_id, stamp)}

    def change_entry(self, row_id: UUID, values: dict[str, Any]) -> None:
        """An entry, of this batch or of before, says something else now; *values* names the same columns
        for each."""
        here = next((row for row in self.entries if row["id"] == row_id), None)
        if here:
            here.update(values)
        else:
            self.retold[row_id] = values

    def drop_entry(self, row_id: UUID) -> None:
        """An entry says nothing any more that was not known."""
        kept = [row for row in self.entries if row["id"] != row_id]
        if len(kept) == len(self.entries):
            self.dropped.add(row_id)
        self.retold.pop(row_id, None)
        self.entries = kept

    def remove(self, access: TrackedRow, removed: bool, stamp: str) -> None:
        """Whether this access is removed, by news of *stamp*, and since when that is known here: news that
        says it again moves nothing."""
        was = access.values["removed"]
        if access.put("removed", removed, stamp) and removed != was:
            access.force("removed_at", self.at if removed else None)

    def write(self) -> None:
        for table in (self.staff, self.cases, self.people, self.access):
            table.write()
        insert_many(Entry, self.entries)
        update_many(Entry, [{"id": row_id, **values} for row_id, values in self.moved.items()])
        update_many(Entry, [{"id": row_id, **values} for row_id, values in self.retold.items()])
        insert_many(Message, self.messages)
        insert_many(Contact, self.contacts)
        unanswered.settle(self.answers)
        self.entries, self.messages, self.moved, self.answers = [], [], {}, []
        self.contacts, self.retold = [], {}

    def end_what_is_over(self) -> None:
        """Before it is written: sessions that an old contact opened, entries that say nothing any more."""
        self._end_sessions()
        if self.dropped:
            delete_rows(Entry, self.dropped)
        self.dropped = set()

    def _end_sessions(self) -> None:
        """Another email or phone on the record ends what was opened through the
        old one."""
        told = {
            d.id: d for d in self.people.rows.values()
            if not d.new and d.to_seal & {"email", "phone"}
        }
        for row in read(CONTACTS, people=list(told)) if told else ():
            for name in sorted(told[row.id].to_seal & {"email", "phone"}):
                old = unseal(Person, name, row.id, getattr(row, f"{name}_sealed"))
                new = told[row.id].texts[name]
                if old != new and (name == "phone" or comparable(old) != comparable(new)):
                    visits.end_all(person_id=row.id)
                    self.replaced.append((row.id, name, old))


class DeskBatch(Batch):
    """Of what officers write here: the desk's ids of people and officers are those of their rows."""

    def __init__(self) -> None:
        super().__init__(OWN_SOURCE)
        self.people.load_statement, self.staff.load_statement = PEOPLE_HERE, STAFF_HERE

    def _load_people(self, named: set[str]) -> None:
        self.people.load(people=[UUID(one) for one in named])

    def _load_staff(self, named: set[str]) -> None:
        self.staff.load(staff=[UUID(one) for one in named])


def batch_of(force: Force, source: str) -> Batch:
    """An empty batch for news of *source*."""
    return DeskBatch() if source == OWN_SOURCE else Batch(force.ids_of(source))
