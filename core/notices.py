"""The outbox: notices are written with their cause, and sent by the worker.

``due`` may be sent; ``sent``, ``failed`` and ``withheld`` are final and keep their reason.
Whether it is safe to tell this person is asked at send time, not before.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
import structlog
from uuid6 import uuid7

from core import audit, clock
from core.db import db, insert_many, owned
from core.hookspecs import Letter, News, TextNotice
from core.jobs import Registry, defer, defer_many
from core.models import Notice
from core.plugin_host import installed
from core.secret import seal
from core.sending.letters import CODE_LASTS, Withhold, letter_for
from core.sending.ways import Channel

log = structlog.get_logger()
LEASE = timedelta(minutes=2)
FIRST_WAIT, LONGEST_WAIT = 30, 700  # seconds; doubled after each failure
MOST_TRIES = 132  # with these waits, more than 24 hours
CLOCKS_DIFFER = timedelta(seconds=5)  # between the machines that write and those that send


class CannotDeliver(Exception):
    """The letter can never go (a refused address, say); the text is the reason for staff."""


@dataclass(frozen=True)
class Tried:
    """What came of a try: delivered ``by``, or ``why`` not and whether to try ``again``."""

    by: str | None = None
    why: str | None = None
    again: bool = False


def promise(news: Sequence[News]) -> None:
    """Write the notices that *news* asks for, with their jobs, in the caller's transaction."""
    rows = []
    force = installed()
    for one in news:
        answers = force.hook.notices_for(force=force.force, news=one)
        wanted = {(r.kind, r.person_id, r.staff_id) for answer in answers for r in answer}
        rows += [_row(kind, one.cause_id, one.case_id, *whom) for kind, *whom in wanted]
    _write(rows)


def tell_staff(
    kind: str, cause_id: UUID, case_id: UUID | None, staff_ids: Sequence[UUID]
) -> None:
    """A notice of oversight to each of *staff_ids*, to the force's reviewer if there are none.

    No hook is asked: what keeps staff honest cannot be switched off by a plugin.
    """
    _write([_row(kind, cause_id, case_id, None, one) for one in staff_ids or (None,)], urgent=True)


def promise_code(
    person_id: UUID, case_id: UUID, cause_id: UUID, code: str, channel: Channel = "email"
) -> UUID:
    """A letter or text with a sign-in code; the code is kept sealed until it is sent, then wiped."""
    row = _row("code", cause_id, case_id, person_id, None) | {"channel": channel}
    row["extra_sealed"] = seal(Notice, "extra", row["id"], code)
    _write([row], urgent=True)
    return UUID(str(row["id"]))


def promise_account(
    person_id: UUID, case_id: UUID, cause_id: UUID, to: str | None = None,
    channel: Channel = "email",
) -> None:
    """A letter or text that says that something changed in a person's account, and not what.

    It goes to the address or number *to* (one that is being replaced), else to that on the record.
    It is written for one of the person's cases, and goes for as long as they may follow that one.
    """
    row = _row("account", cause_id, case_id, person_id, None) | {"channel": channel}
    row["extra_sealed"] = seal(Notice, "extra", row["id"], to)
    _write([row])


def _row(
    kind: str, cause: UUID, case: UUID | None, person: UUID | None, staff: UUID | None
) -> dict[str, Any]:
    now = clock.now()
    return {"id": uuid7(), "kind": kind, "cause_id": cause, "case_id": case, "person_id": person,
            "staff_id": staff, "state": "due", "tries": 0, "made_at": now, "due_at": now,
            "extra_sealed": None, "channel": "email"}


def _write(rows: list[dict[str, Any]], *, urgent: bool = False) -> None:
    insert_many(Notice, rows)
    defer_many("send_notice", [{"notice_id": str(row["id"])} for row in rows], urgent=urgent)


# --- sending ----------------------------------------------------------------------------------


def send_notice(notice_id: str) -> None:
    """Send one notice: claim it, write the letter, let go of the database, deliver, mark it.

    Commits at each step. A worker that dies on the way leaves the claim, which ends by itself.
    """
    notice = _claim(UUID(notice_id))
    if notice is None:
        return
    if _too_late(notice):
        _finish(notice, Tried(why="the code ran out before it could be sent"))
        return
    try:
        letter = letter_for(notice)
    except Withhold as reason:
        _withheld(notice, reason)
        return
    except Exception as failure:  # noqa: BLE001
        error = type(failure).__name__  # its text may hold what the record says
        log.error("letter_not_written", notice=notice_id, error=error)
        db.session.rollback()
        _finish(notice, Tried(why=f"the letter could not be written ({error})", again=True))
        return
    db.session.commit()
    _finish(notice, _deliver(letter))


def _claim(notice_id: UUID) -> Notice | None:
    """The notice, leased to this worker; None when another has it or it is done."""
    found = db.session.scalars(
        sa.select(Notice).where(
            Notice.id == notice_id, Notice.state == "due",
            Notice.due_at <= clock.now() + CLOCKS_DIFFER,
        ).with_for_update(skip_locked=True)
    ).first()
    if found:
        found.tries += 1
        found.due_at = clock.now() + LEASE
    db.session.commit()
    return found


