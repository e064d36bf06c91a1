"""What became of a notice: reported by providers, at once or days later, and by pages that were read.

Each kind of report is kept at its first moment. What is known is a function of all reports and never of
their order: read before all, since whoever has read it has it; lost (bounced or failed) before delivered,
since an address that took a letter may send it back. The outbox has a state of its own (``Notice.state``).
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from flask import Flask

from core import audit
from core.base import clock
from core.base.audit_actions import CoreAction
from core.base.installation import State
from core.cases.models import Person
from core.hookspecs import NoticeKind, NoticeReport
from core.notices.models import Notice
from core.notices.queue import new_row, write_promised
from core.notices.ways import NEWS, next_way
from core.storage.db import db, read, update_many
from core.storage.walls import owned

Listener = Callable[[Collection[tuple[UUID, UUID]]], None]
LOST = (NoticeReport.BOUNCED, NoticeReport.FAILED)
LOST_AT = sa.func.least(Notice.bounced_at, Notice.failed_at)
_COLUMNS = {report: f"{report}_at" for report in NoticeReport}
_WORDS = {NoticeReport.BOUNCED: CoreAction.NOTICE_BOUNCED, NoticeReport.FAILED: CoreAction.NOTICE_FAILED}
_listeners: State[list[Listener]] = State("notice_listeners", list)
UNREAD = sa.select(Notice.id).where(
    owned(Notice), Notice.case_id == sa.bindparam("case_id"), Notice.person_id == sa.bindparam("person_id"),
    Notice.cause_id == sa.any_(sa.bindparam("causes", type_=sa.ARRAY(sa.Uuid))),
    Notice.kind.in_(NEWS), Notice.read_at.is_(None),
)
SAME_NEWS = sa.select(Notice.channel, Notice.read_at).where(
    owned(Notice), Notice.case_id == sa.bindparam("case_id"), Notice.person_id == sa.bindparam("person_id"),
    Notice.cause_id == sa.bindparam("cause_id"), Notice.kind == sa.bindparam("kind"),
)


def listen(listener: Listener, app: Flask | None = None) -> None:
    """Have *listener* called with pairs of ids, case and person, whenever something became known of notices
    to these people: in the same transaction, which ends if it fails; of letters as they are sent soon after
    (:mod:`core.notices.untold`). Once, however often it is asked for."""
    listening = _listeners.get(app)
    if listener not in listening:
        listening.append(listener)


def delivery_report(
    notice_id: UUID, state: NoticeReport, at: datetime, reason: str | None = None
) -> None:
    """Keep that a notice of the force in scope was sent, delivered, read, bounced or failed, *at* (UTC).

    The same report twice is one. *reason*: why it was lost, for staff to read; no address. News that is
    lost goes on by the next way that is safe. The caller commits. Raises LookupError for a notice that there
    is not, or no longer; ValueError for a *state* that is none, or *at* without a time zone.
    """
    report = NoticeReport(state)
    if at.tzinfo is None:
        raise ValueError("the moment of a delivery report names no time zone")
    notice = db.session.scalars(
        sa.select(Notice).where(Notice.id == notice_id).with_for_update()
        .execution_options(populate_existing=True)).first()
    if notice is None:
        raise LookupError(f"there is no notice {notice_id}")
    if take(notice, report, at, reason) and notice.case_id and notice.person_id:
        tell([(notice.case_id, notice.person_id)])


def take(notice: Notice, report: NoticeReport, at: datetime, reason: str | None = None) -> bool:
    """As :func:`delivery_report`, for a row that the caller has locked; whether it says anything new, which
    is for the caller to tell."""
    known: datetime | None = getattr(notice, _COLUMNS[report])
    if not _keep(notice, report, known, at, reason):
        return False
    if report in LOST and known is None:
        audit.write(_WORDS[report], case_id=notice.case_id, kind=notice.kind)
        _go_on(notice)
    return True


def take_untold(notice: Notice, report: NoticeReport, reason: str | None = None) -> None:
    """As :func:`take`, of now: what a mail server did is kept whatever becomes of who listens."""
    now = clock.now()
    if take(notice, report, now, reason) and notice.case_id and notice.person_id:
        notice.untold_at = now


def _keep(
    notice: Notice, report: NoticeReport, known: datetime | None, at: datetime, reason: str | None
) -> bool:
    """Whether the report says anything new. The reason is that of the first loss, whichever came first."""
    new = known is None or at < known
    if report in LOST:
        before = (lost_at(notice), notice.lost_reason or "")
        # Of two of one moment the lesser: any choice, and the same in any order.
        if before[0] is None or (at, reason or "") < before:
            new = new or (reason or "") != before[1]
            notice.lost_reason = reason or None
    if new:
        setattr(notice, _COLUMNS[report], at if known is None else min(at, known))
    return new


def lost_at(notice: Notice) -> datetime | None:
    """When it first became known that it bounced or failed, whether or not it was read all the same (UTC)."""
    return min((at for at in (notice.bounced_at, notice.failed_at) if at), default=None)


def known_of(notice: Notice) -> NoticeReport | None:
    """What is known: read, else bounced or failed, else delivered, else sent; None while nothing is."""
    if notice.read_at:
        return NoticeReport.READ
    lost = lost_at(notice)
    if lost:
        return NoticeReport.BOUNCED if notice.bounced_at == lost else NoticeReport.FAILED
    if notice.delivered_at:
        return NoticeReport.DELIVERED
    return NoticeReport.SENT if notice.sent_at else None


def is_lost(notice: Notice) -> bool:
    """Whether it counts as nothing: bounced or failed, and not read."""
    return known_of(notice) in LOST


def forget(notice: Notice) -> None:
    """It is sent anew: what became of the letter before says nothing of this one."""
    for column in _COLUMNS.values():
        setattr(notice, column, None)
    notice.lost_reason = None


def read_news(case_id: UUID, person_id: UUID, causes: Collection[UUID]) -> None:
    """This person has read the news with these ids now: so their notices of it are read. Commits nothing."""
    rows = read(UNREAD, case_id=case_id, person_id=person_id, causes=list(causes)).scalars().all()
    now = clock.now()
    update_many(Notice, [{"id": one, "read_at": now} for one in rows])


def tell(whom: Collection[tuple[UUID, UUID]]) -> None:
    """Call who listens, with pairs of case and person."""
    for listener in _listeners.get():
        listener(whom)


def _go_on(notice: Notice) -> None:
    """News that did not arrive goes by the next safe way: a notice of its own, so that late reports of
    this one are not taken for reports of that. Whether it is safe then is asked when it is sent."""
    if notice.kind not in NEWS or notice.case_id is None or notice.person_id is None or notice.read_at:
        return
    person = db.session.get(Person, (notice.force, notice.person_id))
    rows = read(SAME_NEWS, case_id=notice.case_id, person_id=notice.person_id, cause_id=notice.cause_id,
                kind=notice.kind).all()
    if person is None or any(row.read_at for row in rows):
        return
    way = next_way(person, {row.channel for row in rows})
    if way:
        write_promised([new_row(NoticeKind(notice.kind), notice.cause_id, notice.case_id, notice.person_id,
                                None, way.channel)])
