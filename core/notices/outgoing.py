"""Sending one notice: claim it, write the letter, let go of the database, hand it over, mark it.

Whether a letter was taken can stay unknown: the mail service had all of it and did not answer, or the
process ended that had it in hand. News is then tried again, with the same Message-ID; a code never is.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import BoundedSemaphore
from time import monotonic, sleep
from uuid import UUID

import sqlalchemy as sa
import structlog

from core import audit
from core.base import clock
from core.base.audit_actions import CoreAction
from core.hookspecs import (
    Channel,
    Delivery,
    DeliveryState,
    NoticeKind,
    NoticeReport,
    RenderedNotice,
)
from core.notices import hand_over, lost_codes, reports, restored
from core.notices.claims import presence
from core.notices.letter_words import UnknownKind
from core.notices.letters import CODE_LASTS, Withhold, letter_for
from core.notices.models import Notice
from core.notices.queue import postpone
from core.notices.untold import tell_untold
from core.notices.waits import UNSURE_TRIES, WAITS
from core.plugin_host.host import installed
from core.storage.db import db, undo

log = structlog.get_logger()
# Longer than all time-outs of RFC 5321, 4.5.3.2, one after the other.
LEASE = timedelta(hours=1)
FIRST_WAIT, LONGEST_WAIT = 30, 700  # seconds; doubled after each failure
MOST_TRIES = 132  # with these waits, more than 24 hours
CLOCKS_DIFFER = timedelta(seconds=5)  # between the machines that write and those that send
# Letters of a process that are looked up, written or marked at one time: many threads may wait for mail
# servers, but what they do themselves takes processors and the database from pages.
AT_WORK = 2
_at_work = BoundedSemaphore(AT_WORK)
DATABASE_AWAY = 0.5  # seconds between two tries to write down what came of a letter
PERHAPS = "perhaps sent: the {} had all of it, and did not say whether it was taken"
LOST = "perhaps sent: the worker ended with it in hand"
# What delivers by a channel, and what it delivers, as staff read of it.
SERVICES = {Channel.EMAIL: ("mail service", "letters"), Channel.TEXT: ("text service", "texts")}
NO_REPEAT = "; a code is not sent twice, the person asks for a new one"


@dataclass(frozen=True)
class Tried:
    """What came of a try: delivered ``by``, or ``why`` not and whether to try ``again``.

    ``unsure``: it may have been taken all the same.
    """

    by: str | None = None
    why: str | None = None
    again: bool = False
    unsure: bool = False


@dataclass(frozen=True)
class Claimed:
    """A notice in our hands for its try number ``tries``; ``left``: a process ended with it in hand.

    Values, not the row: an undone transaction would have to read the row again.
    """

    notice: Notice
    id: UUID
    tries: int
    by: int
    left: bool


def send_notice(notice_id: str) -> None:
    """Send one notice. Commits at each step. What a worker that dies had in hand, another goes on with."""
    with presence().holding(UUID(notice_id)) as free, hand_over.one_letter():
        with _at_work:
            claimed = _claim(UUID(notice_id)) if free else None
        unsure = claimed is not None and _send(claimed).unsure
    if claimed and (claimed.left or unsure):
        lost_codes.note()
    if claimed:
        with _at_work:
            tell_untold()


def _send(claimed: Claimed) -> Tried:
    notice = claimed.notice
    if _too_late(notice):
        return _finish(claimed, Tried(why="the code ran out before it could be sent"))
    if claimed.left and notice.kind == NoticeKind.CODE:
        return _finish(claimed, Tried(why=LOST, unsure=True))
    try:
        with _at_work:
            letter = letter_for(notice)
    except Withhold as withheld:
        reason = withheld
        _until_written(claimed, lambda: _withheld(claimed, reason))
        return Tried(why=reason.why)
    except Exception as failure:  # noqa: BLE001
        error = type(failure).__name__  # its text may hold what the record says
        log.error("letter_not_written", notice=str(claimed.id), error=error)
        db.session.rollback()
        why = str(failure) if isinstance(failure, UnknownKind) else error
        return _finish(claimed, Tried(why=f"the letter could not be written ({why})", again=True))
    db.session.commit()
    # Nothing is held while a mail server thinks, which may be minutes: connections are few.
    return _finish(claimed, _deliver(letter))


def _claim(notice_id: UUID) -> Claimed | None:
    """The notice, in our hands; None when somebody else has it or it is done."""
    us, now = presence(), clock.now()
    # The lock first: a claim without its lock is taken for that of a process that died.
    us.keep()
    held = restored.held_since()
    found = db.session.scalars(
        sa.select(Notice).where(Notice.id == notice_id, WAITS).with_for_update(skip_locked=True)
    ).first()
    if found is None or not _may_be_taken(found, now) or _is_held(found, held):
        db.session.commit()
        return None
    left = found.claimed_by is not None
    found.tries += 1
    found.claimed_by, found.due_at = us.number, now + LEASE
    db.session.commit()
    return Claimed(found, notice_id, found.tries, us.number, left)


def _may_be_taken(notice: Notice, now: datetime) -> bool:
    if notice.due_at <= now + CLOCKS_DIFFER:
        return True
    by = notice.claimed_by
    return by is not None and not presence().is_held(by)


def _is_held(notice: Notice, since: datetime | None) -> bool:
    """A code that was asked for since the database was restored answers somebody who is there."""
    return since is not None and not (notice.kind == NoticeKind.CODE and notice.made_at >= since)


def _too_late(notice: Notice) -> bool:
    return notice.kind == NoticeKind.CODE and clock.now() >= notice.made_at + CODE_LASTS


def _deliver(notice: RenderedNotice) -> Tried:
    force, (service, things) = installed(), SERVICES[notice.channel]
    try:
        done = force.hook.deliver(force=force.force, notice=notice)
    except Exception as failure:  # noqa: BLE001
        error = type(failure).__name__  # its text may hold an address
        log.warning("notice_not_sent", notice=str(notice.notice_id), error=error)
        return Tried(why=f"the {service} did not take it ({error})", again=True)
    if done is None:
        return Tried(why=f"no plugin of this force sends {things}")
    return _tried(notice, done, service)


def _tried(notice: RenderedNotice, done: Delivery, service: str) -> Tried:
    """What the answer of a plugin means for the notice."""
    if done.state is DeliveryState.SENT:
        return Tried(by=done.by)
    if done.state is DeliveryState.FAILED:
        return Tried(why=done.reason)
    if done.state is DeliveryState.PERHAPS_SENT:
        log.warning("notice_perhaps_sent", notice=str(notice.notice_id))
        return Tried(why=PERHAPS.format(service), again=True, unsure=True)
    log.warning("notice_not_sent", notice=str(notice.notice_id))
    return Tried(why=f"the {service} did not take it ({done.reason})", again=True)


# --- what came of it ----------------------------------------------------------------------------


def _finish(claimed: Claimed, tried: Tried) -> Tried:
    """Mark what came of it, unless the claim ended meanwhile and another worker has the notice.

    What a mail server took stays known while the database is away: it is written down when it is back.
    """
    _until_written(claimed, lambda: _mark(claimed, tried))
    return tried


def _until_written(claimed: Claimed, write: Callable[[], None]) -> None:
    until = monotonic() + LEASE.total_seconds()
    while True:
        try:
            with _at_work:
                write()
            return
        except (sa.exc.OperationalError, sa.exc.InterfaceError, sa.exc.TimeoutError) as failure:
            if monotonic() > until:
                raise
            log.warning("notice_not_marked", notice=str(claimed.id), error=type(failure).__name__)
            undo()
            sleep(DATABASE_AWAY)


def _mark(claimed: Claimed, tried: Tried) -> None:
    notice = _still_ours(claimed)
    if notice is None:
        log.warning("notice_claim_ended", notice=str(claimed.id), sent=bool(tried.by))
    elif tried.by:
        notice.state = "sent"
        notice.reason = notice.extra_sealed = None  # a code that has gone is kept by nobody here
        reports.take_untold(notice, NoticeReport.SENT)
        audit.write(CoreAction.NOTICE_SENT, case_id=notice.case_id, kind=notice.kind, by=tried.by)
    elif tried.unsure:
        _mark_unsure(notice, str(tried.why))
    elif tried.again and _worth_trying(notice):
        notice.reason = tried.why
        postpone(notice, clock.now() + timedelta(seconds=wait_after(notice.tries)))
    else:
        _failed(notice, str(tried.why))
    db.session.commit()


def _mark_unsure(notice: Notice, why: str) -> None:
    """A code fails at once. News is repeated once, and then stays as it is, for staff to look at."""
    notice.unsure += 1
    if notice.kind == NoticeKind.CODE:
        _failed(notice, why + NO_REPEAT)
        return
    notice.state, notice.reason = "perhaps_sent", why
    audit.write(CoreAction.NOTICE_PERHAPS_SENT, case_id=notice.case_id, kind=notice.kind)
    if notice.unsure < UNSURE_TRIES:
        postpone(notice, clock.now() + timedelta(seconds=wait_after(notice.tries)))
    else:
        notice.extra_sealed = None


def _failed(notice: Notice, why: str) -> None:
    if notice.unsure and notice.kind != NoticeKind.CODE:
        why = f"{why}; before that, perhaps sent"
    notice.state, notice.reason, notice.extra_sealed = "failed", why, None
    reports.take_untold(notice, NoticeReport.FAILED, why)


def _still_ours(claimed: Claimed) -> Notice | None:
    """The row, in our hands no longer; None when it is not ours any more."""
    found = db.session.scalars(
        sa.select(Notice).where(
            # By the try too: this process may hold it anew, when its first claim has run out.
            Notice.id == claimed.id, WAITS, Notice.tries == claimed.tries,
            Notice.claimed_by == claimed.by,
        ).with_for_update().execution_options(populate_existing=True)
    ).first()
    if found:
        found.claimed_by = None
    return found


def wait_after(tries: int) -> float:
    """Seconds until the next try. The chance in it keeps a thousand letters from coming at once."""
    wait = min(LONGEST_WAIT, FIRST_WAIT << min(tries - 1, 10))
    return wait * (1 + random.random() / 4)  # noqa: S311


def _worth_trying(notice: Notice) -> bool:
    """News is tried for more than a day, and a code for as long as it works."""
    return notice.tries < MOST_TRIES and not _too_late(notice)


def _withheld(claimed: Claimed, reason: Withhold) -> None:
    notice = _still_ours(claimed)
    if notice is None:
        log.warning("notice_claim_ended", notice=str(claimed.id), sent=False)
    elif reason.until:
        notice.tries -= 1  # waiting for a safe hour is no failure
        notice.reason = reason.why
        postpone(notice, reason.until)
    else:
        notice.state, notice.reason, notice.extra_sealed = "withheld", reason.why, None
        audit.write(CoreAction.NOTICE_WITHHELD, case_id=notice.case_id, kind=notice.kind, why=reason.why)
    db.session.commit()
