"""The values of hooks: what is told and sent, who looks at which place, and what a plugin shows there.

Plugins take them from :mod:`core.hookspecs`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel.speaklater import LazyString
from markupsafe import Markup

from core.base.commitment_kinds import CauseKind, CommitmentKind, Rule
from core.base.notice_kinds import Channel, DeliveryState, NewsKind, NoticeKind
from core.force.telling import EntryCodes


@dataclass(frozen=True)
class Parked:
    """A record event that cannot be taken in yet, with a reason a force admin can act on."""

    reason: str


@dataclass(frozen=True)
class News:
    """Something happened that a person or an officer may have to be told; moments are UTC.

    A ``kind`` given as text becomes the NewsKind of this value; one that there is not is a ValueError.
    """

    kind: NewsKind
    case_id: UUID
    cause_id: UUID
    happened_at: datetime
    person_ids: tuple[UUID, ...] = ()
    staff_id: UUID | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", NewsKind(self.kind))


@dataclass(frozen=True)
class NoticeRequest:
    """A notice to be written, to one person or one member of staff; ``kind`` as in News."""

    kind: NoticeKind
    person_id: UUID | None = None
    staff_id: UUID | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", NoticeKind(self.kind))


@dataclass(frozen=True)
class RenderedNotice:
    """A notice as it goes now, by one channel. ``notice_id`` stays the same on every ``attempt`` (from 1).

    ``to`` is an address in ASCII, or an international number, ``+447…``, that texts may go to
    (:mod:`core.base.phone`). ``discreet``: nothing that is shown, the sender neither, may say police, crime
    or the force's name. Only an email has a sender, a subject and ``html``.
    """

    channel: Channel
    notice_id: UUID
    attempt: int
    to: str
    text: str
    language: str
    discreet: bool
    sender_name: str = ""
    sender_address: str = ""
    subject: str = ""
    html: str = ""


@dataclass(frozen=True)
class Delivery:
    """What became of a notice: sent ``by`` a provider, or the ``reason`` why not, for staff to read.

    A ``state`` given as text becomes the DeliveryState of this value. Raises ValueError for one that there
    is not, for ``sent`` without a provider, and for ``failed`` and ``try_later`` without a reason.
    """

    state: DeliveryState
    by: str = ""
    reason: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "state", DeliveryState(self.state))
        if self.state is DeliveryState.SENT and not self.by:
            raise ValueError("a notice that was sent names who took it")
        if self.state in (DeliveryState.FAILED, DeliveryState.TRY_LATER) and not self.reason:
            raise ValueError("a notice that was not sent says why")


@dataclass(frozen=True)
class Cause:
    """Because of what a person may be promised something; all moments are UTC.

    ``at`` is when it happened, ``known_at`` from when the force's terms count: when the Witness Care Unit
    received it, where the record says so, else ``at``. ``cause_id`` is that of
    the entry, message or contact; at first that of their access. ``entry``: the codes of news.
    ``enhanced_since``: since when the case has the enhanced service, None for the standard one.
    """

    kind: CauseKind
    cause_id: UUID
    at: datetime
    known_at: datetime
    case_id: UUID
    person_id: UUID
    crime_type: str
    district: str
    enhanced_since: datetime | None = None
    entry: EntryCodes | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", CauseKind(self.kind))


@dataclass(frozen=True)
class Promised:
    """What somebody is promised because of a :class:`Cause`: ``kind``, until ``due_at`` (UTC).

    ``rule`` says where the promise comes from: ``edition/key`` of a law (``2021/arrested``), or a
    :class:`Rule`, and ValueError is raised for any other; one cause gives one promise for each rule.
    ``shown``: the person may be told of it, with its day; an ``unconf`` term of a law is kept to, and not
    shown.
    ``shown_due_at``: the later day of which they may be told, where the sooner one is kept to and may not be
    shown; None: ``due_at``.
    """

    rule: str
    kind: CommitmentKind
    due_at: datetime
    shown: bool = True
    shown_due_at: datetime | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", CommitmentKind(self.kind))
        if not all(self.rule.partition("/")):
            object.__setattr__(self, "rule", Rule(self.rule).value)
        if any(moment and moment.tzinfo is None for moment in (self.due_at, self.shown_due_at)):
            raise ValueError(f"the promise of {self.rule} names no time zone")


@dataclass(frozen=True)
class Viewing:
    """Who is looking at which case. ``viewer`` is ``person`` or ``officer``.

    ``relation`` says what an officer has to do with the case: ``lead``, ``cover``, ``unit``,
    ``supervisor``, or what a plugin says (``case_relation``). Of an officer who ``only_looks`` nothing is
    taken.
    """

    viewer: str
    case_id: UUID
    crime_reference: str
    crime_type: str
    district: str
    stage: str
    language: str
    person_id: UUID | None = None
    staff_id: UUID | None = None
    relation: str | None = None
    late: bool = False

    @property
    def only_looks(self) -> bool:
        """Whether an officer looks who does not work on the case: who may read, and change nothing."""
        return self.viewer == "officer" and self.relation not in ("lead", "cover", "unit", "supervisor")


@dataclass(frozen=True)
class StaffAtCase:
    """A member of staff, by id and role, before a case that is not of their work."""

    staff_id: UUID
    role: str
    case_id: UUID


@dataclass(frozen=True)
class Place:
    """A place of a page where parts of other plugins stand; its name says what belongs there.

    ``staff_id``: of the officer who looks. ``case_id`` and ``person_id``: what the place is about, where
    it is about one. ``endpoint``: where a form that stands there is sent.
    """

    name: str
    staff_id: UUID | None = None
    case_id: UUID | None = None
    person_id: UUID | None = None
    endpoint: str | None = None


@dataclass(frozen=True)
class Link:
    """A link to an endpoint of the plugin. ``count``: how many things wait there, where that is told."""

    order: int
    label: str | LazyString
    endpoint: str
    values: Mapping[str, Any] = field(default_factory=dict)
    count: int | None = None

    def __post_init__(self) -> None:
        check_part(self, order=int, label=(str, LazyString), endpoint=str, values=Mapping,
                    count=(int, type(None)))


@dataclass(frozen=True)
class Panel:
    """A part of a page: a template of the plugin's own and the values it shows."""

    order: int
    name: str
    template: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_part(self, order=int, name=str, template=str, values=Mapping)


@dataclass(frozen=True)
class Action:
    """Something the viewer can do from the case page; a link to an endpoint of the plugin."""

    order: int
    label: str
    endpoint: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_part(self, order=int, label=(str, LazyString), endpoint=str, values=Mapping)


def check_part(part: Link | Panel | Action, **types: Any) -> None:
    """Fails in the plugin that made the part, and not in the page that shows it."""
    for name, wanted in types.items():
        value = getattr(part, name)
        if not isinstance(value, wanted) or isinstance(value, Markup):
            raise TypeError(f"{type(part).__name__}.{name} is a {type(value).__name__}")
