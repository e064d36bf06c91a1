"""One case as its officer needs it: the facts, and what each person wrote."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import lazy_gettext as N_

from core.audit import AuditEntry, CoreAction
from core.base import SOURCE_LANGUAGE, clock, offered_languages
from core.cases import Access, Case, Message, Person
from core.intake import flags_of
from core.storage import owned, read, unseal, update_many

ROLES = {
    "victim": N_("victim"),
    "parent": N_("parent or guardian"),
    "representative": N_("representative"),
    "helper": N_("helper"),
    "business_contact": N_("contact of the business"),
}
LATEST = 3  # messages that stand open; what is older is folded

FACTS = sa.select(
    Case.id, Case.flags, Case.other_flags_sealed, Case.incident_reference_sealed,
    Case.offered_reason, Case.handed_over_at, Case.handed_over_by, Case.hand_over_seen_at,
).where(owned(Case), Case.id == sa.bindparam("case_id"))
SHOWN_OR_NOT = sa.select(AuditEntry.action, AuditEntry.at).where(
    owned(AuditEntry), AuditEntry.case_id == sa.bindparam("case_id"),
    AuditEntry.action.in_((CoreAction.CASE_NOT_SHOWN, CoreAction.CASE_SHOWN)),
).order_by(AuditEntry.at.desc(), AuditEntry.id.desc()).limit(1)
PEOPLE = (
    sa.select(Person.id, Person.given_sealed, Person.family_sealed, Person.language, Access.role,
              Access.removed)
    .select_from(Access).join(Person, sa.and_(owned(Person), Person.id == Access.person_id))
    .where(owned(Access), Access.case_id == sa.bindparam("case_id")).order_by(Access.id)
)
MESSAGES = sa.select(
    Message.id, Message.person_id, Message.from_person, Message.staff_id, Message.sent_at,
    Message.read_at, Message.answered_at, Message.text_sealed,
).where(owned(Message), Message.case_id == sa.bindparam("case_id")).order_by(
    Message.sent_at, Message.id
)
UNREAD = sa.select(Message.id).where(
    owned(Message), Message.case_id == sa.bindparam("case_id"), Message.from_person,
    Message.read_at.is_(None),
)


@dataclass(frozen=True)
class Facts:
    """What the record says of a case, for its officers; ``flags`` by id, or as they were sent;
    ``handed_over_at`` (UTC) and ``handed_over_by``: when another officer had it before this one."""

    flags: tuple[str, ...]
    incident_reference: str | None
    offered_reason: str
    handed_over_at: datetime | None
    handed_over_by: UUID | None
    hand_over_seen_at: datetime | None

    @property
    def new_to_officer(self) -> bool:
        """Whether the present officer has not opened it since it was handed over."""
        return self.handed_over_at is not None and self.hand_over_seen_at is None


@dataclass(frozen=True)
class Line:
    """One message; ``new``: this page is the first to show it to the officer; ``waits`` for an answer."""

    from_person: bool
    staff_id: UUID | None
    sent_at: datetime
    read_at: datetime | None
    text: str
    new: bool
    waits: bool


@dataclass(frozen=True)
class Thread:
    """What one person and the police wrote to each other; ``removed``: no longer on the case."""

    person_id: UUID
    name: str
    role: str
    removed: bool
    lines: tuple[Line, ...] = ()

    @property
    def latest(self) -> tuple[Line, ...]:
        """The newest few, and all since the oldest that is new or waits for an answer."""
        first = next((n for n, line in enumerate(self.lines) if line.new or line.waits), len(self.lines))
        return self.lines[max(0, min(first, len(self.lines) - LATEST)):]

    @property
    def earlier(self) -> tuple[Line, ...]:
        """All before :attr:`latest`."""
        return self.lines[:len(self.lines) - len(self.latest)]

    @property
    def waits_since(self) -> datetime | None:
        """When the oldest message came that waits for an answer (UTC)."""
        return next((line.sent_at for line in self.lines if line.waits), None)


def facts_of(case_id: UUID, *, mark_seen: bool) -> Facts:
    """With *mark_seen*, what was handed over is marked as seen by its new officer. The caller commits."""
    row = read(FACTS, case_id=case_id).one()
    facts = Facts(
        tuple(flags_of(row.id, row.flags or (), row.other_flags_sealed)),
        unseal(Case, "incident_reference", row.id, row.incident_reference_sealed),
        row.offered_reason, row.handed_over_at, row.handed_over_by, row.hand_over_seen_at,
    )
    if mark_seen and facts.new_to_officer:
        update_many(Case, [{"id": case_id, "hand_over_seen_at": clock.now()}])
    return facts


def shown_since(case_id: UUID) -> datetime | None:
    """When the case was last shown online again, or last taken from there; None: never changed."""
    found = read(SHOWN_OR_NOT, case_id=case_id).first()
    return found.at if found else None


def threads_of(case_id: UUID, *, mark_read: bool) -> list[Thread]:
    """A thread for everybody on the case, and for those no longer on it who wrote something.

    With *mark_read*, what people wrote is marked as read. The caller commits.
    """
    opened_at = clock.now()
    people = [_thread(row) for row in read(PEOPLE, case_id=case_id)]
    # Marked before they are read: what comes in between is not marked unseen.
    unread = read(UNREAD, case_id=case_id).scalars().all() if mark_read else ()
    update_many(Message, [{"id": found, "read_at": opened_at} for found in unread])
    lines: dict[UUID, list[Line]] = {}
    for row in read(MESSAGES, case_id=case_id):
        lines.setdefault(row.person_id, []).append(_line(row, opened_at))
    threads = [replace(one, lines=tuple(lines.get(one.person_id, ()))) for one in people]
    return [one for one in threads if one.lines or not one.removed]


def on_case(case_id: UUID, *, removed: bool = False) -> Collection[UUID]:
    """The people who follow the case now; with *removed* also those who did."""
    return {row.id for row in read(PEOPLE, case_id=case_id) if removed or not row.removed}


def followers(case_id: UUID) -> list[Thread]:
    """Who follows the case now, without what they wrote."""
    return [_thread(row) for row in read(PEOPLE, case_id=case_id) if not row.removed]


def language_of(case_id: UUID, person_id: UUID | None = None) -> str:
    """That of this person on the case, or of its only follower, if the portal speaks it; else English."""
    found = [row.language for row in read(PEOPLE, case_id=case_id)
             if not row.removed and person_id in (None, row.id)]
    return found[0] if len(found) == 1 and found[0] in offered_languages() else SOURCE_LANGUAGE


def names_on(case_id: UUID) -> dict[UUID, str]:
    """What everybody who is or was on the case is called."""
    return {row.id: _thread(row).name for row in read(PEOPLE, case_id=case_id)}


def who_wrote(threads: Collection[Thread] | None) -> set[UUID]:
    """The members of staff whose messages these are."""
    return {line.staff_id for one in threads or () for line in one.lines
            if line.staff_id and not line.from_person}


def _thread(row: Any) -> Thread:
    names = (unseal(Person, "given", row.id, row.given_sealed),
             unseal(Person, "family", row.id, row.family_sealed))
    return Thread(row.id, " ".join(name for name in names if name) or _("No name"), row.role, row.removed)


def _line(row: Any, opened_at: datetime) -> Line:
    new = row.from_person and (row.read_at is None or row.read_at >= opened_at)
    text = unseal(Message, "text", row.id, row.text_sealed) or ""
    waits = row.from_person and row.answered_at is None
    return Line(row.from_person, row.staff_id, row.sent_at, row.read_at, text, new, waits)
