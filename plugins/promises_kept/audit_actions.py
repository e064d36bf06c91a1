"""What is written of the page."""

from __future__ import annotations

from core.audit import AuditAction


class PromisesKeptAction(AuditAction):
    """Somebody saw the figures."""

    SHOWN = "promises_kept_shown"
