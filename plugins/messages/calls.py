"""When somebody can be called who asks for it: parts of the day, as far as their safe hours reach."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from itertools import groupby

from flask_babel import gettext as _
from flask_babel import lazy_gettext as N_

from core.base import clock
from core.cases import safe_contact

# Whole hours of the day, and what people call that part of it.
PARTS = {
    "morning": (range(9, 12), N_("In the morning, %(start)s to %(end)s")),
    "afternoon": (range(12, 17), N_("In the afternoon, %(start)s to %(end)s")),
    "evening": (range(17, 20), N_("In the evening, %(start)s to %(end)s")),
}
A_DAY = datetime(2026, 1, 5, tzinfo=clock.LONDON)  # safe hours are the same every day


@dataclass(frozen=True)
class Part:
    """A part of the day in which a call is safe: ``start`` and ``end`` are hours by the clock."""

    key: str
    start: int
    end: int

    def __str__(self) -> str:
        return str(PARTS[self.key][1]) % {"start": f"{self.start:02}:00", "end": f"{self.end:02}:00"}


def safe_parts(safe: safe_contact.Effective) -> list[Part]:
    """The parts of the day in which a whole hour or more is safe, each as far as it is."""
    found = []
    for key, (hours, _words) in PARTS.items():
        runs = [[*run] for good, run in groupby(hours, lambda hour: _is_safe(safe, hour)) if good]
        if runs:
            longest = max(runs, key=len)
            found.append(Part(key, longest[0], longest[-1] + 1))
    return found


def _is_safe(safe: safe_contact.Effective, hour: int) -> bool:
    minutes = (datetime.combine(A_DAY, time(hour, minute), clock.LONDON) for minute in range(60))
    return all(map(safe.is_open, minutes))


def request(parts: Sequence[Part], *, may_leave_message: bool, more: str) -> str:
    """The request as the officer reads it in the conversation, and the person too."""
    lines = [_("Please call me. These times are safe for me:"), *(f"– {part}" for part in parts)]
    lines.append(
        _("If I do not answer, you may leave a message that says only a name and a number.")
        if may_leave_message else _("If I do not answer, do not leave a message."))
    return "\n".join([*map(str, lines), *([more] if more else [])])