def _too_late(notice: Notice) -> bool:
    return notice.kind == "code" and clock.now() >= notice.made_at + CODE_LASTS


def _deliver(letter: Letter | TextNotice) -> Tried:
    force, is_text = installed(), isinstance(letter, TextNotice)
    try:
        if is_text:
            done = force.hook.deliver_text(force=force.force, text=letter)
        else:
            done = force.hook.deliver_notice(force=force.force, letter=letter)
    except CannotDeliver as reason:
        return Tried(why=str(reason))
    except Exception as failure:  # noqa: BLE001
        error = type(failure).__name__  # its text may hold an address
        log.warning("notice_not_sent", notice=str(letter.notice_id), error=error)
        service = "text service" if is_text else "mail service"
        return Tried(why=f"the {service} did not take it ({error})", again=True)
    if done is None:
        return Tried(why=f"no plugin of this force sends {'texts' if is_text else 'letters'}")
    return Tried(by=done.by)


def _finish(claimed: Notice, tried: Tried) -> None:
    """Mark what came of it, unless the claim ended meanwhile and another worker has the notice."""
    notice = _still_ours(claimed)
    if notice is None:
        log.warning("notice_claim_ended", notice=str(claimed.id), sent=bool(tried.by))
    elif tried.by:
        notice.state, notice.sent_at = "sent", clock.now()
        notice.reason = notice.extra_sealed = None
        audit.write("notice_sent", case_id=notice.case_id, kind=notice.kind, by=tried.by)
    elif tried.again and _worth_trying(notice):
        notice.reason = tried.why
        postpone(notice, clock.now() + timedelta(seconds=wait_after(notice.tries)))
    else:
        notice.state, notice.reason, notice.extra_sealed = "failed", tried.why, None
        audit.write("notice_failed", case_id=notice.case_id, kind=notice.kind)
    db.session.commit()


def _still_ours(claimed: Notice) -> Notice | None:
    tries = claimed.tries
    return db.session.scalars(
        sa.select(Notice).where(
            Notice.id == claimed.id, Notice.state == "due", Notice.tries == tries
        ).with_for_update().execution_options(populate_existing=True)
    ).first()


def wait_after(tries: int) -> float:
    """Seconds until the next try. The chance in it keeps a thousand letters from coming at once."""
    wait = min(LONGEST_WAIT, FIRST_WAIT << min(tries - 1, 10))
    return wait * (1 + random.random() / 4)  # noqa: S311


def _worth_trying(notice: Notice) -> bool:
    """News is tried for more than a day, and a code for as long as it works."""
    return notice.tries < MOST_TRIES and not _too_late(notice)


def _withheld(claimed: Notice, reason: Withhold) -> None:
    notice = _still_ours(claimed)
    if notice is None:
        log.warning("notice_claim_ended", notice=str(claimed.id), sent=False)
    elif reason.until:
        notice.tries -= 1  # waiting for a safe hour is no failure
        notice.reason = reason.why
        postpone(notice, reason.until)
    else:
        notice.state, notice.reason, notice.extra_sealed = "withheld", reason.why, None
        audit.write("notice_withheld", case_id=notice.case_id, kind=notice.kind, why=reason.why)
    db.session.commit()


def postpone(notice: Notice, until: datetime) -> None:
    notice.due_at = until
    db.session.flush()
    defer("send_notice", at=until, notice_id=str(notice.id))


# --- by hand, and by the clock ------------------------------------------------------------------


def retry(notice: Notice) -> None:
    """Send a failed or withheld notice after all, if that is safe. The caller commits.

    Raises ``ValueError`` saying why not.
    """
    if notice.state in ("sent", "due"):
        raise ValueError("was sent already" if notice.state == "sent" else "is still being tried")
    if notice.kind == "code":
        raise ValueError("held a code, and codes are not sent again: the person asks for a new one")
    notice.state, notice.reason, notice.tries = "due", None, 0
    postpone(notice, clock.now())


def stuck_since() -> datetime:
    """The job of what was due before this moment was lost."""
    return clock.now() - timedelta(minutes=1)


def sweep() -> None:
    """Notices that are due and whose job was lost get a new one. Run every minute."""
    now = clock.now()
    stuck = db.session.scalars(
        sa.select(Notice).where(Notice.state == "due", Notice.due_at < stuck_since())
        .order_by(Notice.due_at).limit(500).with_for_update(skip_locked=True)
    ).all()
    for notice in stuck:
        notice.due_at = now  # so that the next sweep leaves it alone for a minute
    db.session.flush()
    defer_many("send_notice", [{"notice_id": str(notice.id)} for notice in stuck])


STUCK = sa.select(Notice.id).where(
    owned(Notice), Notice.state == "due", Notice.due_at < sa.bindparam("before")).limit(1)


def declare(registry: Registry) -> None:
    registry.task("send_notice")(send_notice)
    registry.task("sweep_notices", cron="* * * * *", due=lambda: (STUCK, {"before": stuck_since()}))(sweep)
