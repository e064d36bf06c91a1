"""One row of a batch: columns and sealed texts as the news leaves them, and which news set which field."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from core.base.fields import SEPARATOR
from core.cases.models import Case
from core.cases.registers import Registers
from core.force.vocabulary import FLAGS
from core.storage.sealed import seal, secrets_of, unseal

OTHER_FLAG = "other"  # on no list, so a case with it asks for care


@dataclass
class TrackedRow:
    """A row that is being made or changed: its column values, and which news set which field.

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

    def sealed(self) -> TrackedRow:
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
