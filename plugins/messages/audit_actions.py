"""What is written of the conversation, beside the core's word that a message was sent."""

from __future__ import annotations

from core.audit import AuditAction


class MessageAction(AuditAction):
    """What is written of the conversation, beside the core's word that a message was sent."""

    SEEN = "messages_seen", "viewer"
    CALL_FORM_SEEN = "messages_call_form_seen", "possible"
