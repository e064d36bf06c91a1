"""When a letter may arrive: the safe hours of a person, in the time of the United Kingdom."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from core.base.clock import LONDON


def is_open(now: datetime, not_before: time | None, not_after: time | None) -> bool:
    """Whether *now* (aware) is a safe hour, to the minute; windows may reach over midnight."""
    hour = now.astimezone(LONDON).time().replace(second=0, microsecond=0)
    start, stop = _plain(not_before) or time.min, _plain(not_after) or time.max
    if start > stop:
        return hour >= start or hour <= stop
    return start <= hour <= stop


def next_opening(now: datetime, not_before: time | None) -> datetime:
    """The next moment, in UTC, at which the safe hours begin.

    On the night the clocks go back an hour comes twice, so both are looked at: the answer is
    always later than *now*.
    """
    start, today = _plain(not_before) or time.min, now.astimezone(LONDON).date()
    moments = (
        datetime.combine(today + timedelta(days=days), start.replace(fold=fold), LONDON).timestamp()
        for days in (0, 1) for fold in (0, 1)
    )
    found = (datetime.fromtimestamp(moment, UTC) for moment in moments)
    return min(m for m in found if m > now and m.astimezone(LONDON).time() >= start)


def _plain(hour: time | None) -> time | None:
    return hour.replace(second=0, microsecond=0, tzinfo=None) if hour else None
