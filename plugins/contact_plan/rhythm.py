"""How often to be in contact: the choices, and until when the next contact is promised."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from core.force import Force, working_days

HEEDED_WITHIN = 2  # working days from a change on, in which the force may still act upon it


class Every(StrEnum):
    """How often the force is in contact, counted from the last contact."""

    WEEKLY = "weekly"
    TWO_WEEKLY = "two_weekly"
    EVERY_28_DAYS = "every_28_days"
    WHEN_SOMETHING_HAPPENS = "when_something_happens"


DAYS = {
    Every.WEEKLY: timedelta(days=7),
    Every.TWO_WEEKLY: timedelta(days=14),
    Every.EVERY_28_DAYS: timedelta(days=28),
    Every.WHEN_SOMETHING_HAPPENS: timedelta(days=90),  # somebody looks, and says so: no case is silent
}


class Agreed(Protocol):
    """What counts of a plan here; ``made_at`` in UTC."""

    @property
    def every(self) -> str: ...
    @property
    def made_at(self) -> datetime: ...


def due_at(force: Force, at: datetime, plans: Sequence[Agreed], usual: Every) -> datetime:
    """Until when (UTC, the end of a working day) the next contact after the one *at* is promised.

    *plans*: all of this person and case, oldest first; *usual* counts before the first. A change while the
    promise is open counts from the contact too, but leaves the force two working days if the new day is
    sooner. What was changed after the day had passed moves it no more: a late contact stays late.
    """
    begun, every = working_days.day_of(at), usual
    for plan in plans:
        if plan.made_at <= at:
            every = Every(plan.every)
    day = _day(force, begun, every)
    for plan in plans:
        if at < plan.made_at <= working_days.end_of(day):
            changed = working_days.day_of(plan.made_at)
            soonest = min(day, working_days.working_days_after(force, changed, HEEDED_WITHIN))
            day = max(_day(force, begun, Every(plan.every)), soonest)
    return working_days.end_of(day)


def _day(force: Force, begun: date, every: Every) -> date:
    """The last working day of the time agreed, and not the day of the contact itself."""
    return max(working_days.working_day_until(force, begun + DAYS[every]),
               working_days.working_days_after(force, begun, 1))
