"""What people are promised, why, and how that ends: the names that these have in the code and its rows.

Plugins take them from :mod:`core.hookspecs`.
"""

from __future__ import annotations

from enum import StrEnum


class CauseKind(StrEnum):
    """Because of what somebody is promised something.

    ``entry``: news on the timeline of their case. ``contact``: the force was last in contact with them, or
    they began to follow the case. ``message``: they wrote, or asked what is happening. ``unreached``: a
    letter came back, or stood unread.
    """

    ENTRY = "entry"
    CONTACT = "contact"
    MESSAGE = "message"
    UNREACHED = "unreached"


class CommitmentKind(StrEnum):
    """What was promised, which says what keeps it.

    ``told``: they are told this news; kept when they could receive it. ``contact``: they hear from the
    force; kept by an update, a message, a call that reached them. ``answer``: what they wrote, or asked for,
    is answered; kept by a message or a call.
    ``reach``: somebody speaks with them, since no letter got through. ``release``: as ``told``, of somebody
    who was released; a call about it keeps it too. All others are topics of a contact
    (``uk.police.contact.made.v1``), kept by one that had this topic; ``acknowledgement`` also by their
    first look at the case online, where all stands that it must say (Victims' Code, right 3).
    """

    TOLD = "told"
    CONTACT = "contact"
    ANSWER = "answer"
    REACH = "reach"
    ACKNOWLEDGEMENT = "acknowledgement"
    NEEDS_ASSESSMENT = "needs_assessment"
    SUPPORT_REFERRAL = "support_referral"
    STATEMENT_OFFERED = "statement_offered"
    RELEASE = "release"


class Rule(StrEnum):
    """By which rule something is promised, where it is not by a law, whose rules are ``edition/key``.

    ``plan``: how often to be in contact. ``word``: an update named a day. ``message``: the person wrote.
    ``portal/reach``, written as a law's is: no letter got through, or news of a right stood unread.
    ``request``: they asked for something that is to be decided.
    """

    PLAN = "plan"
    WORD = "word"
    MESSAGE = "message"
    REACH = "portal/reach"
    REQUEST = "request"


class CommitmentState(StrEnum):
    """How a commitment stands: open, which overdue ones are too, or how it ended.

    ``explained``: in time they were told that there is nothing new, why, and when they hear again.
    ``superseded``: another promise took its place before its day. ``withdrawn``: what it was about ended
    before its day. ``missed``: it ended after its day, and they had not been reached.
    """

    OPEN = "open"
    KEPT = "kept"
    KEPT_LATE = "kept_late"
    EXPLAINED = "explained"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    MISSED = "missed"


class AgreedWay(StrEnum):
    """In which way a person and the force agreed to be in contact; ``portal``: the person looks there."""

    PORTAL = "portal"
    EMAIL = "email"
    TEXT = "text"
    CALL = "call"


TOPICS = (
    CommitmentKind.ACKNOWLEDGEMENT, CommitmentKind.NEEDS_ASSESSMENT, CommitmentKind.SUPPORT_REFERRAL,
    CommitmentKind.STATEMENT_OFFERED, CommitmentKind.RELEASE,
)
WAYS = ("portal", "phone", "in_person", "post", "email", "sms")  # in which a person was in contact
