"""Who saw and did what: written with its cause, kept for good, linked into a chain that shows a gap."""

from __future__ import annotations

from core.audit.models import AuditEntry
from core.audit.trail import NotAudited, UndeclaredAudit, declare, fits, write, write_many

__all__ = [
    "AuditEntry",
    "NotAudited",
    "UndeclaredAudit",
    "declare",
    "fits",
    "write",
    "write_many",
]
