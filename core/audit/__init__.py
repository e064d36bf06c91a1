"""Who saw and did what: written with its cause, kept for good, linked into a chain that shows a gap."""

from __future__ import annotations

from core.audit.models import AuditEntry
from core.audit.trail import NotAudited, fits, write, write_many
from core.base.audit_actions import AuditAction, CoreAction, UndeclaredAudit

__all__ = [
    "AuditAction",
    "AuditEntry",
    "CoreAction",
    "NotAudited",
    "UndeclaredAudit",
    "fits",
    "write",
    "write_many",
]
