"""What is owed to the people of a case, as its officer reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as N_
from flask_babel.speaklater import LazyString

from core import commitments, notices
from core.base import clock
from core.cases import people, relations, safe_contact
from core.force import Force, working_days
from core.hookspecs import AgreedWay, CommitmentKind, Rule

WHAT: Mapping[str, LazyString] = {
    CommitmentKind.CONTACT: N_("Contact them"),
    CommitmentKind.ANSWER: N_("Answer their message"),
    CommitmentKind.TOLD: N_("See that they know the latest news"),
    CommitmentKind.REACH: N_("Reach them: letters come back, or news stands unread"),
    CommitmentKind.ACKNOWLEDGEMENT: N_("Give them the written acknowledgement"),
    CommitmentKind.NEEDS_ASSESSMENT: N_("Ask what support they need"),
    CommitmentKind.SUPPORT_REFERRAL: N_("Refer them to support"),
    CommitmentKind.STATEMENT_OFFERED: N_("Offer a Victim Personal Statement"),
    CommitmentKind.RELEASE: N_("Tell them of the release"),
}
# Why nobody is asked to reach them, whatever they did not read.
LOCKED = N_("Nobody is asked to reach them: their access is locked.")
NEVER = N_("Do not contact them: it is not safe, or not wanted. They look in the portal themselves.")
UPDATE = N_("Write an update")
REQUESTED = N_("Answer what they asked for")
# What keeps the promise is the same in each: something that reached them.
CONTACT_BY: Mapping[AgreedWay | None, LazyString] = {
    AgreedWay.CALL: N_("Call them, as agreed"),
    AgreedWay.EMAIL: N_("Write to them, as agreed: they hear of it by email"),
    AgreedWay.TEXT: N_("Write to them, as agreed: they hear of it by text message"),
    AgreedWay.PORTAL: N_("Write to them, as agreed: they look in the portal"),
}
AHEAD = 3  # working days
SHOWN = 10
MOST = 500


@dataclass(frozen=True)
class Due:
    """The cases in which something is due soon or late, the longest overdue first, as
    :func:`core.commitments.due_for` has them; ``more``: how many further ones there are."""

    rows: Sequence[Any]
    more: int


def due_for(force: Force, me: relations.Member, name: str) -> Due:
    """What falls due in a list of cases, or did before: in an officer's ``own`` until the end of the third
    working day from now, in a unit's of the next one, since its officers may be away."""
    last = working_days.working_days_after(force, clock.today(), AHEAD if name == "own" else 1)
    rows = commitments.due_for(me, name, working_days.end_of(last), MOST)
    return Due(rows[:SHOWN], len(rows[SHOWN:]))


@dataclass(frozen=True)
class Promise:
    """``name``: to whom, where more than one person is owed something. ``due_at`` is UTC."""

    what: LazyString | str
    name: str
    due_at: datetime
    late: bool


def of_case(case_id: UUID, names: Mapping[UUID, str], now: datetime) -> list[Promise]:
    """All that is open, the longest overdue first; of several of one kind to one person the soonest."""
    rows = commitments.open_in_case(case_id)
    several = len({row.person_id for row in rows}) > 1
    soonest = {(row.person_id, row.kind): row for row in reversed(rows)}
    return [
        Promise(_what(case_id, row), names.get(row.person_id, "") if several else "", row.due_at,
                row.due_at < now)
        for row in rows if soonest[row.person_id, row.kind] is row
    ]


def _what(case_id: UUID, row: Any) -> LazyString | str:
    """Contact in the way that was agreed with the person, if it is safe and possible; for whom nobody is to
    reach, why."""
    if row.rule == Rule.REQUEST and row.kind == CommitmentKind.ANSWER:
        return REQUESTED
    if row.kind not in (CommitmentKind.CONTACT, CommitmentKind.TOLD, CommitmentKind.RELEASE):
        return WHAT[row.kind]
    person: Any = people.person(row.person_id)
    contact = row.kind == CommitmentKind.CONTACT
    if (locked := people.is_locked(person)) or safe_contact.never(person):
        return f"{LOCKED if locked else NEVER} {UPDATE if contact else WHAT[row.kind]}"
    way = notices.way_as_agreed(case_id, row.person_id, person) if contact else None
    return CONTACT_BY.get(way, WHAT[row.kind])
