"""Visits here and at the provider: kept side by side, so that the provider can end ours."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import session

from core import audit
from core.base import clock
from core.storage import db, force_keys
from core.web import sessions
from plugins.staff_sign_in.audit_actions import StaffSignInAction
from plugins.staff_sign_in.identities import identity_of
from plugins.staff_sign_in.models import ProviderVisit

LONGEST = timedelta(hours=12)  # as a session here at most


def begin(staff_id: UUID, role: str, sid: Any) -> None:
    """Sign this browser in as them: a new session, and none of what it was before. The caller commits."""
    opened: Any = session
    sessions.sign_in(staff_id=staff_id)
    key = force_keys().mac("lookup", sid.encode()) if isinstance(sid, str) and sid else None
    db.session.add(ProviderVisit(
        visit_id=opened.row_id, staff_id=staff_id, sid_key=key, ends_at=clock.now() + LONGEST))
    audit.write(StaffSignInAction.SIGNED_IN, staff=str(staff_id), visit=str(opened.row_id), role=role)


def end_by_logout_token(issuer: str, claims: Mapping[str, Any]) -> int:
    """End what a logout token names: one visit by its ``sid``, else all of a person; how many.

    The caller commits.
    """
    which: list[Any] = []
    if isinstance(claims.get("sid"), str):
        which.append(ProviderVisit.sid_key.in_(force_keys().macs("lookup", claims["sid"].encode())))
    if isinstance(claims.get("sub"), str):
        identity = identity_of(issuer, claims["sub"])
        if identity is None:
            return 0
        which.append(ProviderVisit.staff_id == identity.staff_id)
    found = list(db.session.scalars(sa.select(ProviderVisit).where(*which)))
    ended = sum(sessions.end_of_staff(one.staff_id, only=[one.visit_id]) for one in found)
    for one in found:
        db.session.delete(one)
    audit.write(StaffSignInAction.SIGNED_OUT_THERE, visits=ended)
    return ended
