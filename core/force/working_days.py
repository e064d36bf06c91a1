"""Working days of a force's nation: Monday to Friday without its bank holidays.

A promise of so many working days counts from the day after its cause (day 0), and holds until the end of its
last day (convention of this portal; the Victims' Code names no hour).
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING

from core.base.clock import LONDON
from core.force.model import Force
from core.force.vocabulary.nation import BANK_HOLIDAYS, Nation

if TYPE_CHECKING:
    from holidays import HolidayBase

LAST_MINUTE = time(23, 59)
SATURDAY = 5


@cache
def _bank_holidays(nation: Nation) -> HolidayBase:
    """It grows by itself with each year that is asked for."""
    from holidays import country_holidays  # 12 MB, which commands do without

    return country_holidays("GB", subdiv=BANK_HOLIDAYS[nation])


def is_working_day(force: Force, day: date) -> bool:
    """Whether offices of the force's nation are open on *day*."""
    return day.weekday() < SATURDAY and day not in _bank_holidays(force.nation)


def working_days_after(force: Force, day: date, count: int) -> date:
    """The *count*-th working day after *day*; for 0 the first on or after it."""
    if count == 0:
        return day if is_working_day(force, day) else working_days_after(force, day, 1)
    while count:
        day += timedelta(days=1)
        count -= is_working_day(force, day)
    return day


def working_day_until(force: Force, day: date) -> date:
    """*day*, or the last working day before it: never later than what was agreed."""
    while not is_working_day(force, day):
        day -= timedelta(days=1)
    return day


def day_of(moment: datetime) -> date:
    """The day of *moment* as people in the United Kingdom count it."""
    return moment.astimezone(LONDON).date()


def end_of(day: date) -> datetime:
    """The last minute of *day* in the United Kingdom, in UTC: until then a promise for that day is kept."""
    return datetime.combine(day, LAST_MINUTE, LONDON).astimezone(UTC)
