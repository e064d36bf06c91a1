"""What people do about their access, and what staff see and change of it."""

from __future__ import annotations

from core.audit import AuditAction


class AccountAction(AuditAction):
    """What people do about their access, and what staff see and change of it."""

    SEEN = "your_account_seen", "page"
    PERSON_SEEN = "your_account_person_seen", "person"
    CONTACT = "your_account_contact", "did", "contact", "person"
    VISITS_ENDED = "visits_ended", "count"
