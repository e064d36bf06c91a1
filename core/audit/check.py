"""Is the audit as it was written? Names the first row that is not, and what happened to it."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core.audit import trail
from core.audit.chain import ENTRY, KEPT_AT_LEAST, UNLINKED, link_fits
from core.audit.export import Head
from core.audit.models import AuditEntry, AuditHead, AuditLink
from core.base import clock
from core.base.audit_actions import CoreAction
from core.base.scope import current_force_id
from core.storage.db import db, read
from core.storage.walls import owned

AT_ONCE = 2000
HEADS_OVERDUE = timedelta(minutes=10)  # a worker tells heads every minute
NOT_LINKED = timedelta(hours=1)  # a worker links within seconds
LINK = (AuditLink.number, AuditLink.at, AuditLink.action, AuditLink.mac, AuditLink.previous,
        AuditLink.link, AuditLink.key_id)
LINKED = (
    sa.select(AuditLink.id, *LINK, *(c.label(f"entry_{c.key}") for c in ENTRY))
    .outerjoin(AuditEntry, sa.and_(AuditEntry.id == AuditLink.id, owned(AuditEntry)))
    .where(owned(AuditLink), AuditLink.number > sa.bindparam("after"))
    .order_by(AuditLink.number).limit(AT_ONCE)
)
LINKS = (
    sa.select(AuditLink.id, *LINK)
    .where(owned(AuditLink), AuditLink.number > sa.bindparam("after"))
    .order_by(AuditLink.number).limit(AT_ONCE)
)
CUTS = sa.select(*ENTRY).where(owned(AuditEntry), AuditEntry.action == CoreAction.AUDIT_CUT)
COUNT = sa.select(sa.func.count(AuditLink.id)).where(owned(AuditLink))
# Streamed: where no worker has run for long these are millions.
OF_FEW = UNLINKED.order_by(AuditEntry.at).execution_options(stream_results=True)


@dataclass(frozen=True)
class Broken:
    """The first row that is not as it was written. ``what``: ``changed``, ``deleted``, ``inserted``,
    ``reordered``, ``tail cut``, ``chain rebuilt``, ``removed too early``, ``not linked`` or ``not
    told``; times are UTC."""

    what: str
    why: str
    number: int | None = None
    id: UUID | None = None
    at: datetime | None = None
    action: str | None = None

    def __str__(self) -> str:
        parts = [f"row {self.number}" if self.number else "a row without a place in the chain"]
        parts += [str(p) for p in (self.id, self.at and self.at.isoformat(), self.action) if p]
        return f"{self.what}: {', '.join(parts)}: {self.why}"


@dataclass
class Report:
    """What was found of one force."""

    force: str
    linked: int = 0
    removed: int = 0  # by retention, which says so in the audit
    unlinked: int = 0
    oldest_unlinked: datetime | None = None
    heads: int = 0
    broken: Broken | None = None
    erased: bool = False  # its keys were destroyed: nothing can be checked any more

    @property
    def ok(self) -> bool:
        return self.broken is None

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "ok": self.ok}


def count_links() -> int:
    """How many links the force in scope has."""
    found: int = read(COUNT).scalar_one()
    return found


def check(
    heads: Sequence[Head], progress: Callable[[int], None] = lambda done: None, *,
    must_be_told: bool = False,
) -> Report:
    """The whole audit of the force in scope, against *heads* that were told before.

    ``must_be_told``: heads are told somewhere, so that it is a fault if none of this force was.
    """
    force = current_force_id()
    told: dict[int, list[Head]] = {}
    for head in sorted(heads, key=lambda h: h.at):
        if head.force == force:
            told.setdefault(head.number, []).append(head)
    report = Report(force, heads=len(told))
    walk = _Walk(report, told, progress)
    breaks = [walk.run(), *_unlinked(report)]
    if must_be_told and not told and walk.first and walk.first < clock.now() - HEADS_OVERDUE:
        breaks.append(Broken("not told", "no head of this force was told, as one is every minute: was the "
                             "file exchanged or emptied?", 1, at=walk.first))
    report.broken = next((broken for broken in breaks if broken), None)
    return report


@dataclass
class _Walk:
    """Along the chain, from its first link to its last."""

    report: Report
    told: dict[int, list[Head]]  # by number: the same one may have been told more than once
    progress: Callable[[int], None]
    number: int = 0
    link: bytes = b""
    at: datetime | None = None
    first: datetime | None = None

    def run(self) -> Broken | None:
        broken = self._begin()
        if broken:
            return broken
        while True:
            before = self.number
            broken = self._go_on()
            if broken:
                return broken
            noted = _noted()
            # The chainer goes on meanwhile: what it noted since our last look is no tail that was cut.
            if noted is None or noted.number <= self.number or self.number == before:
                return self._end(noted)

    def _go_on(self) -> Broken | None:
        """To the end as it is now; the chainer may add to it meanwhile."""
        for row in _pages(LINKED, self.number):
            broken = self._row(row)
            if broken:
                return broken
            self.number, self.link, self.at = row.number, row.link, row.at
            self.first = self.first or row.at
            self.report.linked += 1
            if self.report.linked % 100 == 0:
                self.progress(self.report.linked)
        return None

    def _begin(self) -> Broken | None:
        """The chain begins with 1, or where a cut that was written in the audit left it."""
        first = next(_pages(LINKS, 0), None)
        if first is None or first.number == 1:
            return None
        for cut in (row._asdict() for row in read(CUTS).fetchall()):
            # A cut that the portal wrote: whoever can take rows away can write a row that says they were old.
            if cut["fields"].get("through") == first.number - 1 and trail.fits(cut):
                self.number, self.link = first.number - 1, bytes.fromhex(cut["fields"]["link"])
                self.report.removed = self.number
                return self._too_early(cut)
        return Broken("deleted", f"rows 1 to {first.number - 1} are gone, and no row says that they "
                      "were old enough to be removed", 1)

    def _too_early(self, cut: dict[str, Any]) -> Broken | None:
        young = [h for told in self.told.values() for h in told
                 if h.number <= self.number and h.at > cut["at"] - KEPT_AT_LEAST]
        if not young:
            return None
        return Broken("removed too early", f"this row was told as a head on {young[0].at:%d %B %Y}, "
                      f"and the rows through {self.number} were removed on {cut['at']:%d %B %Y}",
                      young[0].number)

    def _row(self, row: Any) -> Broken | None:
        link = {c.key: getattr(row, c.key) for c in LINK} | {"id": row.id}
        entry = {c.key: getattr(row, f"entry_{c.key}") for c in ENTRY}
        about = (row.number, row.id, row.at, row.action)
        fits = link_fits(link)
        if row.number != self.number + 1:
            gone = self.number + 1
            return Broken("deleted", f"this row and its link are gone{_between(self.at, row.at)}", gone)
        if entry["id"] is None:
            return Broken("deleted", "its link is there, the row is not", *about)
        # With the link's copy of the MAC too: a row could be exchanged for another true one.
        if not trail.fits(entry) or not hmac.compare_digest(entry["mac"], row.mac):
            if fits:
                return Broken("changed", "the row is not what it was when it was linked", *about)
            return Broken("inserted", "neither the row nor its link was made by the portal", *about)
        if not fits:
            return self._misplaced(link, about)
        if not hmac.compare_digest(row.previous, self.link):
            return Broken("chain rebuilt", "its link follows another row than the one before it",
                          *about)
        return self._as_exported(row, about)

    def _misplaced(self, link: dict[str, Any], about: tuple[Any, ...]) -> Broken:
        """A row whose link was not made for this place: was it made for another?"""
        # Through the whole chain, for the one row at which the check ends: its answer says what was done.
        for other in _pages(LINKS, 0):
            if link_fits(link, number=other.number):
                if any(one.link == link["previous"] for one in _pages(LINKS, 0)):
                    return Broken("reordered", f"it was linked as row {other.number}", *about)
                return Broken("deleted", f"a row before this one is gone, which was row {other.number}; "
                              "those after it were numbered anew", *about)
            if link_fits(link, id=other.id, at=other.at, action=other.action, mac=other.mac):
                return Broken("reordered", f"its place was that of {other.id}", *about)
        return Broken("chain rebuilt", "the row is as it was written; its link was not made with the "
                      "portal's key", *about)

    def _as_exported(self, row: Any, about: tuple[Any, ...]) -> Broken | None:
        others = (h for h in self.told.get(row.number, ())
                  if not hmac.compare_digest(h.link, row.link))
        head = next(others, None)
        if head is None:
            return None
        return Broken("chain rebuilt", f"on {head.at:%d %B %Y at %H:%M} UTC the head with this number "
                      "was told as another: the chain was made anew, here or before", *about)

    def _end(self, noted: AuditHead | None) -> Broken | None:
        """Nothing that was told, or that the chainer noted, may lie beyond the end."""
        self.progress(self.report.linked)
        beyond = sorted(number for number in self.told if number > self.number)
        missing = self.number + 1
        if beyond:
            head = self.told[beyond[0]][0]
            return Broken("tail cut", f"the chain went to row {beyond[-1]} at least, of which row "
                          f"{head.number} was told on {head.at:%d %B %Y at %H:%M} UTC", missing)
        if noted is None and self.number:
            return Broken("chain rebuilt", "what the chainer noted of the last link is gone", self.number)
        if noted and noted.number > self.number:
            return Broken("tail cut", f"the chainer noted row {noted.number} as the last", missing)
        if noted and (noted.number, noted.link) != (self.number, self.link) and self.number:
            return Broken("chain rebuilt", "the chainer noted another last link", self.number)
        return None


def _noted() -> AuditHead | None:
    """What the chainer noted of the last link."""
    statement = sa.select(AuditHead).execution_options(populate_existing=True)
    return db.session.scalars(statement).first()


def _unlinked(report: Report) -> Iterator[Broken | None]:
    """Rows that no link leads to: those of the last seconds, or such as the portal never wrote.

    Others that stay so could be taken away unseen.
    """
    for row in read(OF_FEW, since=0):
        report.unlinked += 1
        report.oldest_unlinked = report.oldest_unlinked or row.at
        if not trail.fits(row._asdict()):
            yield Broken("inserted", "the row was not written by the portal, or was changed before it "
                         "was linked", None, row.id, row.at, row.action)
        elif row.at < clock.now() - NOT_LINKED:
            yield Broken("not linked", "no worker has linked this row, so that it could be removed unseen: "
                         "is one running, and what does its log say?", None, row.id, row.at, row.action)


def _pages(statement: Any, after: int) -> Iterator[Any]:
    """The links after a number, read piece by piece."""
    while True:
        rows = read(statement, after=after).fetchall()
        yield from rows
        if len(rows) < AT_ONCE:
            return
        after = rows[-1].number


def _between(before: datetime | None, after: datetime) -> str:
    since = f"between {before.isoformat()} and " if before else "before "
    return f" ({since}{after.isoformat()})"
