"""Every hook there is. If it is not here, it does not exist.

*Strict* hooks decide or record: a failure stops the work. *One by one* hooks decorate: a failing
plugin is left out, its name in the log, and the page is still served. Arguments and answers are
the frozen values below; never HTML, dicts or database rows. Implementations take the arguments
they need by name. ``docs/hooks.md`` is made from this file by ``tools/hooks.py``: each docstring is
one sentence, ``Asked: …``, ``Answer: …``, and what else an author must know.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal, Protocol
from uuid import UUID

import pluggy
from pydantic import AfterValidator, BeforeValidator, StringConstraints

from core.base.commitment_kinds import (
    AgreedWay,
    CauseKind,
    CommitmentKind,
    CommitmentState,
    Rule,
)
from core.base.fields import (
    SEPARATOR,
    Id,
    PastMoment,
    Shape,
    clean_line,
    read_media_type,
    read_version,
    stamp_of,
)
from core.base.notice_kinds import Channel, DeliveryState, NewsKind, NoticeKind, NoticeReport
from core.force.telling import EntryCodes, Telling
from core.hook_values import (
    Action,
    Cause,
    Delivery,
    Link,
    News,
    NoticeRequest,
    Panel,
    Parked,
    Place,
    Promised,
    RenderedNotice,
    StaffAtCase,
    Viewing,
)

if TYPE_CHECKING:
    import click
    from flask import Blueprint

    from core.force.model import Force

__all__ = [
    "Action", "AgreedWay", "Cause", "CauseKind", "Channel", "CommitmentKind", "CommitmentState", "Delivery",
    "DeliveryState", "EntryCodes", "Event", "Jobs", "Link", "News", "NewsKind", "NoticeKind", "NoticeReport",
    "NoticeRequest", "Panel", "Parked", "Place", "Promised", "RenderedNotice", "Rule", "StaffAtCase",
    "Telling", "Viewing", "hookimpl",
]
PROJECT = "trackmycrime"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)
# How a hook is asked; all others are strict, and asked while the portal works.
AT_START = frozenset({"routes", "commands", "jobs"})
ONE_BY_ONE = frozenset({"case_panels", "case_actions", "links", "panels"})
ONLY_READING = ONE_BY_ONE | {"case_relation"}  # what they would change is not kept


class Event(Shape):
    """One record event: the envelope as CloudEvents 1.0 has it, ``data`` not yet understood."""

    specversion: Annotated[Literal["1.0"], BeforeValidator(read_version)]
    id: Id
    source: Id
    type: Id
    time: PastMoment
    subject: Id
    datacontenttype: Annotated[Literal["application/json"], BeforeValidator(read_media_type)] = (
        "application/json"
    )
    sequence: Annotated[str, StringConstraints(max_length=100), AfterValidator(clean_line)] = ""
    data: dict[str, Any]

    @property
    def stamp(self) -> str:
        """Orders news by (time, sequence, id, source), whatever order it arrives in."""
        return f"{stamp_of(self.time, self.sequence, self.id)}{SEPARATOR}{self.source}"


class Jobs(Protocol):
    """What a plugin declares its background tasks with."""

    def task(
        self, name: str, *, cron: str | None = None,
        due: Callable[[], tuple[Any, Mapping[str, Any]]] | None = None,
    ) -> Any: ...


@hookspec
def routes() -> Blueprint | None:
    """The plugin's pages.

    Asked: once, at start.
    Answer: a blueprint named like the plugin, or None.

    Every view carries ``@allow(rule)``. The pages exist for the forces that list the plugin; for the
    others they answer "not found". Handlers are the blueprint's own (``before_request``), never the
    whole portal's (``before_app_request``).
    """


@hookspec
def commands() -> list[click.Command]:  # type: ignore[empty-body]
    """Commands under ``trackmycrime``.

    Asked: once, when a command is called, for every plugin that is installed.
    Answer: commands and groups; groups of one name are joined, and no name is taken twice.

    Import their modules inside this function: what a plugin imports above is kept by every web process.
    """


@hookspec
def jobs(registry: Jobs) -> None:
    """The plugin's background tasks.

    Asked: once, at start.
    Answer: nothing; declare each with ``registry.task("name")(function)``, its name beginning with
    the plugin's. With ``cron`` (UTC) it runs by itself, once for each force that lists the plugin;
    with ``due`` (a function that gives a query and its values), for those of them for which the query
    has a row. It is asked for all forces of a database at once.

    A task runs in the scope of its force, gets ids of rows, reads fresh, and bears being run twice.
    """


@hookspec(firstresult=True)
def translate_event(force: Force, event: Event) -> Event | Parked | None:
    """Turns a force's own record event into a standard one.

    Asked: for every record event, before it is understood; the force's ``hooks.py`` first.
    Answer: the event to go on with, ``Parked`` with a reason that a force admin can act on, or None,
    which leaves it to the next. The first answer ends it.
    """


@hookspec(firstresult=True)
def tell_entry(force: Force, entry: EntryCodes) -> Telling | None:
    """What people read of an entry of the timeline, and of where a case stands, by their nation's law.

    Asked: once for each :class:`EntryCodes` and language, when somebody reads of such an entry for the first
    time; what is answered is kept for this force while the portal runs.
    Answer: the words, or None, which leaves it to the next. The first answer ends it; with no answer at
    all, the core's general words are told, which name no law.

    The plugin says for whom it tells: in ``NATIONS`` the nations, in ``SCHEMES`` the outcomes that record
    systems of such a force may send (by scheme and code; the first scheme is the usual one), in
    ``RELEASE_KINDS`` how somebody may be released there beside what every force has, in ``LANGUAGES`` in
    which languages a force there has its own texts, and in ``EDITION`` which edition of a law it tells.
    Answer None for a force of another nation.
    """


@hookspec
def commitments_from(force: Force, cause: Cause) -> list[Promised]:  # type: ignore[empty-body]
    """What a person is promised because of this.

    Asked: for every :class:`Cause` and every person who is owed news of the case, each time the commitments
    of the case are reckoned: when anything happens in it, and again later.
    Answer: promises, always the same for the same cause. An empty list promises nothing.

    Of ``contact`` causes the core promises contact within 28 days where no plugin does: nobody who follows an
    open case is owed nothing.
    """


@hookspec(firstresult=True)
def agreed_way(force: Force, case_id: UUID, person_id: UUID) -> AgreedWay | None:
    """In which way a person and the force agreed to be in contact about a case.

    Asked: when news goes to somebody who can safely get it by more than one way, and when an officer reads
    what is owed to them.
    Answer: the way, or None where nothing was agreed, which leaves it to the next. The first answer ends it.

    Whether the way is safe and possible now is the core's to see: one that is not counts as none.
    """


@hookspec
def notices_for(force: Force, news: News) -> list[NoticeRequest]:  # type: ignore[empty-body]
    """Who is to be told of this news.

    Asked: for every piece of news, in the transaction of the news itself.
    Answer: a notice for each person or member of staff; the same asked for twice is written once.

    Whether it is safe to tell them is asked later, when it is sent.
    """


@hookspec(firstresult=True)
def deliver(force: Force, notice: RenderedNotice) -> Delivery | None:
    """Hands a notice to a provider: an email, or a text message.

    Asked: by the worker, for every notice that is safe to send now; no database transaction is open.
    Answer: what became of it (``Delivery``), or None for a channel that is not the plugin's, which leaves it
    to the next. The first answer ends it.

    The plugin says in ``CHANNELS`` by which channels it delivers: a force can send texts when one of its
    plugins has ``Channel.TEXT`` there. ``try_later``, or a failure that is raised, is tried again for
    more than a day, so it must mean that the notice was surely not taken. ``perhaps_sent`` is repeated
    once, and a code never.
    """


@hookspec
def case_panels(force: Force, viewing: Viewing) -> list[Panel]:  # type: ignore[empty-body]
    """Parts of a case page.

    Asked: for every view of a case, the person's and the officer's (``viewing.viewer``).
    Answer: panels, shown by their ``order``; below 50 stands beside the timeline's head, from 50 on at
    the side; on the officer's page below 0 at its head, and all others at the side. An empty list shows
    nothing.
    """


@hookspec
def case_actions(force: Force, viewing: Viewing) -> list[Action]:  # type: ignore[empty-body]
    """What the viewer can do from the case page.

    Asked: for every view of a case by the person on it.
    Answer: links to endpoints, by their ``order``. An empty list offers nothing.
    """


@hookspec(firstresult=True)
def case_relation(force: Force, asked: StaffAtCase) -> str | None:
    """What a member of staff has to do with a case that is not of their work.

    Asked: when staff open a case which they neither lead nor supervise, and which is not of their unit; for
    reading only.
    Answer: a word for it, in small letters, or None, which leaves it to the next. The first answer ends it;
    with no answer at all, the case is "not found".

    Whoever is let in so may look and change nothing, and the audit keeps the word. ``lead``, ``unit`` and
    ``supervisor`` are the core's own.
    """


@hookspec
def links(force: Force, place: Place) -> list[Link]:  # type: ignore[empty-body]
    """Where a plugin can be reached from pages of others.

    Asked: for every page that has such a place, by its name.
    Answer: links to the plugin's own endpoints, by their ``order``. An empty list adds nothing.

    Places of the core: ``visitor``, the ways in for whoever is not signed in; ``person`` and ``staff``,
    their navigation, the first being where they begin; ``desk``, the navigation of staff at the desk;
    ``can_follow``, where somebody learns whether a report can be followed online. And for pages of plugins
    about each other: ``callers``, for call handlers; ``account``, where people decide about their access;
    ``conversation``, where the person of a case writes; ``staff_case``, the page of a case for staff;
    ``access``, where staff help a person of a case to get in; ``desk_list``, below an officer's list of
    cases. A plugin that has a place of its own names it in its document.
    """


@hookspec
def panels(force: Force, place: Place) -> list[Panel]:  # type: ignore[empty-body]
    """Parts of pages of others, which are not of a case.

    Asked: for every page that has such a place, by its name.
    Answer: panels, shown by their ``order``. An empty list shows nothing.

    Places: ``privacy``, an entry of the list of how data are looked after; ``accessibility``, whom to turn
    to where the answer of the force does not help, in place of the words that stand there; ``code``, on the
    page that asks for a code, whose ``endpoint`` takes other proofs too (``second_step``); ``again``, how
    somebody signs in once more before they go on; ``account``, among what people decide about their access;
    ``visits``, an entry of what to do about a visit that was not theirs; ``desk_list``, below an officer's
    list of cases.
    """


@hookspec(firstresult=True)
def second_step(force: Force, proof: str) -> UUID | None:
    """Who it is that something other than a code proves, in the second step of signing in.

    Asked: when somebody who gave details sends such a ``proof`` (text of the plugin's own, up to 20,000
    characters, from a stranger) in place of a code.
    Answer: the id of the person, or None, which leaves it to the next. The first answer ends it.

    The core opens a case only if the details led to the same person, and their access is not locked.
    """


@hookspec(firstresult=True)
def sign_in_at(force: Force, who: str) -> str | None:
    """Where somebody who is not signed in begins.

    Asked: when a page needs a ``person`` or an ``officer`` (``who``) and nobody is signed in; and, as
    ``officer_again``, when what an officer wants to do needs proof of the last ten minutes.
    Answer: an endpoint, or None, which leaves it to the next. With no answer at all, the page is "not
    found". The first answer ends it.
    """


@hookspec(firstresult=True)
def sign_out_at(force: Force, who: str) -> str | None:
    """Where somebody goes on who signed out here, so that they are signed out elsewhere too.

    Asked: when a ``person`` or an ``officer`` (``who``) pressed "Sign out" and their visit has ended.
    Answer: an endpoint, or None, which leaves it to the next. With no answer at all, the home page. The
    first answer ends it.
    """
