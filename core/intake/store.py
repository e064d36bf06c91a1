"""Record events as they are stored: recognised, kept, found again."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from uuid6 import uuid7

from core.base import clock
from core.base.fields import SEPARATOR
from core.cases.known_ids import kept_hashes
from core.cases.models import Message
from core.force.model import Force
from core.hookspecs import Event
from core.intake.models import RecordEvent
from core.intake.reading import out_of_place, read_envelope
from core.intake.shapes import TYPES, LeftOut
from core.plugin_host.host import installed
from core.storage.db import insert_many, read
from core.storage.keys.keyring import force_keys
from core.storage.sealed import seal, unseal
from core.storage.walls import owned

LONGEST_REFERENCE = 40
LONG_WORD = re.compile(r"[^\W\d_]{6}")  # in a reference of another shape than the force's: perhaps a name


@dataclass(frozen=True)
class Result:
    """What became of one event.

    ``status``: ``accepted``, ``repeated``, ``parked``, ``conflict`` or ``rejected`` (docs/record-feed.md);
    ``detail``: why, in words; ``pointer``: JSON pointer to what is wrong; ``offered``: for an
    accepted event, whether people can open its case.
    """

    id: str | None
    status: str
    detail: str | None = None
    pointer: str | None = None
    offered: bool | None = None


@dataclass
class Incoming:
    """One event on its way in."""

    event: Event
    digest: bytes
    body: str
    row_id: UUID
    announce: bool
    status: str = "accepted"
    reason: str | None = None
    pointer: str | None = None
    stored: bool = False
    left_out: tuple[LeftOut, ...] = ()
    beside: str | None = None  # JSON pointer to a word of safety beside `data`

    @property
    def whole(self) -> Event:
        """With what stands beside ``data``, where people may have been put by mistake."""
        beside = {k: v for k, v in json.loads(self.body).items() if k not in Event.model_fields}
        return self.event.model_copy(update={"data": {**self.event.data, "": beside}})

    @property
    def key(self) -> tuple[str, str]:
        return self.event.source, self.event.id

    @property
    def key_text(self) -> bytes:
        return SEPARATOR.join(self.key).encode()


_these = RecordEvent.event_key == sa.any_(sa.bindparam("keys", type_=sa.ARRAY(sa.LargeBinary)))
KNOWN = sa.select(RecordEvent.event_key, RecordEvent.digest).where(
    owned(RecordEvent), RecordEvent.source == sa.bindparam("source"),
    RecordEvent.status != "conflict", _these,
)
_parked_columns = (
    RecordEvent.id, RecordEvent.source, RecordEvent.body_sealed, RecordEvent.digest,
    RecordEvent.announce, RecordEvent.subject_key,
)
PARKED = sa.select(*_parked_columns).where(
    owned(RecordEvent), RecordEvent.status == "parked"
).order_by(RecordEvent.happened_at, RecordEvent.id)
PARKED_OF = PARKED.where(RecordEvent.source == sa.bindparam("source"))
SOURCES_OF_PARKED = (
    sa.select(RecordEvent.source).where(owned(RecordEvent), RecordEvent.status == "parked")
    .distinct().order_by(RecordEvent.source)
)
KEPT = sa.select(RecordEvent.event_key, RecordEvent.digest).where(
    owned(RecordEvent), RecordEvent.source == sa.bindparam("source"),
    RecordEvent.status == "conflict", _these,
)
PARKED_FOR = PARKED.where(
    RecordEvent.subject_key == sa.any_(sa.bindparam("subjects", type_=sa.ARRAY(sa.Text)))
)


def incoming_event(event: Event, value: Any, announce: bool) -> Incoming:
    body = json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    beside = _beside(value)
    return Incoming(event, force_keys().mac("feed", body.encode()), body, uuid7(), announce, beside=beside)


def _beside(value: dict[str, Any]) -> str | None:
    unknown = {name: value[name] for name in sorted(value.keys() - Event.model_fields.keys())}
    return next((pointer for _, pointer, _ in out_of_place(None, unknown, "")), None)


def revived(row: Any) -> Incoming:
    body = unseal(RecordEvent, "body", row.id, row.body_sealed) or "{}"
    value = json.loads(body)
    return Incoming(read_envelope(value), row.digest, body, row.id, row.announce, stored=True,
                    beside=_beside(value))


def without_repeats(
    source: str, incoming: list[tuple[int, Incoming]], results: list[Result | None]
) -> list[tuple[int, Incoming]]:
    """Answer repeats and conflicts at once; a conflict is kept for review."""
    keyed = _by_key([item for _, item in incoming])
    known = {keyed[r.event_key]: r.digest for r in read(KNOWN, source=source, keys=list(keyed))}
    fresh, conflicts = [], []
    for place, item in incoming:
        first = known.setdefault(item.key, item.digest)
        if first is item.digest:
            fresh.append((place, item))
        elif force_keys().fits("feed", item.body.encode(), first):
            results[place] = Result(item.event.id, "repeated")
        else:
            item.status, item.reason = (
                "conflict",
                "same source and id as an earlier event, other content",
            )
            conflicts.append(item)
            results[place] = Result(item.event.id, "conflict", item.reason)
    if conflicts:
        _keep(source, conflicts)
    return fresh


def _keep(source: str, conflicts: list[Incoming]) -> None:
    """Each conflicting content once, however often it is sent."""
    keyed = _by_key(conflicts)
    kept = {
        (*keyed[row.event_key], row.digest)
        for row in read(KEPT, source=source, keys=list(keyed))
    }
    new = {(*item.key, item.digest): item for item in conflicts}
    force = installed().force
    insert_many(RecordEvent, [
        stored_row(force, source, item) for item in new.values()
        if not any((*item.key, mac) in kept for mac in force_keys().macs("feed", item.body.encode()))
    ])


def _by_key(items: list[Incoming]) -> dict[bytes, tuple[str, str]]:
    """What each may be stored as, under present and former keys -> (source, id)."""
    return {mac: item.key for item in items for mac in force_keys().macs("lookup", item.key_text)}


def subject_key(force: Force, subject: str) -> str:
    """What all news of one crime have in common; hashed where it may be anything but a reference."""
    key = force.normalise_reference(subject)
    return key if is_reference(force, subject) else kept_hashes(key)[0]


def is_reference(force: Force, subject: str) -> bool:
    """Whether it is of the force's shape, or at least like the references of some force."""
    return force.looks_like_reference(subject) or bool(
        len(subject) <= LONGEST_REFERENCE and re.search(r"\d", subject)
        and not LONG_WORD.search(subject)
    )


