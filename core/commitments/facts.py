"""What is known of cases, as commitments are reckoned from it: read at once, for many cases together."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core.cases import safe_contact
from core.cases.models import Access, Case, Contact, Entry, Message, Person
from core.commitments.models import Commitment
from core.force.vocabulary import StageId
from core.hookspecs import NewsKind, Rule
from core.notices.models import Notice
from core.notices.reports import LOST_AT
from core.storage.db import read
from core.storage.sealed import unseal
from core.storage.walls import owned

OWED_FIRST = ("victim", "business_contact")  # the others are owed news where none of these follows


@dataclass(frozen=True)
class News:
    """A line of the timeline. ``known_at``: from when terms count; ``entered_at``: when it was taken in."""

    id: UUID
    kind: str
    stage: str | None
    outcome: str | None
    scheme: str | None
    release_kind: str | None
    at: datetime
    known_at: datetime
    entered_at: datetime
    announced: bool
    promised_by: date | None
    explains: bool


@dataclass(frozen=True)
class Written:
    """A message. ``answered_at``: of a person's, when it waited no more; ``read_at``: by whom it is for."""

    id: UUID
    from_person: bool
    at: datetime
    answered_at: datetime | None
    read_at: datetime | None


@dataclass(frozen=True)
class Met:
    """A contact: a call, a letter by post, or (``way`` ``portal``) reading all news until ``through``."""

    id: UUID
    way: str
    reached: bool
    at: datetime
    entered_at: datetime
    through: datetime | None
    topics: frozenset[str]


@dataclass(frozen=True)
class Letter:
    """A notice of news. ``sent_at`` None: it was not sent; ``lost_at``: it came back, or failed for good."""

    id: UUID
    cause_id: UUID
    made_at: datetime
    sent_at: datetime | None
    lost_at: datetime | None
    read_at: datetime | None


@dataclass(frozen=True)
class Kept:
    """A commitment as it stands in its row."""

    id: UUID
    rule: str
    cause_id: UUID
    kind: str
    made_at: datetime
    due_at: datetime
    shown: bool
    shown_due_at: datetime | None
    state: str
    ended_at: datetime | None


@dataclass(frozen=True, order=True)
class Sought:
    """When, for another case, somebody was to reach this person, until they did; ``until`` None: still."""

    since: datetime
    case_id: UUID
    until: datetime | None = field(compare=False)


@dataclass
class Follower:
    """A person on a case, and all that is about them alone."""

    id: UUID
    access_id: UUID
    role: str
    since: datetime
    removed_at: datetime | None
    locked: bool
    silent: Callable[[], bool] = lambda: False  # never to be contacted: opened only where it matters
    sought: list[Sought] = field(default_factory=list)
    messages: list[Written] = field(default_factory=list)
    contacts: list[Met] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    rows: list[Kept] = field(default_factory=list)


@dataclass
class CaseFacts:
    """One case. ``hidden``: it is not shown, for safety, and still somebody's duty."""

    id: UUID
    staff_id: UUID | None
    stage: StageId
    offered: bool
    hidden: bool
    crime_type: str
    district: str
    reported_at: datetime
    enhanced_since: datetime | None
    news: list[News] = field(default_factory=list)
    followers: dict[UUID, Follower] = field(default_factory=dict)

    def owed(self) -> list[Follower]:
        """Who is owed news of the case: its victims, or who follows it where no victim does."""
        here = [one for one in self.followers.values() if one.removed_at is None]
        first = any(one.role in OWED_FIRST for one in here)
        return [one for one in self.followers.values() if one.role in OWED_FIRST or not first]


def enhanced_since(level_news: Collection[str]) -> datetime | None:
    """Since when the service is the enhanced one, without a break; None where it is not.

    *level_news*: the case's column, a line "moment level" for each news of it, in any order.
    """
    since: datetime | None = None
    for line in sorted(level_news):
        moment, level = line.split()
        since = (since or datetime.fromisoformat(moment)) if level == "enhanced" else None
    return since


# --- reading --------------------------------------------------------------------------------------

_IDS, _MOMENTS, _TEXTS = ("case_id", "person_id", "id", "other_id"), ("m1", "m2", "m3", "m4"), (
    "t1", "t2", "t3", "t4", "t5")
_SEALED = ("s1", "s2")
_TYPES: dict[str, sa.types.TypeEngine[Any]] = {
    "what": sa.Text(), **dict.fromkeys(_IDS, sa.Uuid()),
    **dict.fromkeys(_MOMENTS, sa.DateTime(timezone=True)), **dict.fromkeys(_TEXTS, sa.Text()),
    "safe": sa.LargeBinary(), "chosen": sa.LargeBinary(),
    "day": sa.Date(), "yes": sa.Boolean(), "also": sa.Boolean(), "list": sa.ARRAY(sa.Text),
}
_CASES = sa.bindparam("cases", type_=sa.ARRAY(sa.Uuid))


def _rows(what: str, model: type[Any], case_id: Any, **columns: Any) -> sa.Select[Any]:
    """Rows of *model*, of the cases asked for, in the columns that all kinds of facts share."""
    given = {"what": sa.literal(what), "case_id": case_id, **columns}
    return sa.select(*(
        sa.cast(given[name], kind).label(name) if name in given else sa.cast(sa.null(), kind).label(name)
        for name, kind in _TYPES.items()
    )).where(owned(model), case_id == sa.any_(_CASES))


