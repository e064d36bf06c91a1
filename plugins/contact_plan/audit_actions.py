"""What is written down of how often, and in which way, to be in contact."""

from __future__ import annotations

from core.audit import AuditAction


class ContactPlanAction(AuditAction):
    """Who saw what was agreed with a person, and who changed it."""

    SEEN = "contact_plan_seen", "viewer", "person"
    CHANGED = "contact_plan_changed", "by", "every", "way", "person"
