"""What is past its end goes: attempts and the codes of people who are alike, officers' codes, counts."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from core.base import clock
from core.storage import db, owned
from plugins.sign_in import activation, guesses, limits
from plugins.sign_in.models import Activation, Alike, Attempt, Count


def _before(model: Any, moment: Any, name: str) -> Any:
    return sa.select(model.id).where(
        owned(model), moment < sa.bindparam(name, type_=sa.DateTime(timezone=True)))


OLD = sa.union_all(
    _before(Attempt, Attempt.ends_at, "attempts"), _before(Activation, Activation.ends_at, "codes"),
    _before(Count, Count.since, "counts"),
).limit(1)


def any_old() -> tuple[Any, dict[str, Any]]:
    """Whether there is anything for :func:`remove_old`."""
    now = clock.now()
    return OLD, {"attempts": now - guesses.DAY, "codes": now, "counts": now - 2 * guesses.DAY}


def remove_old() -> None:
    """Attempts, codes and counts past their end go; run every hour."""
    old = Attempt.ends_at < clock.now() - guesses.DAY
    db.session.execute(sa.delete(Alike).where(Alike.attempt_id.in_(sa.select(Attempt.id).where(old))))
    db.session.execute(sa.delete(Attempt).where(old))
    activation.remove_old()
    limits.remove_old(db.session.commit)
