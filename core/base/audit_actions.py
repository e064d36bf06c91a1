"""What the audit can hold: the names of actions in the code and its rows, and what each may say.

Plugins take them from :mod:`core.audit`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class UndeclaredAudit(LookupError):
    """An action that is none, a field that is not its own, or the text of another's action."""


class AuditAction(StrEnum):
    """An action as rows name it, and the only fields it may carry; none holds words that people wrote.

    This one has no members: the core's are :class:`CoreAction`, and a plugin writes its own in an
    enumeration of its own, each as its text, which begins with the plugin's name, and then its fields::

        class PropertyAction(AuditAction):
            SEEN = "found_property_seen", "viewer"

    Raises :class:`UndeclaredAudit` where a text is another's already, or is declared with other fields.
    """

    _value_: str
    fields: frozenset[str]

    def __new__(cls, text: str, *fields: str) -> Self:
        action = str.__new__(cls, text)
        action._value_ = text
        action.fields = frozenset(fields)
        known = DECLARED.setdefault(text, action)
        if (_owner(known), known.fields) != (_owner(action), action.fields):
            raise UndeclaredAudit(f"{text} is declared already, by {'.'.join(_owner(known))} "
                                  f"with {', '.join(sorted(known.fields)) or 'no fields'}")
        return action


# Text -> action, of all enumerations that are loaded.
DECLARED: dict[str, AuditAction] = {}


def _owner(action: AuditAction) -> tuple[str, str]:
    return type(action).__module__, type(action).__qualname__


class CoreAction(AuditAction):
    """What the core writes, and what plugins of one kind share: getting in, and lists that staff see."""

    CASE_OPENED = "case_opened", "source", "event"
    CASE_CHANGED = "case_changed", "source", "event"
    CASE_NOT_SHOWN = "case_not_shown", "reason"
    CASE_SHOWN = "case_shown"
    EVENT_STORED = "event_stored", "source", "status"
    CASE_SEEN = "case_seen", "viewer", "relation"
    ROLE_SET = "role_set", "staff", "role", "before"
    UNIT_CHANGED = "unit_changed", "staff", "source"
    CASES_LISTED = "cases_listed", "count"
    PEOPLE_LISTED = "people_listed", "count"
    MESSAGE_SENT = "message_sent", "by"
    CONTACT_RECORDED = "contact_recorded", "person", "way"
    ENTRY_WRITTEN = "entry_written", "kind"
    ANSWER_NOT_NEEDED = "answer_not_needed", "person", "count"
    REFUSED = "refused", "rule"
    SIGN_IN = "sign_in", "result", "person", "device"
    VISIT_BEGAN = "visit_began", "how", "device", "person", "visit"
    ACCESS_LOCKED = "access_locked", "by", "person"
    ACCESS_UNLOCKED = "access_unlocked", "how", "person"
    SAFE_CONTACT_CHOSEN = "safe_contact_chosen", "person"
    CONTACT_CHANGED = "contact_changed", "contact", "person"
    SIGN_OUT = "sign_out", "how"
    CODE_SENT = "code_sent", "channel"
    CODE_WITHHELD = "code_withheld", "why"
    NOTICE_SENT = "notice_sent", "kind", "by"
    NOTICE_WITHHELD = "notice_withheld", "kind", "why"
    NOTICE_FAILED = "notice_failed", "kind"
    NOTICE_BOUNCED = "notice_bounced", "kind"
    NOTICE_PERHAPS_SENT = "notice_perhaps_sent", "kind"
    NOTICES_HELD = "notices_held", "waiting"
    NOTICES_RELEASED = "notices_released", "sent", "dropped"
    KEYS_MADE = "keys_made", "purposes"
    KEYS_ENDED = "keys_ended", "purposes"
    AUDIT_CUT = "audit_cut", "through", "link", "until"
    FORCE_FILE_CHANGED = "force_file_changed", "digest", "keys"
    SETTINGS_CHANGED = "settings_changed", "process", "names"
    SESSIONS_REMOVED = "sessions_removed", "count"
    COMMITMENTS_MENDED = "commitments_mended", "count"
