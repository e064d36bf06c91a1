"""What is over goes: attempts, set-up codes, and which visit began by which."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from core.base import clock
from core.storage import db, owned
from plugins.staff_sign_in.models import Attempt, ProviderVisit, SetupCode

OVER = (Attempt, SetupCode, ProviderVisit)
_now = sa.bindparam("now", type_=sa.DateTime(timezone=True))
ANY = sa.union_all(*(
    sa.select(model.id).where(owned(model), model.ends_at < _now) for model in OVER)).limit(1)


def any_old() -> tuple[Any, dict[str, Any]]:
    """The question whether there is anything past its end."""
    return ANY, {"now": clock.now()}


def remove_old() -> None:
    for model in OVER:
        db.session.execute(sa.delete(model).where(model.ends_at < clock.now()))
