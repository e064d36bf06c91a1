"""The one way in: what record systems and the desk say becomes cases, entries and messages."""

from __future__ import annotations

from core.intake import conversation, updates
from core.intake.drafts import flags_of
from core.intake.left_out import details_left_out
from core.intake.models import RecordEvent
from core.intake.shapes import NotUnderstood
from core.intake.store import Result
from core.intake.take_in import retry_parked, take_in

__all__ = [
    "NotUnderstood",
    "RecordEvent",
    "Result",
    "conversation",
    "details_left_out",
    "flags_of",
    "retry_parked",
    "take_in",
    "updates",
]
