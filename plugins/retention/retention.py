"""How long the portal keeps what: per force and class of data, as the models declare it.

The record system keeps the master copy (by the police's own schedules, six years at least); here is
the least that people need. Days are whole days after the moment that each class names. What sign-in
keeps (attempts, codes, counts) ends within hours or days by jobs of its own. Nothing here commits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core import audit
from core.audit import AuditEntry
from core.base import clock
from core.cases import Case
from core.plugin_host import the_force
from core.storage import Kept, delete_rows, key_ends, lock, owned, owned_models, read, update_many
from plugins.retention.audit_actions import RetentionAction
from plugins.retention.erasure import remove_cases

LEAP, LATELY = timedelta(days=8), timedelta(hours=20)
MANY_CASES, MANY = 50, 1000  # in one transaction; a case is many rows, and no lock is to be held for long
UNTIL = sa.bindparam("until", type_=sa.DateTime(timezone=True))


@dataclass(frozen=True)
class Overdue:
    """A class of data: the rows of *model* that go by themselves, as *kept* says."""

    model: type[Any]
    kept: Kept

    @property
    def until(self) -> datetime:
        """What is older than this is overdue at the force in scope."""
        days = self.kept.days
        if days is None:
            days = getattr(the_force().retention, self.kept.name)
        return clock.now() - timedelta(days=days)

    @property
    def many(self) -> int:
        """How many rows go in one transaction."""
        return MANY_CASES if self.model is Case else MANY


def classes() -> dict[str, Overdue]:
    """Every class of data by its name: first those of ``[retention]``, in the order of its keys."""
    found = {
        one.name: Overdue(model, one) for model in owned_models()
        for one in (model.__kept__ if isinstance(model.__kept__, tuple) else ())
    }
    named = list(type(the_force().retention).model_fields)
    return dict(sorted(found.items(), key=lambda it: (
        named.index(it[0]) if it[0] in named else len(named), it[0])))


# --- statements: each is made once, since making one takes longer than running it ------------------


def _old(one: Overdue) -> tuple[Any, Any]:
    """The moment from which its days count, and which of its rows are overdue at ``until``."""
    moment = getattr(one.model, one.kept.since)
    which = one.kept.which(one.model) if one.kept.which else sa.true()
    return moment, sa.and_(owned(one.model), which, moment < UNTIL)


@cache
def counting(one: Overdue) -> Any:
    """How many rows are overdue at ``until``."""
    return sa.select(sa.func.count()).select_from(one.model).where(_old(one)[1])


@cache
def oldest(one: Overdue, most: int) -> Any:
    """Ids, the oldest first: by the index, however many are not overdue."""
    moment, old = _old(one)
    return sa.select(one.model.id).where(old).order_by(moment).limit(most)


# --- what is overdue ------------------------------------------------------------------------------


def overdue() -> Counter[str]:
    """How many rows of each class are kept for longer than the force in scope says."""
    return Counter({
        name: read(counting(one), until=one.until).scalar_one() for name, one in classes().items()
    })


def removal() -> Iterator[Counter[str]]:
    """Remove what is overdue at the force in scope, part by part; how many rows of which class each took.

    Whoever goes through them commits after each, so that no statement and no lock takes long, and what
    went stays gone if the next part fails. A part may have taken nothing, and have a lock to let go of.
    """
    for name, one in classes().items():
        for many in parts(one, one.until):
            yield Counter({name: many})
    key_ends.end_outlived(audit.write)
    yield Counter()


def parts(one: Overdue, until: datetime) -> Iterator[int]:
    """Likewise for the rows of one class from before *until*; the last part takes nothing."""
    while many := _part(one, until):
        yield many
    yield 0


def _part(one: Overdue, until: datetime) -> int:
    if one.kept.remove:
        return one.kept.remove(until)
    if one.model is Case:
        # What arrives for one of them waits, and then begins it anew.
        lock("intake")
    ids = list(read(oldest(one, one.many), until=until).scalars())
    if ids:
        _remove(one, ids)
    return len(ids)


def _remove(one: Overdue, ids: list[UUID]) -> None:
    """Of cases no hash is left behind: one that is reopened comes back with its next record."""
    if one.model is Case:
        audit.write(RetentionAction.CASES_REMOVED, rows=dict(remove_cases(ids)))
    elif one.kept.emptied:
        empty = dict.fromkeys(one.kept.emptied)
        update_many(one.model, [{"id": row, **empty} for row in ids])
    else:
        delete_rows(one.model, ids)
    if one.kept.noted:
        audit.write(one.kept.noted, count=len(ids))


# --- a clock that may have leapt --------------------------------------------------------------------


def _written(*when: sa.ColumnElement[bool]) -> Any:
    """Rows without a case: those have an index by time, and every night is one."""
    return sa.select(AuditEntry.id).where(
        owned(AuditEntry), AuditEntry.case_id.is_(None), *when).limit(1)


IN_THE_DAYS_BEFORE = _written(
    AuditEntry.at >= sa.bindparam("since"), AuditEntry.at < sa.bindparam("until"))
EARLIER = _written(AuditEntry.at < sa.bindparam("since"))


def clock_may_have_leapt() -> bool:
    """Whether nothing was written of the days before, but of earlier ones there was.

    A clock that leapt ahead makes all there is look overdue. The audit has a row of every night,
    so its gap shows that; a pause of the whole service looks the same.
    """
    now = clock.now()
    days = {"since": now - LEAP}
    return not read(IN_THE_DAYS_BEFORE, **days, until=now - LATELY).first() and bool(
        read(EARLIER, **days).first())
