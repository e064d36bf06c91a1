"""The rows that one batch of record events works on: read together, changed in memory, written together."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from uuid6 import uuid7

from core.base.email_address import comparable
from core.base.fields import SEPARATOR
from core.cases import unanswered, visits
from core.cases.known_ids import kept_ids
from core.cases.models import Access, Case, Entry, Message, Person, Staff
from core.cases.registers import Registers
from core.force.vocabulary import FLAGS
from core.storage.db import Query, insert_many, read, update_many
from core.storage.sealed import seal, secrets_of, unseal
from core.storage.walls import owned

OTHER_FLAG = "other"  # on no list, so a case with it asks for care


@dataclass
class Draft:
    """One row in the making: its column values, and which news set which field.

    Encrypted fields are in the open in ``texts`` as they are read or set, and sealed when the row is
    written: a batch may set one many times.
    """

    model: type[Any]
    id: UUID
    values: dict[str, Any]
    registers: Registers
    new: bool
    changed: set[str] = field(default_factory=set)  # names of columns
    texts: dict[str, str | None] = field(default_factory=dict)
    to_seal: set[str] = field(default_factory=set)  # those of ``texts`` that were set

    def put(self, name: str, value: Any, stamp: str) -> bool:
        """Set *name* unless newer news already did."""
        if not self.registers.wins(name, stamp):
            return False
        self.force(name, value)
        return True

    def force(self, name: str, value: Any) -> None:
        if name in secrets_of(self.model):
            self.texts[name] = value
            self.to_seal.add(name)
        else:
            self.values[name] = value
            self.changed.add(name)

    def opened(self, name: str) -> str | None:
        """The encrypted field *name*, as it is now."""
        if name not in self.texts:
            self.texts[name] = unseal(self.model, name, self.id, self.values.get(f"{name}_sealed"))
        return self.texts[name]

    def sealed(self) -> Draft:
        """Itself, with what was set of its encrypted fields in their columns."""
        for name in self.to_seal:
            columns = secrets_of(self.model)[name].values(self.model, self.id, self.texts[name])
            self.values |= columns
            self.changed |= columns.keys()
        self.to_seal = set()
        return self

    def stamps_sealed(self) -> bytes | None:
        return seal(self.model, "stamps", self.id, self.registers.stored())

    def put_flags(self, told: Collection[str], stamp: str) -> None:
        """The flags of a case, unless newer news already said them; as ids of the shared list."""
        if self.registers.wins("flags", stamp):
            self.set_flags(told)

    def set_flags(self, told: Collection[str]) -> None:
        others = sorted(flag for flag in told if flag not in FLAGS)
        known = {flag for flag in told if flag in FLAGS} | ({OTHER_FLAG} if others else set())
        self.force("flags", sorted(known))
        self.force("other_flags", json.dumps(others) if others else None)

    def flags(self) -> set[str]:
        """As they were told, those not on the shared list too."""
        return set(_all_flags(self.values["flags"], self.opened("other_flags")))

    def note_unusable(
        self, said: Collection[str], left_out: Mapping[str, str], stamp: str
    ) -> None:
        """Keep for staff which details of this news could not be used, and forget older such notes
        of fields that it said well."""
        known = _left_out(self.opened("unusable"))
        if not known and not left_out:
            return
        kept = {
            name: [why, noted] for name, (why, noted) in known.items()
            if name.partition("/")[0] not in said or SEPARATOR.join(noted) > stamp
        }
        for name, why in left_out.items():
            noted = SEPARATOR.join(kept[name][1]) if name in kept else ""
            if stamp >= max(*map(self.registers.stamp, _registers_of(name)), noted):
                kept[name] = [why, stamp.split(SEPARATOR)]
        if kept != known:
            self.force("unusable", json.dumps(kept) if kept else None)


def flags_of(case_id: UUID, flags: Collection[str], other_sealed: bytes | None) -> list[str]:
    """All flags of a case, sorted: those of the shared list by id, others as they were sent."""
    return _all_flags(flags, unseal(Case, "other_flags", case_id, other_sealed))


def _all_flags(flags: Collection[str], other: str | None) -> list[str]:
    others = json.loads(other or "[]")
    return sorted({*flags, *others} - {OTHER_FLAG if others else ""})


def unusable_of(model: type[Any], row: UUID, sealed: bytes | None) -> dict[str, list[Any]]:
    """The details of a case or person that were left out: {field: [why, parts of the stamp]}."""
    return _left_out(unseal(model, "unusable", row, sealed))


def _left_out(kept: str | None) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = json.loads(kept) if kept else {}
    return found


def _registers_of(detail: str) -> tuple[str, ...]:
    """Which fields of the row newer news had set if it said this *detail* well."""
    whole, _, part = detail.partition("/")
    if whole == "name":
        return (part or "given", part or "family")
    return (detail, {"officer": "staff_id"}.get(whole, whole))


class Shelf:
    """The drafts of one table in a batch, by their natural key."""

    def __init__(self, model: type[Any], columns: Iterable[str], load: Query) -> None:
        self.model, self.columns, self.load_statement = model, tuple(columns), load
        self.drafts: dict[Any, Draft] = {}

    def load(self, ids: Mapping[str, str] | None = None, **keys: Any) -> None:
        """Read the rows of these keys that are not here yet; *ids*: kept id -> the id itself."""
        for row in read(self.load_statement, **keys):
            values = dict(row._mapping)
            parts = [values.pop(part) for part in ("key_a", "key_b") if part in values]
            parts[-1] = (ids or {}).get(parts[-1], parts[-1])
            key = tuple(parts) if len(parts) > 1 else parts[0]
            registers = Registers(unseal(
                self.model, "stamps", values["id"], values.pop("stamps_sealed", None)))
            self.drafts.setdefault(
                key, Draft(self.model, values["id"], values, registers, new=False)
            )

    def get(self, key: Any) -> Draft | None:
        return self.drafts.get(key)

    def make(self, key: Any, **values: Any) -> Draft:
        draft = Draft(self.model, uuid7(), values, Registers(), new=True)
        self.drafts[key] = draft
        return draft

    def write(self) -> None:
        fresh = [d.sealed() for d in self.drafts.values() if d.new]
        insert_many(self.model, [self._row(d) for d in fresh])
        for rows in self._changes().values():
            update_many(self.model, rows)
        for draft in self.drafts.values():
            draft.new, draft.changed = False, set()

    def _changes(self) -> dict[frozenset[str], list[dict[str, Any]]]:
        """The changed rows, those with the same changed columns together."""
        grouped: dict[frozenset[str], list[dict[str, Any]]] = {}
        for draft in self.drafts.values():
            if not draft.new and draft.sealed().changed:
                row = {name: draft.values[name] for name in draft.changed}
                alike = grouped.setdefault(frozenset(draft.changed), [])
                alike.append({"id": draft.id, **row, "stamps_sealed": draft.stamps_sealed()})
        return grouped

    def _row(self, draft: Draft) -> dict[str, Any]:
        row = {name: draft.values.get(name) for name in self.columns}
        return {**row, "id": draft.id, "stamps_sealed": draft.stamps_sealed()}


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
    Case.next_update_by,
    Case.staff_id,
    Case.latest_at,
    Case.crime_reference,
    Case.stamps_sealed,
    Case.unusable_sealed,
    Case.other_flags_sealed,
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

RECORDED_ENTRY = sa.select(Entry.id).where(
    owned(Entry), Entry.case_id == sa.bindparam("case_id"), Entry.kind == "recorded"
)


class Book:
    """Everything one batch works on. ``source``: whose ids of people it speaks of."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.cases = Shelf(Case, _columns(Case), LOAD_CASES)
        self.people = Shelf(Person, _columns(Person), LOAD_PEOPLE)
        self.staff = Shelf(Staff, _columns(Staff), LOAD_STAFF)
        self.access = Shelf(Access, _columns(Access), LOAD_ACCESS)
        self.entries: list[dict[str, Any]] = []
        self.messages: list[dict[str, Any]] = []
        self.moved: dict[UUID, dict[str, Any]] = {}
        self.posts: list[Any] = []
        self.late_victims: set[UUID] = set()
        self.staff_moved: set[UUID] = set()  # those who are in another unit now
        self.tried: set[UUID] = set()
        self.looked_for: set[str] = set()
        self.other_sources: set[str] = set()
        self.offered_before: dict[UUID, bool] = {}  # as the cases were read
        self.officer_before: dict[UUID, UUID] = {}  # likewise, of those that had one
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
            before = {d.id for d in self.cases.drafts.values()}
            self.cases.load(references=list(wanted[0]))
            fresh = [d for d in self.cases.drafts.values() if d.id not in before]
            if fresh:
                self.offered_before |= {d.id: d.values["offered"] for d in fresh}
                self.officer_before |= {
                    d.id: d.values["staff_id"] for d in fresh if d.values["staff_id"]}
                self.access.load(cases=[d.id for d in fresh])
        if wanted[1]:
            ids = _as_kept(wanted[1])
            self.people.load(ids, source=self.source, people=list(ids))
        if wanted[2]:
            ids = _as_kept(wanted[2])
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

    def write(self) -> None:
        for shelf in (self.staff, self.cases, self.people, self.access):
            shelf.write()
        insert_many(Entry, self.entries)
        update_many(Entry, [{"id": row_id, **values} for row_id, values in self.moved.items()])
        insert_many(Message, self.messages)
        unanswered.settle([
            (one["case_id"], one["person_id"], one["sent_at"]) for one in self.messages])
        self.entries, self.messages, self.moved = [], [], {}

    def end_sessions(self) -> None:
        """Before it is written: another email or phone on the record ends what was opened through the
        old one."""
        told = {
            d.id: d for d in self.people.drafts.values()
            if not d.new and d.to_seal & {"email", "phone"}
        }
        for row in read(CONTACTS, people=list(told)) if told else ():
            for name in sorted(told[row.id].to_seal & {"email", "phone"}):
                old = unseal(Person, name, row.id, getattr(row, f"{name}_sealed"))
                new = told[row.id].texts[name]
                if old != new and (name == "phone" or comparable(old) != comparable(new)):
                    visits.end_all(person_id=row.id)
                    self.replaced.append((row.id, name, old))
