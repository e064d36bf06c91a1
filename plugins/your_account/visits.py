"""Who signed in as a person, and who tried: from the audit, in plain words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import session
from flask_babel import gettext as _

from core.audit import AuditEntry, CoreAction
from core.base import clock
from core.cases import Access, visits_of
from core.storage import owned, read
from core.web import device

SHOWN_FOR = timedelta(days=90)
TRIES_WARN_FOR = timedelta(days=7)
MOST = 50  # visits; and as many other lines, which never push a visit off the page
ADDED = "passkeys_changed"  # as rows hold it: the plugin that wrote them may be gone

CASES_EVER = sa.select(Access.case_id).where(
    owned(Access), Access.person_id == sa.bindparam("person_id")
)
_theirs = sa.and_(
    owned(AuditEntry),
    AuditEntry.case_id == sa.any_(sa.bindparam("cases", type_=sa.ARRAY(sa.Uuid))),
    AuditEntry.at > sa.bindparam("since", type_=sa.DateTime(timezone=True)),
    # A wrong code names all who have the same details as the person it was tried for.
    sa.bindparam("person", type_=sa.Text) == sa.any_(
        sa.func.string_to_array(AuditEntry.fields["person"].astext, " ")),
)
_device = AuditEntry.fields["device"].astext
VISITS = (
    sa.select(AuditEntry.at, AuditEntry.fields)
    .where(_theirs, AuditEntry.action == CoreAction.VISIT_BEGAN)
    .order_by(AuditEntry.at.desc()).limit(MOST)
)
BESIDE = (
    sa.select(sa.func.max(AuditEntry.at).label("at"), AuditEntry.action, _device.label("device"),
              sa.func.count().label("times"))
    .where(_theirs, sa.or_(
        sa.and_(AuditEntry.action == CoreAction.SIGN_IN, AuditEntry.fields["result"].astext == "wrong_code"),
        sa.and_(AuditEntry.action == ADDED, AuditEntry.fields["did"].astext == "added"),
    ))
    .group_by(sa.func.date_trunc("day", AuditEntry.at, clock.LONDON.key), AuditEntry.action, _device)
    .order_by(sa.func.max(AuditEntry.at).desc()).limit(MOST)
)


@dataclass(frozen=True)
class Visit:
    """Somebody came in, or (``opened`` false) tried wrong codes, so many ``times`` on that day; or a
    ``passkey`` was added."""

    at: datetime
    opened: bool
    device: str
    how: str = ""
    here: bool = False
    now: bool = False
    times: int = 1
    passkey: bool = False


def history(person_id: UUID) -> list[Visit]:
    """What happened in the last 90 days, newest first; what else was done, as one line a day and device."""
    whose: dict[str, Any] = {
        "cases": list(read(CASES_EVER, person_id=person_id).scalars()),
        "since": clock.now() - SHOWN_FOR, "person": str(person_id),
    }
    open_now = {str(row.id) for row in visits_of(person_id)}
    visits = [_visit(row, open_now) for row in read(VISITS, **whose)]
    beside = [Visit(row.at, row.action == ADDED, device.words(row.device), times=row.times,
                    passkey=row.action == ADDED) for row in read(BESIDE, **whose)]
    return sorted(visits + beside, key=lambda one: one.at, reverse=True)


def others_now(person_id: UUID) -> int:
    """In how many other browsers this person is signed in."""
    opened: Any = session
    return sum(1 for row in visits_of(person_id) if row.id != opened.row_id)


def tried_lately(visits: list[Visit]) -> bool:
    return any(not one.opened and one.at > clock.now() - TRIES_WARN_FOR for one in visits)


def _visit(row: Any, open_now: set[str]) -> Visit:
    opened: Any = session
    visit = row.fields.get("visit")
    return Visit(
        row.at, True, device.words(row.fields.get("device")),
        _how(row.fields.get("how")), visit == str(opened.row_id), visit in open_now,
    )


def _how(how: str | None) -> str:
    texts = {
        "code": _("with a code we sent"),
        "officer_code": _("with a code from an officer"),
        "passkey": _("with a passkey"),
    }
    return str(texts.get(how or "", ""))