def stored_row(force: Force, source: str, item: Incoming) -> dict[str, Any]:
    return {
        "id": item.row_id, "source": source,
        "event_key": force_keys().mac("lookup", item.key_text),
        "type": item.event.type if item.event.type in TYPES else "other",
        "subject_key": subject_key(force, item.event.subject),
        "happened_at": item.event.time, "received_at": clock.now(), "digest": item.digest,
        "body_sealed": seal(RecordEvent, "body", item.row_id, item.body),
        "status": item.status, "reason_sealed": sealed_reason(item), "announce": item.announce,
        "left_out_sealed": sealed_left_out(item),
    }


def sealed_reason(item: Incoming) -> bytes | None:
    """Names a place and a kind of fault; sealed, because plugins say reasons of their own."""
    return seal(RecordEvent, "reason", item.row_id, item.reason)


def sealed_left_out(item: Incoming) -> bytes | None:
    """The details that could not be used, as they are kept for staff until the body goes."""
    told = [[one.pointer, one.why] for one in item.left_out]
    return seal(RecordEvent, "left_out", item.row_id, json.dumps(told)) if told else None


SENT_BY_RECORD_SYSTEM = (
    sa.select(
        Message.case_id, Message.person_id, Message.staff_id, RecordEvent.id, RecordEvent.source,
        RecordEvent.body_sealed, RecordEvent.digest, RecordEvent.announce,
    )
    .join(RecordEvent, sa.and_(RecordEvent.id == Message.record_event_id, owned(RecordEvent)))
    .where(
        owned(Message), ~Message.from_person, RecordEvent.body_sealed.is_not(None),
        Message.case_id == sa.any_(sa.bindparam("cases", type_=sa.ARRAY(sa.Uuid))),
    )
)
