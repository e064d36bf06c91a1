"""The audit's rows in a chain for each force: each link is a MAC over its row and the link before.

Links are made after the rows are committed, by one chainer at a time, so that no request waits for
another's. Order is that of the transactions: all that one look finds comes before what the next
finds, and within a look PostgreSQL's number of the transaction decides.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
import structlog

from core.audit import trail
from core.audit.models import AuditEntry, AuditHead, AuditLink
from core.base import clock
from core.base.audit_actions import CoreAction
from core.base.scope import current_force_id
from core.storage.db import db, force_scope, insert_many, read, update_many
from core.storage.keys.keyring import force_keys
from core.storage.walls import owned

log = structlog.get_logger()
PURPOSE = "audit-chain"
MANY = 500  # links in one transaction
KEPT_AT_LEAST = timedelta(days=365)
ONLY = UUID(int=0)


def number_of(transaction: Any) -> sa.ColumnElement[int]:
    # PostgreSQL's xid8 becomes a number by way of its text only.
    return sa.cast(sa.cast(transaction, sa.Text), sa.BigInteger)


# Transactions below this number have ended. Asked before the rows are, so it is never too high.
ENDED = sa.select(number_of(sa.func.pg_snapshot_xmin(sa.func.pg_current_snapshot())).label("n"))
ENTRY = (
    AuditEntry.id, AuditEntry.at, AuditEntry.action, AuditEntry.actor, AuditEntry.actor_id,
    AuditEntry.case_id, AuditEntry.fields, AuditEntry.mac, AuditEntry.key_id,
)
UNLINKED = (
    sa.select(*ENTRY)
    .outerjoin(AuditLink, sa.and_(AuditLink.id == AuditEntry.id, owned(AuditLink)))
    .where(owned(AuditEntry), AuditEntry.written_in >= sa.bindparam("since"), AuditLink.id.is_(None))
)
NEW = UNLINKED.order_by(AuditEntry.written_in, AuditEntry.id).limit(sa.bindparam("most"))
LAST = (
    sa.select(AuditLink.number, AuditLink.link).where(owned(AuditLink))
    .order_by(AuditLink.number.desc()).limit(1)
)
AT = sa.select(AuditLink.number, AuditLink.at, AuditLink.link).where(
    owned(AuditLink), AuditLink.number == sa.bindparam("number")
)
# Numbers count from 1 at every force, so an order by number goes through the rows of all of them: the
# end of a chain is asked for by the number it must have, a beginning within a part.
LAST_CUT = (
    sa.select(AuditEntry.fields).where(owned(AuditEntry), AuditEntry.action == CoreAction.AUDIT_CUT)
    .order_by(AuditEntry.at.desc(), AuditEntry.id.desc()).limit(1)
)
LEAST = sa.select(sa.func.min(AuditLink.number)).where(owned(AuditLink))
PART = sa.select(
    sa.func.min(AuditLink.number).filter(AuditLink.at >= sa.bindparam("until")).label("kept"),
    sa.func.max(AuditLink.number).label("last"),
).where(owned(AuditLink), AuditLink.number >= sa.bindparam("first"),
        AuditLink.number < sa.bindparam("first") + sa.bindparam("most", type_=sa.BigInteger))
REMOVE = sa.select(sa.func.audit_remove_through(sa.bindparam("through", type_=sa.BigInteger)))


def canonical(number: int, previous: bytes, row: Mapping[str, Any]) -> bytes:
    """The bytes that the link of an audit row (its id, at, action and mac) at *number* is made over."""
    parts = [force_keys().force, number, previous.hex(), row["id"].hex, row["at"].isoformat(),
             row["action"], row["mac"].hex()]
    return json.dumps(parts, separators=(",", ":")).encode()


def link_fits(link: Mapping[str, Any], **instead: Any) -> bool:
    """Whether a link is as the chainer made it; or had made it, had it stood *instead*."""
    at = {**link, **instead}
    made_over = canonical(at["number"], at["previous"], at)
    return force_keys().fits(PURPOSE, made_over, link["link"], link["key_id"])


class Chainer:
    """Links what is new, force by force. Remembers how far it looked, so that a look costs little."""

    def __init__(self) -> None:
        self._looked: dict[str, int] = {}
        self._refused: set[UUID] = set()

    def link_new(self, force: str) -> int:
        """Link what is committed and not linked yet; how many rows. Commits.

        Nothing while another chainer is at work for this force.
        """
        with force_scope(force):
            ended: int = read(ENDED).scalar_one()
            since = self._since(force, ended)
            done = 0
            while read(NEW, since=since, most=1 + len(self._refused)).fetchall():
                linked = self._link_some(since, ended)
                if linked is None:
                    return done
                done += linked
                # What is left, if anything, is refused rows: asking on would turn for ever.
                if linked < MANY:
                    break
            self._looked[force] = ended
            return done

    def _since(self, force: str, ended: int) -> int:
        """A head from beyond is that of a database since restored elsewhere, where all is looked at."""
        if force not in self._looked:
            head = db.session.scalars(sa.select(AuditHead)).first()
            self._looked[force] = head.looked_through if head else 0
            db.session.expunge_all()
        since = self._looked[force]
        return since if since <= ended else 0

    def _link_some(self, since: int, ended: int) -> int | None:
        head = _claim_head()
        if head is None:
            db.session.rollback()
            return None
        rows = [row._asdict() for row in read(NEW, since=since, most=MANY + len(self._refused))]
        good = [row for row in rows if self._as_written(row)][:MANY]
        number, link = _append(*_end_of(head), good)
        update_many(AuditHead, [{
            "id": ONLY, "number": number, "link": link, "at": clock.now(),
            # Moved on only when all that is there is linked: a process that starts would pass over the rest.
            "looked_through": since if len(good) == MANY else ended,
        }])
        db.session.commit()
        return len(good)

    def _as_written(self, row: dict[str, Any]) -> bool:
        """A row that was not written by the portal gets no link; `audit verify` names it."""
        if trail.fits(row):
            return True
        if row["id"] not in self._refused:
            self._refused.add(row["id"])
            log.error("audit_row_not_ours", row=str(row["id"]), force=current_force_id())
        return False


def _claim_head() -> AuditHead | None:
    """The head, locked; None when another chainer has it."""
    # Made first: a row that is not there cannot be locked, and two chainers would each begin a chain.
    insert_many(AuditHead, [{
        "id": ONLY, "number": 0, "link": b"", "at": clock.now(), "looked_through": 0, "mailed": 0,
    }], skip_existing=["id"])
    return db.session.scalars(
        sa.select(AuditHead).with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).first()


def _end_of(head: AuditHead) -> tuple[int, bytes]:
    """Where the chain goes on: links beyond what the head says stay, whatever became of the head."""
    if read(AT, number=head.number + 1).first() is None:
        return head.number, head.link
    log.error("audit_head_behind", force=current_force_id())
    last = read(LAST).one()
    return last.number, last.link


def _append(number: int, link: bytes, rows: Iterable[Mapping[str, Any]]) -> tuple[int, bytes]:
    """Links for *rows*, after the link with this number; the last one's number and link."""
    now, links = clock.now(), []
    for row in rows:
        previous, number = link, number + 1
        key_id, link = force_keys().signed(PURPOSE, canonical(number, previous, row))
        links.append({
            "id": row["id"], "number": number, "at": row["at"], "action": row["action"],
            "mac": row["mac"], "previous": previous, "link": link, "key_id": key_id,
            "linked_at": now,
        })
    insert_many(AuditLink, links)
    return number, link


