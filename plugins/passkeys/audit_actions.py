"""What is written of passkeys."""

from __future__ import annotations

from core.audit import AuditAction


class PasskeyAction(AuditAction):
    """What is written of passkeys."""

    CHANGED = "passkeys_changed", "did", "person", "device"
    TRIED = "passkeys_tried", "result"
    LISTED = "passkeys_listed", "count"
