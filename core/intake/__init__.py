"""The one way in: what record systems and the desk say becomes cases, entries and messages."""

from __future__ import annotations

from core.intake import conversation, desk, erased, judging, updates
from core.intake.left_out import details_left_out
from core.intake.mapped_codes import staff_id_of
from core.intake.models import RecordEvent
from core.intake.shapes import NotUnderstood
from core.intake.store import Result
from core.intake.take_in import retry_parked, take_in
from core.intake.tracked_row import flags_of

__all__ = [
    "NotUnderstood",
    "RecordEvent",
    "Result",
    "conversation",
    "desk",
    "details_left_out",
    "erased",
    "flags_of",
    "judging",
    "retry_parked",
    "staff_id_of",
    "take_in",
    "updates",
]
