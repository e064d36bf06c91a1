"""What must be sent: written with its cause, by a way that is safe for whoever it is for, once."""

from __future__ import annotations

from core.notices import account_news, hand_over, lost_codes, reports, restored
from core.notices.letters import CODE_LASTS, portal_link
from core.notices.models import Notice
from core.notices.outbox import promise, promise_account, promise_code, tell_staff
from core.notices.reports import delivery_report, known_of, listen
from core.notices.ways import Way, safe_ways, way_as_agreed, ways_to

__all__ = [
    "CODE_LASTS",
    "Notice",
    "Way",
    "account_news",
    "delivery_report",
    "hand_over",
    "known_of",
    "listen",
    "lost_codes",
    "portal_link",
    "promise",
    "promise_account",
    "promise_code",
    "reports",
    "restored",
    "safe_ways",
    "tell_staff",
    "way_as_agreed",
    "ways_to",
]
