"""Which messages of people wait for an answer. That one was read is no answer.

A message waits until somebody of the force writes to the person after it, writes an update after it (which
everybody on the case reads), or says that it needs no answer. News of the record system that nobody wrote
to people, like a change of stage, answers nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from core.base import clock
from core.base.clock import LONDON
from core.cases.models import Message
from core.storage.db import read, update_many
from core.storage.walls import owned

WAITING = sa.select(Message.id, Message.case_id, Message.person_id, Message.sent_at).where(
    owned(Message), Message.case_id == sa.any_(sa.bindparam("cases", type_=sa.ARRAY(sa.Uuid))),
    Message.from_person, Message.answered_at.is_(None),
)


def settle(answers: Sequence[tuple[UUID, UUID | None, datetime]]) -> int:
    """What was written on a case, by a person (None: anybody), until a moment waits no more; how many did.

    The moment is UTC: when the answer was written, or when the page was made on which it was written. What
    came later was not seen, and waits on. The caller commits.
    """
    if not answers:
        return 0
    answered = {
        row.id for row in read(WAITING, cases=list({case for case, _, _ in answers}))
        for case, person, until in answers
        if row.case_id == case and person in (None, row.person_id) and row.sent_at <= until
    }
    now = clock.now()
    # In one order: two who settle the same messages must not wait for each other.
    update_many(Message, [{"id": one, "answered_at": now} for one in sorted(answered)])
    return len(answered)


def how_many(case_id: UUID, person_id: UUID, until: datetime) -> int:
    """What this person wrote until a moment (UTC) and waits for an answer."""
    return sum(row.person_id == person_id and row.sent_at <= until for row in read(WAITING, cases=[case_id]))


def days_since(moment: datetime) -> int:
    """Days of the United Kingdom's calendar since *moment* (UTC): 0 for any time today."""
    return (clock.today() - moment.astimezone(LONDON).date()).days