# --- the one sanctioned way to remove rows ------------------------------------------------------


class KeptLonger(ValueError):
    """Rows of the audit are kept for a year at least."""


def remove_before(until: datetime, most: int = 10_000) -> int:
    """Remove the oldest rows of the force in scope, all from before *until*; how many. The caller commits.

    At most *most* at a time, each in a transaction of its own: run it again until it answers 0. What is
    removed is said by a row of its own (``audit_cut``), by which `audit verify` knows a removal from a
    theft. A row that is not linked yet, and all after the first one that is kept, stay. Raises
    :class:`KeptLonger` for a moment less than :data:`KEPT_AT_LEAST` ago.
    """
    if until > clock.now() - KEPT_AT_LEAST:
        raise KeptLonger(f"the audit is kept for {KEPT_AT_LEAST.days} days at least")
    first = _first()
    if first is None or first.at >= until:
        return 0
    part = read(PART, until=until, first=first.number, most=most).one()
    # To the first that is young, whatever lies behind it: moments in a chain may be out of order.
    through: int = (part.kept or part.last + 1) - 1
    link: bytes = read(AT, number=through).one().link
    trail.write(CoreAction.AUDIT_CUT, through=through, link=link.hex(), until=until.isoformat())
    read(REMOVE, through=through)
    removed: int = through - first.number + 1
    return removed


def _first() -> Any:
    """The first link that there is: after the last cut. If somebody took it away, the next."""
    cut = read(LAST_CUT).scalar()
    first = read(AT, number=cut["through"] + 1 if cut else 1).first()
    if first is None and (least := read(LEAST).scalar()) is not None:
        first = read(AT, number=least).one()
    return first


__all__ = ["AuditHead", "AuditLink", "Chainer", "KeptLonger", "link_fits", "remove_before"]
