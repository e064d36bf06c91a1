"""What a person and the officer in the case write to each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from uuid6 import uuid7

from core import audit, commitments
from core.base import clock
from core.base.audit_actions import CoreAction
from core.base.fields import clean_text, shows_nothing
from core.cases import cover
from core.cases.models import Message
from core.hookspecs import News, NewsKind
from core.intake import desk
from core.notices import reports
from core.notices.outbox import promise
from core.storage.db import insert_many, read, update_many
from core.storage.keys.keyring import force_keys
from core.storage.sealed import seal, unseal
from core.storage.walls import owned

MAX_MESSAGE = 4000

THREAD = (
    sa.select(
        Message.id,
        Message.from_person,
        Message.sent_at,
        Message.read_at,
        Message.text_sealed,
        Message.staff_id,
        Message.person_id,
    )
    .where(
        owned(Message),
        Message.case_id == sa.bindparam("case_id"),
        Message.person_id == sa.bindparam("person_id"),
    )
    .order_by(Message.sent_at, Message.id)
)
UNREAD = sa.select(Message.id).where(
    owned(Message),
    Message.case_id == sa.bindparam("case_id"),
    Message.person_id == sa.bindparam("person_id"),
    Message.from_person == sa.bindparam("from_person"),
    Message.read_at.is_(None),
    Message.sent_at <= sa.bindparam("until"),
)


class EmptyMessage(ValueError):
    """There is nothing in the message."""


class MessageTooLong(ValueError):
    """The message is longer than :data:`MAX_MESSAGE` characters."""


SENT = sa.select(Message.id).where(
    owned(Message), Message.case_id == sa.bindparam("case_id"),
    Message.person_id == sa.bindparam("person_id"),
    Message.form_key == sa.any_(sa.bindparam("form_keys", type_=sa.ARRAY(sa.Text))),
)


@dataclass(frozen=True)
class ThreadMessage:
    """One message as it is read; moments are UTC."""

    id: UUID
    from_person: bool
    sent_at: datetime
    read_at: datetime | None
    text: str


def post_message(
    *,
    case_id: UUID,
    person_id: UUID,
    staff_id: UUID | None,
    from_person: bool,
    text: str,
    form_key: str,
    seen: datetime | None = None,
) -> bool:
    """The message and the other side's notice, together; the caller commits.

    An officer's is a record event of the desk, as a record system tells its own. A person's is none: no
    record system can say it, and nothing of a case hangs on it but who must answer.

    ``staff_id`` is the officer in the case; ``form_key`` a random value of the form, so that the
    same words sent twice with one form are one message (the answer is False for the second). An
    officer's answers what the person wrote until *seen*, when their page was made (UTC; None: now). Raises
    :class:`EmptyMessage`, :class:`MessageTooLong`, or ``ValueError`` for characters that no keyboard has.
    """
    text = clean_text(text.replace("\r\n", "\n")).strip()
    if shows_nothing(text):
        raise EmptyMessage
    if len(text) > MAX_MESSAGE:
        raise MessageTooLong
    if not from_person:
        assert staff_id
        return desk.answer(case_id, person_id, staff_id, text, form_key, seen or clock.now())
    row_id, now, once = uuid7(), clock.now(), _once(form_key, text)
    if once[1:] and read(SENT, case_id=case_id, person_id=person_id, form_keys=once[1:]).first():
        return False
    written = insert_many(Message, [{
        "id": row_id, "case_id": case_id, "person_id": person_id, "staff_id": staff_id,
        "from_person": True, "sent_at": now, "form_key": once[0],
        "text_sealed": seal(Message, "text", row_id, text),
    }], skip_existing=("case_id", "person_id", "form_key"))
    if not written:
        return False
    # Whoever answers in the officer's place hears of it too: the officer may be the one who reads it first.
    told = dict.fromkeys([staff_id, cover.covering_now(case_id)])
    promise([News(NewsKind.OFFICER_MESSAGE, case_id, row_id, now, staff_id=one) for one in told if one])
    audit.write(CoreAction.MESSAGE_SENT, case_id=case_id, by="person")
    commitments.settle([case_id])
    return True


def _once(form_key: str, text: str) -> list[str]:
    """Other words sent with the same form (after "back", say) are another message, never lost.

    As the present key has it first; then as former ones had it, for a form that was open before.
    """
    value = f"{form_key}\0{text}".encode()
    present = force_keys().mac("forms", value)
    return [present.hex(), *(mac.hex() for mac in force_keys().macs("forms", value) if mac != present)]


def thread(case_id: UUID, person_id: UUID) -> list[ThreadMessage]:
    """The messages of one person about one case, oldest first."""
    return [_thread_message(row) for row in read(THREAD, case_id=case_id, person_id=person_id)]


def _thread_message(row: Any) -> ThreadMessage:
    return ThreadMessage(row.id, row.from_person, row.sent_at, row.read_at,
                unseal(Message, "text", row.id, row.text_sealed) or "")


def mark_read(
    case_id: UUID, person_id: UUID, *, by_person: bool, seen: datetime | None = None
) -> int:
    """Mark what the other side wrote, until *seen* (UTC; None: now), as read; how many were new.

    The caller commits.
    """
    now = clock.now()
    unread: Sequence[UUID] = read(
        UNREAD, case_id=case_id, person_id=person_id, from_person=not by_person, until=seen or now
    ).scalars().all()
    update_many(Message, [{"id": found, "read_at": now} for found in unread])
    if by_person and unread:
        reports.read_news(case_id, person_id, unread)
        reports.tell([(case_id, person_id)])
    return len(unread)
