"""The client secret: by which the provider knows that the portal asks. Sealed with the force's own key."""

from __future__ import annotations

import sqlalchemy as sa

from core import audit
from core.base import clock
from core.storage import db
from plugins.staff_sign_in.audit_actions import StaffSignInAction
from plugins.staff_sign_in.models import ClientSecret


def current() -> str | None:
    """The one that was set last."""
    found = db.session.scalars(sa.select(ClientSecret).order_by(ClientSecret.id.desc()).limit(1)).first()
    return found.secret if found else None


def replace(text: str) -> None:
    """From the next sign-in on this is shown; what was before is gone. The caller commits."""
    db.session.execute(sa.delete(ClientSecret))
    made = ClientSecret(made_at=clock.now())
    made.secret = text
    db.session.add(made)
    audit.write(StaffSignInAction.SECRET_KEPT)
