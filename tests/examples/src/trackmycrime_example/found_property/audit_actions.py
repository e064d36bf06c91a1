"""What is written into the audit of things that were found."""

from __future__ import annotations

from core.audit import AuditAction


class PropertyAction(AuditAction):
    """Each as its rows name it, and the fields that it may carry."""

    SEEN = "found_property_seen", "viewer"
    NOTED = "found_property_noted"
