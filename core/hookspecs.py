"""Every hook there is. If it is not here, it does not exist.

*Strict* hooks decide or record: a failure stops the work. *One by one* hooks decorate: a failing
plugin is left out, its name in the log, and the page is still served. Arguments and answers are
the frozen values below; never HTML, dicts or database rows. Implementations take the arguments
they need by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

import pluggy

if TYPE_CHECKING:
    import click
    from flask import Blueprint

    from core.event_shapes import Event
    from core.force import Force

PROJECT = "trackmycrime"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@dataclass(frozen=True)
class Parked:
    """A record event that cannot be taken in yet, with a reason a force admin can act on."""

    reason: str


@dataclass(frozen=True)
class News:
    """Something happened that a person or an officer may have to be told.

    ``kind`` is ``entry`` (timeline), ``message``, ``officer_message`` (a person wrote) or
    ``case_silent`` (a case that people could open is no longer shown, because it needs care: for
    the officer, never for the people on it); moments are UTC.
    """

    kind: str
    case_id: UUID
    cause_id: UUID
    happened_at: datetime
    person_ids: tuple[UUID, ...] = ()
    staff_id: UUID | None = None


@dataclass(frozen=True)
class NoticeRequest:
    """A notice to be written: ``kind`` as in News, to one person or one member of staff."""

    kind: str
    person_id: UUID | None = None
    staff_id: UUID | None = None


@dataclass(frozen=True)
class Letter:
    """A rendered notice, ready to go. ``notice_id`` stays the same on every try."""

    notice_id: UUID
    to_address: str
    sender_name: str
    sender_address: str
    subject: str
    text: str
    html: str
    language: str


@dataclass(frozen=True)
class Delivered:
    """The provider took the letter."""

    by: str


@dataclass(frozen=True)
class Viewing:
    """Who is looking at which case. ``viewer`` is ``person`` or ``officer``."""

    viewer: str
    case_id: UUID
    crime_reference: str
    crime_type: str
    district: str
    stage: str
    language: str
    person_id: UUID | None = None
    staff_id: UUID | None = None


@dataclass(frozen=True)
class Panel:
    """A part of a case page: a template of the plugin's own and the values it shows."""

    order: int
    name: str
    template: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Action:
    """Something the viewer can do from the case page; a link to an endpoint of the plugin."""

    order: int
    label: str
    endpoint: str
    values: Mapping[str, Any] = field(default_factory=dict)


class Jobs(Protocol):
    """What a plugin declares its background tasks with."""

    def task(self, name: str, *, retry: int = 0, cron: str | None = None) -> Any: ...


@hookspec
def routes() -> Blueprint | None:
    """The plugin's pages: a blueprint named like the plugin. Asked once, at start. Strict.

    Every view carries ``@allow(rule)``. The pages exist for the forces that list the plugin;
    for the others they answer "not found".
    """


@hookspec
def commands() -> list[click.Command]:  # type: ignore[empty-body]
    """Commands under ``trackmycrime``; groups of one name are joined. Asked once, at start. Strict."""


@hookspec
def jobs(registry: Jobs) -> None:
    """Declare background tasks: ``registry.task("name")(function)``. Asked once, at start. Strict.

    A task's arguments are the force's id and ids of rows, and it reads fresh.
    """


@hookspec(firstresult=True)
def translate_event(force: Force, event: Event) -> Event | Parked | None:
    """Turn a force's own event into a standard one; ``None`` leaves it to the next. Strict.

    Asked for every record event before it is understood. The force's answer comes first.
    """


@hookspec
def notices_for(force: Force, news: News) -> list[NoticeRequest]:  # type: ignore[empty-body]
    """Who is to be told of this news. Strict; in the transaction of the news itself.

    Whether it is safe to tell them is asked later, when it is sent.
    """


@hookspec(firstresult=True)
def deliver_notice(force: Force, letter: Letter) -> Delivered | None:
    """Hand the letter to a provider. The first that answers ends it. Strict.

    Raise :class:`core.CannotDeliver` for a letter that can never go; any other failure is tried
    again. No database transaction is open while it runs.
    """


@hookspec
def case_panels(force: Force, viewing: Viewing) -> list[Panel]:  # type: ignore[empty-body]
    """Parts for a case page, the person's or the desk's (``viewing.viewer``). One by one."""


@hookspec
def case_actions(force: Force, viewing: Viewing) -> list[Action]:  # type: ignore[empty-body]
    """What the viewer can do from the case page. One by one."""


@hookspec(firstresult=True)
def sign_in_at(force: Force, who: str) -> str | None:
    """The endpoint where a ``person`` or an ``officer`` who is not signed in begins. Strict.

    The first answer ends it; with none, their pages answer "not found".
    """
