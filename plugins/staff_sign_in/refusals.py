"""Why somebody was not let in, in one word: for the audit, never for whoever tries."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID


class Why(StrEnum):
    """Each as the audit names it."""

    STATE = "state"  # not the answer to what this browser asked, or not for the first time, or too late
    MIX_UP = "mix_up"  # the answer says that it is another provider's
    PROVIDER_SAID = "provider_said"  # the provider itself refused, or somebody pressed "cancel" there
    CODE = "code"  # the provider gives nothing for the code
    TOKEN = "token"  # noqa: S105  # no ID token, or what came is none
    ALGORITHM = "algorithm"
    KEY = "key"
    SIGNATURE = "signature"
    CLAIMS = "claims"  # issuer, audience, nonce, times, authorised party: OpenID Connect Core 1.0, 3.1.3.7
    AGE = "age"  # proved too long ago who they are
    STRENGTH = "strength"
    REFUSED_CLAIM = "refused_claim"
    NO_ROLE = "no_role"
    RECORD_ID = "record_id"  # no id of the record system, or several
    TAKEN = "taken"  # somebody else signs in as this member of staff
    CHANGED = "changed"  # the same person with another id of the record system
    ENDED = "ended"  # an administrator ended their access


# The provider vouched for whoever it is: they may be told that they have no access here.
AFTER_PROOF = frozenset({
    Why.AGE, Why.STRENGTH, Why.REFUSED_CLAIM, Why.NO_ROLE, Why.RECORD_ID, Why.TAKEN, Why.CHANGED, Why.ENDED})


class Refused(Exception):
    """Nobody is signed in. ``staff_id``: who it would have been, if that is known."""

    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why
        self.staff_id: UUID | None = None
