"""What is written of signing in, beside what the core has for every way in."""

from __future__ import annotations

from core.audit import AuditAction


class SignInAction(AuditAction):
    """What is written of signing in, beside what the core has for every way in."""

    BRAKE = "sign_in_brake", "failures"
    CODE_MADE = "activation_code_made", "person"
    CODE_WITHDRAWN = "sign_in_code_withdrawn", "person"
