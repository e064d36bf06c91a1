"""What is written of deliveries and of the keys they are signed with."""

from __future__ import annotations

from core.audit import AuditAction


class FeedAction(AuditAction):
    """What is written of deliveries and of the keys they are signed with."""

    REFUSED = "record_feed_refused", "source"
    LIMITED = "record_feed_limited", "source"
    LISTED = "record_feed_listed", "count"
    KEY_MADE = "key_made", "source"
    KEY_ENDED = "key_ended", "source"
