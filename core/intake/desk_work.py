"""What officers do at the desk for a person that no record system tells: the shapes, and what each does.

Pure of the database, as :mod:`core.intake.casework` is. What both tell (an update, a message) has one
shape and one handler, there.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Literal, cast
from uuid import UUID

from core.intake.case_parts import Work
from core.intake.shapes import Data, Known, Progress


class ContactReplaced(Data):
    """Another email or phone, or none, of somebody whom an officer made sure of."""

    person: Known
    contact: Literal["email", "phone"]
    value: str | None


class NoAnswerNeeded(Data):
    """What a person wrote until the page was made needs no answer."""

    person: Known


class NothingNew(Progress):
    """An update that says why there is nothing new: a promise that it keeps in time ends *explained*."""

    explains: bool = True


def _contact_replaced(work: Work, data: Data) -> None:
    """As news of the person, and what was there before is not brought back by older words of the record."""
    data = cast(ContactReplaced, data)
    tracked = work.batch.people.rows[work.batch.source, data.person.id]
    old, stamp = tracked.opened(data.contact), work.event.stamp
    if not tracked.put(data.contact, data.value, stamp):
        return  # the record system was quicker, and is the master
    replaced = json.loads(tracked.opened("replaced") or "{}")
    gone = {*replaced.get(data.contact, []), *([old] if old else [])} - {data.value}
    tracked.force("replaced", json.dumps({**replaced, data.contact: sorted(gone)}))
    tracked.note_unusable({data.contact}, {}, stamp)


def _no_answer_needed(work: Work, data: Data) -> None:
    assert work.seen
    work.batch.answers.append((work.case.id, UUID(cast(NoAnswerNeeded, data).person.id), work.seen))


HANDLERS: Mapping[str, Callable[[Work, Data], None]] = {
    "uk.police.person.contact_replaced.v1": _contact_replaced,
    "uk.police.message.no_answer_needed.v1": _no_answer_needed,
}
