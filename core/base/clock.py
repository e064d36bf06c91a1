"""The time, as everything in the portal asks for it; tests travel with :func:`travel`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")

_frozen: datetime | None = None


def now() -> datetime:
    """The present moment, with zone, in UTC."""
    return _frozen or datetime.now(UTC)


def today() -> date:
    """Today's date as people in the United Kingdom count it."""
    return now().astimezone(LONDON).date()


@contextmanager
def travel(moment: datetime) -> Iterator[None]:
    """For tests: every part of this process sees *moment* as now."""
    global _frozen
    if moment.tzinfo is None:
        raise ValueError("travel() needs a moment with a time zone")
    before, _frozen = _frozen, moment.astimezone(UTC)
    try:
        yield
    finally:
        _frozen = before
