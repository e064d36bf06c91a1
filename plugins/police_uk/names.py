"""What data.police.uk calls crimes and outcomes in its files, and the ids of the same.

Contains public sector information licensed under the Open Government Licence v3.0.
"""

from __future__ import annotations

CATEGORIES = {
    "Anti-social behaviour": "anti-social-behaviour",
    "Bicycle theft": "bicycle-theft",
    "Burglary": "burglary",
    "Criminal damage and arson": "criminal-damage-arson",
    "Drugs": "drugs",
    "Other theft": "other-theft",
    "Possession of weapons": "possession-of-weapons",
    "Public order": "public-order",
    "Robbery": "robbery",
    "Shoplifting": "shoplifting",
    "Theft from the person": "theft-from-the-person",
    "Vehicle crime": "vehicle-crime",
    "Violence and sexual offences": "violent-crime",
    "Other crime": "other-crime",
}

OUTCOMES = {
    "Status update unavailable": "status-update-unavailable",
    "Under investigation": "under-investigation",
    "Suspect charged": "charged",
    "Suspect charged as part of another case": "sentenced-in-another-case",
    "Awaiting court outcome": "awaiting-court-result",
    "Defendant sent to Crown Court": "sent-to-crown-court",
    "Court result unavailable": "court-result-unavailable",
    "Court case unable to proceed": "unable-to-proceed",
    "Defendant found not guilty": "not-guilty",
    "Offender sent to prison": "imprisoned",
    "Offender given suspended prison sentence": "suspended-sentence",
    "Offender given community sentence": "community-penalty",
    "Offender fined": "fined",
    "Offender ordered to pay compensation": "compensation",
    "Offender deprived of property": "deprived-of-property",
    "Offender given conditional discharge": "conditional-discharge",
    "Offender given absolute discharge": "absolute-discharge",
    "Offender otherwise dealt with": "other-court-disposal",
    "Offender given a caution": "cautioned",
    "Offender given a drugs possession warning": "drugs-possession-warning",
    "Offender given a penalty notice": "penalty-notice-issued",
    "Local resolution": "local-resolution",
    "Unable to prosecute suspect": "unable-to-prosecute",
    "Formal action is not in the public interest": "formal-action-not-in-public-interest",
    "Further action is not in the public interest": "further-action-not-in-public-interest",
    "Further investigation is not in the public interest":
        "further-investigation-not-in-public-interest",
    "Action to be taken by another organisation": "action-taken-by-another-organisation",
    "Investigation complete; no suspect identified": "no-further-action",
}

# After one of these the case is over unless the police come back to it.
CLOSED = frozenset({"no-further-action", "unable-to-prosecute"})


def _plain(name: str) -> str:
    """The files write "given a penalty notice" and "given penalty notice" for the same."""
    return " ".join(word for word in name.lower().split() if word != "a")


_CATEGORIES = {_plain(name): category for name, category in CATEGORIES.items()}
_OUTCOMES = {_plain(name): outcome for name, outcome in OUTCOMES.items()}


def category_id(name: str) -> str | None:
    """The id of a crime category as the files name it, or None for a name unheard of."""
    return CATEGORIES.get(name) or _CATEGORIES.get(_plain(name))


def outcome_id(name: str) -> str | None:
    """The id of an outcome as the files name it, or None for a name unheard of."""
    return OUTCOMES.get(name) or _OUTCOMES.get(_plain(name))
