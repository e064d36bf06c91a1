"""What is written of staff who sign in, and of what lets them."""

from __future__ import annotations

from core.audit import AuditAction


class StaffSignInAction(AuditAction):
    """What is written of staff who sign in, and of what lets them."""

    SIGNED_IN = "staff_sign_in_signed_in", "staff", "visit", "role"
    REFUSED = "staff_sign_in_refused", "why", "staff"
    ACCESS_ENDED = "staff_sign_in_access_ended", "staff", "by", "visits"
    ACCESS_GIVEN = "staff_sign_in_access_given", "staff"
    SIGNED_OUT_THERE = "staff_sign_in_signed_out_there", "visits"
    SECRET_KEPT = "staff_sign_in_secret_kept"  # noqa: S105
    SETUP_CODE_MADE = "staff_sign_in_setup_code_made", "hours"
    SETUP_CODE_USED = "staff_sign_in_setup_code_used", "staff"
    SETUP_CODE_WRONG = "staff_sign_in_setup_code_wrong"