FACTS = sa.union_all(
    _rows("case", Case, Case.id, id=Case.id, other_id=Case.staff_id, m1=Case.reported_at, t1=Case.stage,
          t2=Case.offered_reason, t3=Case.crime_type, t4=Case.district, yes=Case.offered,
          list=Case.level_news),
    _rows("access", Access, Access.case_id, id=Access.id, person_id=Access.person_id, m1=Access.made_at,
          m2=Access.removed_at, t1=Access.role, yes=Access.removed, also=Person.locked_by.is_not(None),
          safe=Person.safe_contact_sealed, chosen=Person.chosen_contact_sealed,
          ).join(Person, sa.and_(Person.id == Access.person_id, owned(Person))),
    _rows("entry", Entry, Entry.case_id, id=Entry.id, m1=Entry.happened_at, m2=Entry.received_at,
          m3=Entry.entered_at, t1=Entry.kind, t2=Entry.stage, t3=Entry.outcome, t4=Entry.scheme,
          t5=Entry.release_kind, day=Entry.promised_by, yes=Entry.announced, also=Entry.explains),
    _rows("message", Message, Message.case_id, id=Message.id, person_id=Message.person_id, m1=Message.sent_at,
          m2=Message.answered_at, m3=Message.read_at, yes=Message.from_person),
    _rows("contact", Contact, Contact.case_id, id=Contact.id, person_id=Contact.person_id,
          m1=Contact.happened_at, m2=Contact.entered_at, m3=Contact.through, t1=Contact.way,
          yes=Contact.reached, list=Contact.topics),
    _rows("letter", Notice, Notice.case_id, id=Notice.id, person_id=Notice.person_id,
          other_id=Notice.cause_id, m1=Notice.made_at, m2=Notice.sent_at, m3=LOST_AT, m4=Notice.read_at,
          ).where(Notice.person_id.is_not(None), Notice.kind.in_((NewsKind.ENTRY, NewsKind.MESSAGE))),
    _rows("kept", Commitment, Commitment.case_id, id=Commitment.id, person_id=Commitment.person_id,
          other_id=Commitment.cause_id, m1=Commitment.made_at, m2=Commitment.due_at, m3=Commitment.ended_at,
          m4=Commitment.shown_due_at, t1=Commitment.rule, t2=Commitment.kind, t3=Commitment.state,
          yes=Commitment.shown),
    _rows("sought", Access, Access.case_id, person_id=Access.person_id, other_id=Commitment.case_id,
          m1=Commitment.made_at, m2=Commitment.ended_at,
          ).join(Commitment, sa.and_(
              Commitment.person_id == Access.person_id, Commitment.case_id != Access.case_id,
              Commitment.rule == Rule.REACH, owned(Commitment))),
)


def facts_of(case_ids: Collection[UUID], needs_care: Collection[str]) -> list[CaseFacts]:
    """What is known of these cases, as the caller's transaction sees it. *needs_care*: the reasons for which
    a case is hidden and not merely not offered (:data:`core.force.NEEDS_CARE`)."""
    by_kind: dict[str, list[Any]] = {}
    for row in read(FACTS, cases=list(case_ids)):
        by_kind.setdefault(row.what, []).append(row)
    cases = {row.id: _case(row, needs_care) for row in by_kind.get("case", ())}
    for row in by_kind.get("access", ()):
        cases[row.case_id].followers[row.person_id] = Follower(
            row.person_id, row.id, row.t1, row.m1, (row.m2 or row.m1) if row.yes else None, row.also,
            partial(never_contacted, row.person_id, row.safe, row.chosen))
    for row in by_kind.get("entry", ()):
        cases[row.case_id].news.append(News(
            row.id, row.t1, row.t2, row.t3, row.t4, row.t5, row.m1, _known_at(row.m1, row.m2, row.m3), row.m3,
            row.yes, row.day, row.also))
    for what, add in _OF_A_PERSON.items():
        for row in by_kind.get(what, ()):
            if follower := cases[row.case_id].followers.get(row.person_id):
                add(follower, row)
    return list(cases.values())


def _case(row: Any, needs_care: Collection[str]) -> CaseFacts:
    return CaseFacts(
        row.id, row.other_id, StageId(row.t1), row.yes, not row.yes and row.t2 in needs_care, row.t3, row.t4,
        row.m1, enhanced_since(row.list))


def _known_at(happened: datetime, received: datetime | None, entered: datetime) -> datetime:
    """Nobody received news before it happened, nor after it was here: a slip of the pen moves no term."""
    return max(happened, min(received or happened, entered))


def never_contacted(person_id: UUID, safe: bytes | None, chosen: bytes | None) -> bool:
    """Whether nobody may contact this person: by the record (*safe*) or by their own choice, both sealed."""
    return safe_contact.never(SimpleNamespace(
        safe_contact=unseal(Person, "safe_contact", person_id, safe),
        chosen_contact=unseal(Person, "chosen_contact", person_id, chosen)))


def _add_message(to: Follower, row: Any) -> None:
    to.messages.append(Written(row.id, row.yes, row.m1, row.m2, row.m3))


def _add_contact(to: Follower, row: Any) -> None:
    to.contacts.append(Met(row.id, row.t1, row.yes, row.m1, row.m2, row.m3, frozenset(row.list)))


def _add_letter(to: Follower, row: Any) -> None:
    to.letters.append(Letter(row.id, row.other_id, row.m1, row.m2, row.m3, row.m4))


def _add_kept(to: Follower, row: Any) -> None:
    to.rows.append(Kept(
        row.id, row.t1, row.other_id, row.t2, row.m1, row.m2, row.yes, row.m4, row.t3, row.m3))


def _add_sought(to: Follower, row: Any) -> None:
    to.sought.append(Sought(row.m1, row.other_id, row.m2))


_OF_A_PERSON = {
    "message": _add_message, "contact": _add_contact, "letter": _add_letter, "kept": _add_kept,
    "sought": _add_sought}
