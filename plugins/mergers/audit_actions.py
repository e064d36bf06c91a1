"""What a merger writes."""

from __future__ import annotations

from core.audit import AuditAction


class MergerAction(AuditAction):
    """What a merger writes."""

    FORCES_MERGED = "forces_merged", "cases", "role"
