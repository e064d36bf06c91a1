"""What there is to tell, what is sent and how: the names that these have in the code and its rows.

Plugins take them from :mod:`core.hookspecs`.
"""

from __future__ import annotations

from enum import StrEnum


class NewsKind(StrEnum):
    """What kinds of news there are.

    ``entry`` is one of the timeline, ``message`` one to a person and ``officer_message`` one of theirs.
    ``person_account``: a person on the case locked their access, chose how they may be reached, or
    asked for another contact (for the officer). ``case_silent``: a case that people could open is
    no longer shown, because it needs care (for the officer, never for the people on it).
    ``case_handed_over``: to another officer (for them); ``case_out_of_reach``: to one who cannot be
    written to (for the officer before).
    """

    ENTRY = "entry"
    MESSAGE = "message"
    OFFICER_MESSAGE = "officer_message"
    PERSON_ACCOUNT = "person_account"
    CASE_SILENT = "case_silent"
    CASE_HANDED_OVER = "case_handed_over"
    CASE_OUT_OF_REACH = "case_out_of_reach"


class NoticeKind(StrEnum):
    """What kinds of notices there are: one for each of news, and those for which no hook is asked.

    ``code`` opens a case. ``account``: something changed in a person's account (for them).
    ``break_glass`` and ``unusual_viewing``: staff looked at what is not theirs (for who reviews).
    ``commitments_due``: what people were promised falls due (for an officer); ``commitments_late``: it is
    late (for a supervisor); ``late``: we are late (for who was promised it).
    """

    ENTRY = NewsKind.ENTRY.value
    MESSAGE = NewsKind.MESSAGE.value
    OFFICER_MESSAGE = NewsKind.OFFICER_MESSAGE.value
    PERSON_ACCOUNT = NewsKind.PERSON_ACCOUNT.value
    CASE_SILENT = NewsKind.CASE_SILENT.value
    CASE_HANDED_OVER = NewsKind.CASE_HANDED_OVER.value
    CASE_OUT_OF_REACH = NewsKind.CASE_OUT_OF_REACH.value
    CODE = "code"
    ACCOUNT = "account"
    BREAK_GLASS = "break_glass"
    UNUSUAL_VIEWING = "unusual_viewing"
    COMMITMENTS_DUE = "commitments_due"
    COMMITMENTS_LATE = "commitments_late"
    LATE = "late"


class Channel(StrEnum):
    """By which way a notice goes: an email, or a text message (``sms``, as safe contact names it)."""

    EMAIL = "email"
    TEXT = "sms"


class DeliveryState(StrEnum):
    """What became of a notice that was handed to a provider.

    ``sent``: it was taken. ``failed``: it can never go so. ``try_later``: it was surely not taken.
    ``perhaps_sent``: the provider had all of it, and whether it was taken is not known.
    """

    SENT = "sent"
    FAILED = "failed"
    TRY_LATER = "try_later"
    PERHAPS_SENT = "perhaps_sent"


class NoticeReport(StrEnum):
    """What became known of a notice, at once or later.

    ``sent``: a provider took it. ``delivered``: it reached a mailbox or a telephone. ``read``: by whom it is
    for, or the news that it told of. ``bounced``: it came back. ``failed``: it can never go so.
    """

    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    BOUNCED = "bounced"
    FAILED = "failed"
