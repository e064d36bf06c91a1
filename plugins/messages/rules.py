"""What the case page tells of a person's messages: the last two, and how many are new."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from core.cases import Message
from core.storage import owned, read, unseal

SHOWN = 2
_new_to_person = sa.and_(~Message.from_person, Message.read_at.is_(None))
# The count is made before the limit: one query answers both.
LATEST = sa.select(
    Message.id, Message.from_person, Message.sent_at, Message.read_at, Message.text_sealed,
    sa.func.count().filter(_new_to_person).over().label("new"),
).where(
    owned(Message), Message.case_id == sa.bindparam("case_id"),
    Message.person_id == sa.bindparam("person_id"),
).order_by(Message.sent_at.desc(), Message.id.desc()).limit(SHOWN)


@dataclass(frozen=True)
class Shown:
    """One message on the case page."""

    mine: bool
    sent_at: datetime
    new: bool
    text: str


@dataclass(frozen=True)
class Latest:
    """The newest messages, oldest of them first; ``new`` counts all that were not read yet."""

    messages: tuple[Shown, ...]
    new: int


def latest(case_id: UUID, person_id: UUID) -> Latest:
    rows = read(LATEST, case_id=case_id, person_id=person_id).all()
    shown = tuple(
        Shown(row.from_person, row.sent_at, not row.from_person and row.read_at is None,
              unseal(Message, "text", row.id, row.text_sealed) or "")
        for row in reversed(rows)
    )
    return Latest(shown, rows[0].new if rows else 0)
