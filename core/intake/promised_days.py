"""The day by which people are told to hear from us again: who names it, and what ends it.

Victims' Code, right 6: people agree with us how often they hear from us.
"""

from __future__ import annotations

from datetime import date

from core.base.clock import LONDON
from core.base.fields import time_of
from core.force.vocabulary import ENDED, StageId
from core.intake.tracked_row import TrackedRow

UPDATED = "update_without_day"  # kept among the stamps of a case: the newest update that named no day


def promise_day(case: TrackedRow, by: date | None, stage: StageId | None, stamp: str) -> None:
    """What news of *stamp*, which may name a day and may bring the case to *stage*, makes of the promise.

    The end of a case ends what was promised before it; a day that is named with the end, or later, is
    promised by somebody who knows of it. An update without a day leaves a promise that is still to
    come, and takes off one whose day had passed. In whatever order news arrives, the answer is the same.
    """
    if by or stage in ENDED:
        case.put("next_update_by", by, stamp)
    elif case.registers.wins(UPDATED, stamp):
        case.changed.add("stage")  # so that the stamps are written
    promised = case.values.get("next_update_by")
    if promised and promised < _day_of(case.registers.stamp(UPDATED)):
        case.force("next_update_by", None)


def _day_of(stamp: str) -> date:
    """The day of *stamp* as people in the United Kingdom count it; long ago for none."""
    return time_of(stamp).astimezone(LONDON).date() if stamp else date.min
