"""Which codes of outcomes are which news of the Code: of the Home Office's types, and of data.police.uk's.

A code that nobody could place is news without a decision about a suspect; "0" and what is still under way
are no news of the Code.
"""

from __future__ import annotations

from core.commitments import law

_SENTENCES = (
    "imprisoned", "suspended-sentence", "community-penalty", "fined", "compensation", "deprived-of-property",
    "conditional-discharge", "absolute-discharge", "other-court-disposal", "sentenced-in-another-case",
)
_OTHER_RESULTS = ("not-guilty", "unable-to-proceed", "court-result-unavailable")

CHARGED = (law.When("outcome", ("1", "1A"), "home_office"), law.When("outcome", ("charged",), "police_uk"))
OUT_OF_COURT = (
    law.When("outcome", ("2", "2A", "3", "3A", "6", "7", "8", "22"), "home_office"),
    law.When("outcome", (
        "cautioned", "drugs-possession-warning", "penalty-notice-issued", "local-resolution",
        "further-action-not-in-public-interest"), "police_uk"),
)
NOT_PROSECUTED = (
    law.When("outcome", ("5", "9", "10", "11", "12", "13", "15", "16", "17"), "home_office"),
    law.When("outcome", ("unable-to-prosecute", "formal-action-not-in-public-interest"), "police_uk"),
)
ENDED_WITHOUT_CHARGE = (
    law.When("outcome", ("14", "18", "19", "20", "21"), "home_office"),
    law.When("outcome", (
        "no-further-action", "further-investigation-not-in-public-interest",
        "action-taken-by-another-organisation"), "police_uk"),
)
COURT_ENDED = (
    law.When("outcome", ("4",), "home_office"), law.When("outcome", _OTHER_RESULTS, "police_uk"),
)
SENTENCED = (law.When("outcome", _SENTENCES, "police_uk"), law.When("court_result", _SENTENCES, "police_uk"))
NO_NEWS_OF_THE_CODE = {
    "home_office": {"0"},
    "police_uk": {
        "status-update-unavailable", "under-investigation", "awaiting-court-result", "sent-to-crown-court"},
}
