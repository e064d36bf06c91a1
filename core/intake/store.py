"""Record events as they are stored: recognised, kept, found again."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from uuid6 import uuid7

from core.audit import trail
from core.base import clock
from core.base.fields import SEPARATOR
from core.cases.known_ids import kept_hashes
from core.cases.models import Message
from core.force.model import Force
from core.force.parts import OWN_SOURCE
from core.hookspecs import Event
from core.intake.models import RecordEvent
from core.intake.reading import out_of_place, read_envelope
from core.intake.shapes import TYPES, Data, LeftOut
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


@dataclass(frozen=True)
class Written:
    """What the desk knows of an event that it writes itself, and a record system cannot say.

    ``data``: as it is, with no reading; ``reference_key``: of its case; ``author``: the officer's row, None
    where a job does what an officer allowed; ``seen``: what people wrote until this moment (UTC) was on
    the page; ``line``: (action, case, fields) of the audit.
    """

    data: Data
    reference_key: str
    author: UUID | None
    seen: datetime
    line: trail.Entry


@dataclass
class Incoming:
    """One event on its way in; ``written``: here, and not sent by a record system."""

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
    written: Written | None = None

    @property
    def whole(self) -> Event:
        """With what stands beside ``data``, where people may have been put by mistake."""
        beside = {k: v for k, v in json.loads(self.body).items() if k not in Event.model_fields}
        return self.event.model_copy(update={"data": {**self.event.data, "": beside}})

    def reference_key(self, force: Force, event: Event | None = None) -> str:
        """What its case is known by here; *event*: as the force's plugins translated it."""
        if self.written:
            return self.written.reference_key
        return force.normalise_reference((event or self.event).subject)

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
# In the order in which it happened: a later one may need what an earlier one opens.
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


def is_known(source: str, event_id: str) -> bool:
    """Whether an event with this id was taken in, of a source that names itself in its events."""
    key_text = SEPARATOR.join((source, event_id)).encode()
    return read(KNOWN, source=source, keys=list(force_keys().macs("lookup", key_text))).first() is not None


def written_event(event: Event, written: Written, row_id: UUID) -> Incoming:
    """An event of the desk: its body is what is kept of it, and is not read again."""
    author = {"author": str(written.author)} if written.author else {}
    body = _as_text({**event.model_dump(mode="json", exclude_defaults=True), **author})
    digest = force_keys().mac("feed", body.encode())
    return Incoming(event, digest, body, row_id, announce=True, written=written)


def _as_text(value: Any) -> str:
    # Sorted: the same content with its keys in another order is a repeat.
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )


def incoming_event(event: Event, value: Any, announce: bool) -> Incoming:
    body, beside = _as_text(value), _beside(value)
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
        # The very object: `setdefault` has just put it there, so nobody came before it.
        if first is item.digest:
            fresh.append((place, item))
        # Not by equality: the first may have been digested under a key that has changed since.
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
        # What is no known type may hold anything, and this column is legible.
        "type": item.event.type if item.event.type in TYPES or item.written else "other",
        "subject_key": item.written.reference_key if item.written
        else subject_key(force, item.event.subject),
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
        RecordEvent.source != OWN_SOURCE,  # who answers somebody at the desk writes to nobody else
        Message.case_id == sa.any_(sa.bindparam("cases", type_=sa.ARRAY(sa.Uuid))),
    )
)
