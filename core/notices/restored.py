"""A database that was restored knows that it is one, and sends nothing until staff say what may go.

What was due when a backup was made has long been sent from the database that was lost. A restored one is
known by another system identifier or database oid than the one that letters were last sent from, or by an
audit that is shorter than its head that left the database. A promoted standby that is not behind has both.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
import structlog
from flask import Flask, current_app
from sqlalchemy.orm import Mapped, mapped_column

from core import audit
from core.audit.models import AuditHead
from core.base import clock
from core.base.audit_actions import CoreAction
from core.base.installation import installation
from core.notices.models import Notice
from core.notices.waits import WAITS
from core.plugin_host.host import host, served
from core.plugin_host.jobs import databases
from core.storage.db import db, force_scope, insert_many, read
from core.storage.due import forces_with_work
from core.storage.row_guard import Base, ForceOwned
from core.storage.table_parts import Moment
from core.storage.walls import owned

log = structlog.get_logger()
ONLY = UUID(int=0)


class Outgoing(ForceOwned, Base):
    """One row of each force: what is known of its letters as a whole.

    ``database``: where they are sent from (:func:`here`). ``held_since``: it is another one, or older,
    and nothing goes until staff release it. ``head``: the audit was this long outside when they did.
    ``codes_lost_at``: codes that were on their way then may not have arrived.
    """

    __tablename__ = "outgoing"
    __kept__ = "with_force"
    __at_merger__ = "stay"
    database: Mapped[str] = mapped_column(sa.Text)
    head: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    held_since: Mapped[datetime | None] = mapped_column(Moment)
    codes_lost_at: Mapped[datetime | None] = mapped_column(Moment)
    __grants__ = "SELECT, INSERT, UPDATE"


_databases = sa.table("pg_database", sa.column("oid"), sa.column("datname"))
# The oid beside it: a backup may be restored on the same server, under the same name.
_control = sa.func.pg_control_system().table_valued("system_identifier")
HERE = sa.select(
    sa.cast(_control.c.system_identifier, sa.Text) + "/" + sa.cast(_databases.c.oid, sa.Text)
).select_from(_databases.join(_control, sa.true())).where(
    _databases.c.datname == sa.func.current_database())
STANDING = sa.select(
    Outgoing.database, Outgoing.held_since, HERE.scalar_subquery().label("here")
).where(owned(Outgoing))
HELD = sa.select(Outgoing.id).where(owned(Outgoing), Outgoing.held_since.is_not(None))
WAITING = sa.select(
    Notice.kind, sa.func.count().label("many"), sa.func.min(Notice.made_at).label("oldest"),
    sa.func.max(Notice.made_at).label("newest"),
).where(owned(Notice), WAITS).group_by(Notice.kind).order_by(Notice.kind)


def here() -> str:
    """The database of the force in scope: its server's system identifier, and its oid."""
    return str(read(HERE).scalar_one())


def held_since() -> datetime | None:
    """Since when letters of the force in scope are held; looks whether this is still the same database."""
    row = read(STANDING).first()
    return row.held_since if row and row.database == row.here else look()


def look(head_outside: int = 0) -> datetime | None:
    """Hold the letters of the force in scope if this is not the database that it was. Commits.

    *head_outside*: the number of the last link of the audit that is known outside; 0 if none is.
    """
    at = here()
    insert_many(Outgoing, [{"id": ONLY, "database": at, "head": 0}], skip_existing=("id",))
    row = db.session.scalars(sa.select(Outgoing).with_for_update()).one()
    why = _why_restored(row, at, head_outside)
    if why and row.held_since is None:
        row.held_since = clock.now()
        many = sum(one.many for one in waiting())
        audit.write(CoreAction.NOTICES_HELD, waiting=many)
        log.error("database_restored", force=row.force, cause=why, waiting=many)
    since = row.held_since
    db.session.commit()
    return since


def _why_restored(row: Outgoing, at: str, head_outside: int) -> str | None:
    if row.database != at:
        return "another_database"
    # Not shorter than when staff released it: the audit stays behind what was told for ever.
    linked = db.session.scalars(sa.select(AuditHead.number)).first() or 0
    return "audit_is_shorter" if head_outside > max(linked, row.head) else None


def look_everywhere(app: Flask, outside: Mapping[str, int] | None = None) -> None:
    """At the start of a process: for every force that is served. Says in the log what is held."""
    with app.app_context():
        for force in sorted(served(host(), installation(app).settings)):
            with force_scope(force):
                if look((outside or {}).get(force, 0)):
                    log.warning("notices_held", force=force)


def is_held() -> bool:
    """Whether letters of any force that is served wait for staff.

    Beside the session: a visitor may be signed in at one of them.
    """
    together = databases(current_app).values()
    return any(forces_with_work(forces, lambda: (HELD, {})) for forces in together)


# --- what staff decide --------------------------------------------------------------------------


def waiting() -> list[sa.Row[tuple[str, int, datetime, datetime]]]:
    """What waits at the force in scope: kind, how many, when the oldest and the newest were made."""
    return list(read(WAITING).all())


def drop(made_before: datetime | None) -> Counter[str]:
    """What was made before a moment (None: all) is never sent; how many of each kind. The caller commits."""
    wanted = sa.select(Notice).where(WAITS).with_for_update()
    if made_before:
        wanted = wanted.where(Notice.made_at < made_before)
    gone: Counter[str] = Counter()
    for notice in db.session.scalars(wanted):
        notice.state, notice.extra_sealed, notice.claimed_by = "withheld", None, None
        notice.reason = "dropped by staff: it was due when the database was restored"
        gone[notice.kind] += 1
    return gone


def release(dropped: int, head_outside: int = 0) -> dict[UUID, str]:
    """Letters of the force in scope may go from here; id -> kind of those due. The caller commits."""
    row = db.session.scalars(sa.select(Outgoing).with_for_update()).one()
    row.database, row.held_since, row.head = here(), None, max(row.head, head_outside)
    found = db.session.execute(
        sa.select(Notice.id, Notice.kind).where(WAITS, Notice.due_at <= clock.now())
        .order_by(Notice.made_at))
    due = {row.id: row.kind for row in found}
    audit.write(CoreAction.NOTICES_RELEASED, sent=len(due), dropped=dropped)
    return due


