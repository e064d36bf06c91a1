"""Who signed in as a person, and who tried: from the audit, in plain words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import session
from flask_babel import gettext as _

from core import Access, AuditEntry, clock, device, owned, read, sessions

SHOWN_FOR = timedelta(days=90)
TRIES_WARN_FOR = timedelta(days=7)
MOST = 50

CASES_EVER = sa.select(Access.case_id).where(
    owned(Access), Access.person_id == sa.bindparam("person_id")
)
HISTORY = (
    sa.select(AuditEntry.at, AuditEntry.action, AuditEntry.fields)
    .where(
        owned(AuditEntry),
        AuditEntry.case_id == sa.any_(sa.bindparam("cases", type_=sa.ARRAY(sa.Uuid))),
        AuditEntry.at > sa.bindparam("since", type_=sa.DateTime(timezone=True)),
        AuditEntry.fields["person"].astext == sa.bindparam("person", type_=sa.Text),
        sa.or_(
            AuditEntry.action == "visit_began",
            sa.and_(
                AuditEntry.action == "sign_in", AuditEntry.fields["result"].astext == "wrong_code"
            ),
        ),
    )
    .order_by(AuditEntry.at.desc()).limit(MOST)
)


@dataclass(frozen=True)
class Visit:
    """Somebody came in, or (``opened`` false) tried a code that was wrong."""

    at: datetime
    opened: bool
    device: str
    how: str
    here: bool
    now: bool


def history(person_id: UUID) -> list[Visit]:
    """What happened in the last 90 days, newest first; at most 50 lines."""
    cases = list(read(CASES_EVER, person_id=person_id).scalars())
    rows = read(HISTORY, cases=cases, since=clock.now() - SHOWN_FOR, person=str(person_id)).all()
    open_now = {str(row.id) for row in sessions.visits_of(person_id)}
    return [_visit(row, open_now) for row in rows]


def others_now(person_id: UUID) -> int:
    """In how many other browsers this person is signed in."""
    opened: Any = session
    return sum(1 for row in sessions.visits_of(person_id) if row.id != opened.row_id)


def tried_lately(visits: list[Visit]) -> bool:
    return any(not one.opened and one.at > clock.now() - TRIES_WARN_FOR for one in visits)


def _visit(row: Any, open_now: set[str]) -> Visit:
    opened: Any = session
    visit = row.fields.get("visit")
    return Visit(
        row.at, row.action == "visit_began", device.words(row.fields.get("device")),
        _how(row.fields.get("how")), visit == str(opened.row_id), visit in open_now,
    )


def _how(how: str | None) -> str:
    texts = {
        "code": _("with a code we sent"),
        "officer_code": _("with a code from an officer"),
        "passkey": _("with a passkey"),
    }
    return str(texts.get(how or "", ""))
