"""What is written of the preview."""

from __future__ import annotations

from core.audit import AuditAction


class PreviewAction(AuditAction):
    """What is written of the preview."""

    EMAIL_SHOWN = "preview_email_shown", "kind"
