"""The outbox: notices are written with their cause, and sent by the worker (:mod:`core.notices.outgoing`).

``due`` may be sent; ``perhaps_sent`` is repeated once; ``sent``, ``failed`` and ``withheld`` are final.
Whether it is safe to tell this person is asked at send time, not before.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from uuid6 import uuid7

from core.base import clock
from core.hookspecs import Channel, News, NoticeKind
from core.notices import reports, restored
from core.notices.claims import presence
from core.notices.models import Notice
from core.notices.outgoing import send_notice
from core.notices.queue import enqueue, new_row, postpone, write_promised
from core.notices.untold import any_left, tell_untold
from core.notices.waits import AGAIN, DUE, UNSURE_TRIES, WAITS
from core.plugin_host.host import InstalledForce, installed
from core.plugin_host.jobs import Registry, has_job
from core.storage.db import db, read
from core.storage.sealed import seal
from core.storage.walls import owned

HAS_A_JOB = has_job("send_notice", "notice_id", Notice.id)
IN_HAND = Notice.claimed_by > 0  # as every number is; of "is not null" the index makes no term


def promise(news: Sequence[News]) -> None:
    """Write the notices that *news* asks for, with their jobs, in the caller's transaction."""
    write_promised(promised(news))


def promised(news: Sequence[News], here: InstalledForce | None = None) -> list[dict[str, Any]]:
    """The notices that *news* asks for, to be written. *here*: the force in scope, if the caller has it."""
    rows = []
    force = here or installed()
    for one in news:
        answers = force.hook.notices_for(force=force.force, news=one)
        # Two plugins that would tell one person of one thing make one letter.
        wanted = {(r.kind, r.person_id, r.staff_id) for answer in answers for r in answer}
        rows += [new_row(kind, one.cause_id, one.case_id, *whom) for kind, *whom in wanted]
    return rows


def tell_staff(
    kind: NoticeKind, cause_id: UUID, case_id: UUID | None, staff_ids: Sequence[UUID]
) -> None:
    """A notice of oversight to each of *staff_ids*, to the force's reviewer if there are none.

    No hook is asked: what keeps staff honest cannot be switched off by a plugin.
    """
    write_promised([new_row(kind, cause_id, case_id, None, one) for one in staff_ids or (None,)], urgent=True)


def tell(kind: NoticeKind, whom: Sequence[tuple[UUID | None, UUID | None, UUID | None]]) -> None:
    """A notice, of which no hook is asked, to each of *whom*: (case, person, None), or (None, None, member of
    staff). The caller sees to it that nobody is told twice."""
    write_promised([new_row(kind, uuid7(), *one) for one in whom])


def tell_mailbox(kind: NoticeKind, mailbox: UUID) -> None:
    """As :func:`tell`, to a mailbox of the force by its id (:mod:`core.notices.mailboxes`): what is late to
    the force's reviewer, what falls due to a unit."""
    write_promised([new_row(kind, mailbox, None, None, None)])


def promise_code(
    person_id: UUID, case_id: UUID, cause_id: UUID, code: str, channel: Channel = Channel.EMAIL
) -> UUID:
    """A letter or text with a sign-in code; the code is kept sealed until it is sent, then wiped."""
    row = new_row(NoticeKind.CODE, cause_id, case_id, person_id, None) | {"channel": channel}
    row["extra_sealed"] = seal(Notice, "extra", row["id"], code)
    write_promised([row], urgent=True)
    return UUID(str(row["id"]))


def promise_account(
    person_id: UUID, case_id: UUID, cause_id: UUID, to: str | None = None,
    channel: Channel = Channel.EMAIL,
) -> None:
    """A letter or text that says that something changed in a person's account, and not what.

    It goes to the address or number *to* (one that is being replaced), else to that on the record.
    It is written for one of the person's cases, and goes for as long as they may follow that one.
    """
    row = new_row(NoticeKind.ACCOUNT, cause_id, case_id, person_id, None) | {"channel": channel}
    row["extra_sealed"] = seal(Notice, "extra", row["id"], to)
    write_promised([row])


# --- by hand, and by the clock ------------------------------------------------------------------


def is_waiting(notice: Notice) -> bool:
    """Whether it is still to be sent, perhaps for the second time."""
    again = notice.state == "perhaps_sent" and notice.unsure < UNSURE_TRIES
    return notice.state == "due" or again


def retry(notice: Notice) -> None:
    """Send a notice after all that failed, was withheld or perhaps sent, if that is safe. The caller commits.

    Raises ``ValueError`` saying why not.
    """
    if notice.state == "sent" and not reports.is_lost(notice):
        raise ValueError("was sent already")
    if is_waiting(notice):
        raise ValueError("is still being tried")
    if notice.kind == NoticeKind.CODE:
        raise ValueError("held a code, and codes are not sent again: the person asks for a new one")
    notice.state, notice.reason, notice.tries, notice.unsure = "due", None, 0, 0
    reports.forget(notice)
    postpone(notice, clock.now())


def stuck_since() -> datetime:
    """The job of what was due before this moment was lost."""
    return clock.now() - timedelta(minutes=1)


def sweep() -> None:
    """Notices without a job get one: those that are due, and those of a process that ended. Every minute."""
    if restored.held_since():
        return
    stuck = db.session.scalars(
        sa.select(Notice).where(WAITS, sa.or_(
            Notice.due_at < stuck_since(),
            Notice.claimed_by.in_(_gone()),
        ), ~HAS_A_JOB).order_by(Notice.due_at).limit(500).with_for_update(skip_locked=True)
    ).all()
    enqueue({notice.id: notice.kind for notice in stuck})


def _gone() -> list[int]:
    """The numbers of processes that had something in hand as they ended."""
    claimed = db.session.scalars(
        sa.select(Notice.claimed_by).where(IN_HAND).distinct()).all()
    us = presence()
    return [by for by in claimed if by is not None and by != us.number and not us.is_held(by)]


_LATE = Notice.due_at < sa.bindparam("before")
# Each part has an index that serves it; for all of them in one OR, the force would be read through.
STUCK = sa.union_all(*(
    sa.select(Notice.id).where(owned(Notice), *part)
    for part in ((DUE, _LATE), (AGAIN, _LATE), (WAITS, IN_HAND))
)).limit(1)


def declare(registry: Registry) -> None:
    registry.task("send_notice")(send_notice)
    registry.task("sweep_notices", cron="* * * * *", due=lambda: (STUCK, {"before": stuck_since()}))(sweep)
    registry.task("tell_of_letters", cron="* * * * *", due=any_left)(tell_untold)


MADE_NOW = sa.select(Notice.id).where(
    owned(Notice), Notice.state == "due", Notice.made_at == sa.bindparam("now")).order_by(Notice.id)


def send_made_now() -> int:
    """Send, in this process, what was written at this moment of a clock that was moved; how many these were.

    A worker, by whose clock they are not due yet, would leave them. Commits.
    """
    written = read(MADE_NOW, now=clock.now()).scalars().all()
    for notice_id in written:
        send_notice(str(notice_id))
    return len(written)
