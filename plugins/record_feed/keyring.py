"""Keys of the record feed: made, listed, ended, and asked who signed a delivery."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from uuid6 import uuid7
from werkzeug.datastructures import Headers

from core import audit
from core.audit import AuditEntry
from core.base import clock
from core.force import Force
from core.storage import insert_many, lock, owned, read, seal, unseal, update_many
from plugins.record_feed import signature
from plugins.record_feed.audit_actions import FeedAction
from plugins.record_feed.models import RecordFeedKey, RecordFeedQuota

VALID_AT_ONCE = 2
NOTE_USE_EVERY = timedelta(minutes=1)
NOTE_REFUSED_EVERY = timedelta(minutes=10)
# Tried where a source has fewer keys than it may: the time of an answer must not say how many.
_nobody = tuple(secrets.token_bytes(32) for _ in range(VALID_AT_ONCE))

VALID = (
    sa.select(
        RecordFeedKey.id,
        RecordFeedKey.secret_sealed,
        RecordFeedKey.made_at,
        RecordFeedKey.last_used_at,
        RecordFeedQuota.spent_until,
    )
    .outerjoin(RecordFeedQuota, sa.and_(
        RecordFeedQuota.source == RecordFeedKey.source, owned(RecordFeedQuota)))
    .where(
        owned(RecordFeedKey),
        RecordFeedKey.source == sa.bindparam("source"),
        RecordFeedKey.ended_at.is_(None),
    )
    .order_by(RecordFeedKey.made_at, RecordFeedKey.id)
)
ALL = (
    sa.select(
        RecordFeedKey.id,
        RecordFeedKey.source,
        RecordFeedKey.made_at,
        RecordFeedKey.ended_at,
        RecordFeedKey.last_used_at,
    )
    .where(owned(RecordFeedKey))
    .order_by(RecordFeedKey.source, RecordFeedKey.made_at, RecordFeedKey.id)
)
REFUSED = sa.select(AuditEntry.id).where(
    owned(AuditEntry), AuditEntry.action == sa.bindparam("action", type_=sa.Text),
    # Said for the index, which begins with the case: refusals are of none.
    AuditEntry.case_id.is_(None), AuditEntry.at > sa.bindparam("since"),
    AuditEntry.fields["source"].astext == sa.bindparam("source", type_=sa.Text),
).limit(1)


@dataclass(frozen=True)
class KeyRow:
    """What may be told of a key; moments are UTC."""

    id: UUID
    source: str
    made_at: datetime
    ended_at: datetime | None
    last_used_at: datetime | None

    @property
    def state(self) -> str:
        return "ended" if self.ended_at else "valid"


def make(source: str) -> str:
    """A new key for *source*; a third ends the oldest. The caller commits, and shows it once."""
    lock("record_feed_keys")
    now, row_id, secret = clock.now(), uuid7(), signature.new_secret()
    # All but the newest. `or None`: with one key at once [:-0] would be no key at all.
    too_many = read(VALID, source=source).all()[: -(VALID_AT_ONCE - 1) or None]
    end([KeyRow(r.id, source, r.made_at, None, r.last_used_at) for r in too_many])
    insert_many(
        RecordFeedKey,
        [
            {
                "id": row_id,
                "source": source,
                "made_at": now,
                "secret_sealed": seal(RecordFeedKey, "secret", row_id, secret),
            }
        ],
    )
    audit.write(FeedAction.KEY_MADE, source=source)
    return secret


def listed() -> list[KeyRow]:
    """Every key there is or was, by source and age."""
    return [KeyRow(r.id, r.source, r.made_at, r.ended_at, r.last_used_at) for r in read(ALL)]


def end(keys: list[KeyRow]) -> None:
    """From now on these open nothing. The caller commits."""
    update_many(RecordFeedKey, [{"id": key.id, "ended_at": clock.now()} for key in keys])
    audit.write_many([(FeedAction.KEY_ENDED, None, {"source": key.source}) for key in keys])


def who_signed(force: Force, source: str, headers: Headers, body: bytes) -> Any:
    """The valid key of *source* that signed *body*, with what its quota says, or None.

    An unknown source costs the same look-up and the same sums as a known one.
    """
    rows = read(VALID, source=source if source in force.feed_sources else "").all()
    secrets_of_rows = [unseal(RecordFeedKey, "secret", r.id, r.secret_sealed) or "" for r in rows]
    keys = (*map(signature.key_bytes, secrets_of_rows), *_nobody)[:VALID_AT_ONCE]
    place = signature.signer(keys, headers, body, clock.now())
    return rows[place] if place is not None and place < len(rows) else None


def note_use(key: Any) -> None:
    """Keep when a key was last used, to the minute."""
    now = clock.now()
    if key.last_used_at is None or now - key.last_used_at >= NOTE_USE_EVERY:
        update_many(RecordFeedKey, [{"id": key.id, "last_used_at": now}])


def note_refusal(force: Force, source: str, action: FeedAction = FeedAction.REFUSED) -> None:
    """Write down that a delivery was refused, every ten minutes at most for each source. The caller commits.

    Whoever floods the door fills no audit, and an unknown source's name does not get there.
    """
    known = source if source in force.feed_sources else "unknown"
    since = clock.now() - NOTE_REFUSED_EVERY
    if read(REFUSED, since=since, source=known, action=action).first() is None:
        audit.write(action, source=known)
