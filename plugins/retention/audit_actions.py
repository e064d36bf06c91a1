"""What is written when data go for good."""

from __future__ import annotations

from core.audit import AuditAction


class RetentionAction(AuditAction):
    """What is written when data go for good."""

    CASE_ERASED = "case_erased", "rows"
    CASES_REMOVED = "cases_removed", "rows"
    FORCE_ERASED = "force_erased", "rows"
    OVERDUE_REMOVED = "overdue_removed", "rows"
    WAITED = "retention_waited"
