"""What officers write at the desk becomes record events of the source ``desk``, which go the one way in.

So stamps, stages, promised days, notices and repeats are decided where those of record systems are. An
event's id is that of the change, or made of the form and what was written in it, so that what is sent twice
is taken in once.

Not events, because no record system tells them: what a person writes (a conversation, kept as it is
written), what somebody has read, the lock of an access, and how a person chose to be contacted (a column
of its own beside the record's).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from uuid6 import uuid7

from core.audit import trail
from core.base import clock
from core.base.audit_actions import CoreAction
from core.base.fields import CLOCKS_DIFFER, stamp_of
from core.cases import people, unanswered
from core.cases.models import Access, Case
from core.cases.registers import Registers
from core.force.model import Force
from core.force.parts import OWN_SOURCE
from core.hookspecs import Event
from core.intake.desk_work import ContactReplaced, NoAnswerNeeded
from core.intake.shapes import ContactMade, Data, Known, Progress, Sent
from core.intake.store import Written, is_known, written_event
from core.intake.take_in import take_in_written
from core.plugin_host.host import the_force
from core.storage.db import lock, read
from core.storage.walls import owned

CASE = sa.select(Case.id, Case.crime_reference, Case.reference_key, Case.stage).where(
    owned(Case), Case.id == sa.bindparam("case_id")
)
ON_CASE = sa.select(Access.id).where(
    owned(Access), Access.case_id == sa.bindparam("case_id"), Access.person_id == sa.bindparam("person_id"))
A_CASE_OF = (
    sa.select(Access.case_id).where(owned(Access), Access.person_id == sa.bindparam("person_id"))
    .order_by(Access.case_id.desc()).limit(1)
)


def wait_turn() -> None:
    """Wait until nothing else is taken in, until the caller's transaction ends.

    Whoever holds rows of people while they write here waits first: what is taken in holds them last.
    """
    lock("intake")


def write_update(
    case_id: UUID, staff_id: UUID, form_key: UUID, typed: Sequence[object], seen: datetime,
    said: Callable[[str], Progress], force: Force | None = None,
) -> bool:
    """A line on the timeline; False when its form was taken in before with the same *typed* into it. *said*
    is asked with the case's stage as it is now; *force*: that in scope, if the caller has it. Callers
    commit."""
    line: trail.Entry = (CoreAction.ENTRY_WRITTEN, case_id, {"kind": "progress"})
    return _write("crime.progress", case_id, _once(case_id, form_key, *typed), lambda case: Written(
        said(case.stage), case.reference_key, staff_id, seen, line), force=force)


def answer(
    case_id: UUID, person_id: UUID, staff_id: UUID, text: str, form_key: str, seen: datetime
) -> bool:
    """A message to a person; False when its form was taken in before with the same words. Callers commit."""
    once = _once(case_id, person_id, form_key, text)
    data = Sent(officer=Known(id=str(staff_id)), to=str(person_id), text=text)
    line: trail.Entry = (CoreAction.MESSAGE_SENT, case_id, {"by": "officer"})
    return _write("message.sent", case_id, once, lambda case: Written(
        data, case.reference_key, staff_id, seen, line))


def record_contact(
    case_id: UUID, person_id: UUID, staff_id: UUID, way: str, reached: bool, line: str | None,
    topics: Sequence[str], form_key: str, happened_at: datetime | None = None,
) -> bool:
    """That an officer was in contact with a person on the case, or tried to be; False when its form was
    taken in before with the same in it. *line*: what the person may read of it; *happened_at* (UTC; None:
    now). Callers commit. Raises ``ValueError`` for a way or a topic that there is not, characters that no
    keyboard has, and a contact to come; LookupError for who is not on the case.
    """
    now = clock.now()
    at = min(happened_at or now, now)
    if happened_at and happened_at - now > CLOCKS_DIFFER:
        raise ValueError("happened_at is in the future")
    data = ContactMade.model_validate({
        "person": str(person_id), "way": way, "reached": reached, "topics": [*topics],
        "line": (line or "").replace("\r\n", "\n").strip() or None})
    if not read(ON_CASE, case_id=case_id, person_id=person_id).first():
        raise LookupError(f"{person_id} is not on the case")
    once = _once("contact", case_id, person_id, form_key, way, reached, line, *sorted(topics), happened_at)
    said: trail.Entry = (CoreAction.CONTACT_RECORDED, case_id, {"person": str(person_id), "way": way})
    return _write("contact.made", case_id, once, lambda case: Written(
        data, case.reference_key, staff_id, now, said), at=at)


def no_answer_needed(case_id: UUID, person_id: UUID, staff_id: UUID, seen: datetime) -> bool:
    """What a person wrote until *seen* waits for no answer any more; False when nothing waited.
    Callers commit."""
    wait_turn()
    count = unanswered.how_many(case_id, person_id, seen)
    if not count:
        return False
    data = NoAnswerNeeded(person=Known(id=str(person_id)))
    line: trail.Entry = (CoreAction.ANSWER_NOT_NEEDED, case_id, {"person": str(person_id), "count": count})
    return _write("message.no_answer_needed", case_id, _once(case_id, person_id, seen), lambda case: Written(
        data, case.reference_key, staff_id, seen, line))


class RecordIsNewer(Exception):
    """The record system told of this contact meanwhile, and is its master."""


def set_contact(
    person_id: UUID, name: str, value: str | None, *, change_id: UUID | None = None
) -> str | None:
    """Replace the ``email`` or ``phone``; the old one. Whoever is signed in is out, and the old one is told.

    The record system stays the master: its later news of another address wins, but news that only
    repeats what was replaced here does not bring it back. *change_id*: of what led to it. Callers commit,
    and have waited for their turn if they hold the person's row. Raises :class:`RecordIsNewer`,
    ``ValueError`` for another name, LookupError for who is on no case.
    """
    if name not in people.CONTACTS:
        raise ValueError(f"{name} is no contact")
    wait_turn()
    found, now, row_id = people.person(person_id, held=True), clock.now(), change_id or uuid7()
    old: str | None = getattr(found, name)
    if Registers(found.stamps).stamp(name) > stamp_of(now, "", f"desk-{row_id}"):
        raise RecordIsNewer
    case_id = read(A_CASE_OF, person_id=person_id).scalar()
    if case_id is None:
        raise LookupError(f"{person_id} is on no case")
    data = ContactReplaced(person=Known(id=str(person_id)), contact=name, value=value)  # type: ignore[arg-type]
    line: trail.Entry = (CoreAction.CONTACT_CHANGED, None, {"contact": name, "person": str(person_id)})
    _write("person.contact_replaced", case_id, f"desk-{row_id}", lambda case: Written(
        data, case.reference_key, None, now, line), row_id)
    people.person(person_id)  # so that who holds it sees what was written
    return old


def _once(*form: object) -> str:
    """The id of what is written on a case with one *form*: its key, and all that was typed. Other words sent
    with the same form (after "back", say), or on another case, are something else, and never lost."""
    return hashlib.sha256(json.dumps([*map(str, form)]).encode()).hexdigest()


def _write(
    kind: str, case_id: UUID, event_id: str, said: Callable[[Any], Written], row_id: UUID | None = None,
    force: Force | None = None, at: datetime | None = None,
) -> bool:
    wait_turn()
    if is_known(OWN_SOURCE, event_id):
        return False
    case = read(CASE, case_id=case_id).one()
    written = said(case)
    event = Event(
        specversion="1.0", id=event_id, source=OWN_SOURCE, type=f"uk.police.{kind}.v1",
        time=at or clock.now(), subject=case.crime_reference, data=_as_kept(written.data),
    )
    take_in_written(force or the_force(), written_event(event, written, row_id or uuid7()))
    return True


def _as_kept(data: Data) -> dict[str, Any]:
    return data.model_dump(mode="json", exclude_unset=True)
