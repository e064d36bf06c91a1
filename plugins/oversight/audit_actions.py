"""What is written of looking at cases that are not one's own, and of who looks at that."""

from __future__ import annotations

from core.audit import AuditAction


class OversightAction(AuditAction):
    """What is written of looking at cases that are not one's own, and of who looks at that."""

    OPENED = "break_glass_opened", "break_glass", "reason", "minutes"
    FOUND_NOTHING = "break_glass_found_nothing", "reason"
    ENDED = "break_glass_ended"
    REVIEWED = "break_glass_reviewed", "break_glass", "verdict"
    REVIEWS_LISTED = "reviews_listed", "count"
    UNUSUAL_VIEWING = "unusual_viewing", "staff", "kind", "day", "count"
