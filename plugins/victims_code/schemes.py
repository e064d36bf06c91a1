"""The outcomes that record systems of England and Wales may send: in two schemes, each with its words.

Contains public sector information licensed under the Open Government Licence v3.0. The Home Office's
outcome types are the usual scheme. What data.police.uk publishes says less, and has results of courts;
the stage given to each is this project's own, its name the text in the published files.
"""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as N_

from core.cases import tellings
from core.force import StageId, vocabulary
from plugins.victims_code.outcomes import OUTCOMES
from plugins.victims_code.police_uk import POLICE_UK

OUTCOME_TYPES = tellings.Source(
    "Crime outcome type (glossary of His Majesty's Inspectorate)",
    "https://hmicfrs.justiceinspectorates.gov.uk/glossary/crime-outcome-type/")
PUBLISHED = tellings.Source(
    "Understanding the justice outcome data on the police.uk website",
    "https://paperzz.com/doc/7337940/understanding-the-justice-outcome-data-on-police")


def _published(code: str, name: LazyString, stage: StageId) -> tellings.SchemeCode:
    return tellings.SchemeCode(code, name, name, stage, None, POLICE_UK[code], (PUBLISHED,))


HOME_OFFICE: dict[str, tellings.SchemeCode] = {
    one.id: tellings.SchemeCode(
        one.id, one.name, one.label, one.stage, one.suspect_known, OUTCOMES[one.id], (OUTCOME_TYPES,))
    for one in vocabulary.HOME_OFFICE_OUTCOMES.values()
}

POLICE_UK_OUTCOMES: dict[str, tellings.SchemeCode] = {item.id: item for item in (
    _published("status-update-unavailable", N_("Status update unavailable"), StageId.RECORDED),
    _published("under-investigation", N_("Under investigation"), StageId.INVESTIGATING),
    _published("charged", N_("Suspect charged"), StageId.CHARGED),
    _published(
        "sentenced-in-another-case", N_("Suspect charged as part of another case"), StageId.RESULT,
    ),
    _published("awaiting-court-result", N_("Awaiting court outcome"), StageId.COURT),
    _published("sent-to-crown-court", N_("Defendant sent to Crown Court"), StageId.COURT),
    _published("court-result-unavailable", N_("Court result unavailable"), StageId.RESULT),
    _published("unable-to-proceed", N_("Court case unable to proceed"), StageId.RESULT),
    _published("not-guilty", N_("Defendant found not guilty"), StageId.RESULT),
    _published("imprisoned", N_("Offender sent to prison"), StageId.RESULT),
    _published("suspended-sentence", N_("Offender given suspended prison sentence"), StageId.RESULT),
    _published("community-penalty", N_("Offender given community sentence"), StageId.RESULT),
    _published("fined", N_("Offender fined"), StageId.RESULT),
    _published("compensation", N_("Offender ordered to pay compensation"), StageId.RESULT),
    _published("deprived-of-property", N_("Offender deprived of property"), StageId.RESULT),
    _published("conditional-discharge", N_("Offender given conditional discharge"), StageId.RESULT),
    _published("absolute-discharge", N_("Offender given absolute discharge"), StageId.RESULT),
    _published("other-court-disposal", N_("Offender otherwise dealt with"), StageId.RESULT),
    _published("cautioned", N_("Offender given a caution"), StageId.OUT_OF_COURT),
    _published(
        "drugs-possession-warning", N_("Offender given a drugs possession warning"), StageId.OUT_OF_COURT,
    ),
    _published("penalty-notice-issued", N_("Offender given a penalty notice"), StageId.OUT_OF_COURT),
    _published("local-resolution", N_("Local resolution"), StageId.OUT_OF_COURT),
    _published("unable-to-prosecute", N_("Unable to prosecute suspect"), StageId.NO_FURTHER_ACTION),
    _published(
        "formal-action-not-in-public-interest", N_("Formal action is not in the public interest"),
        StageId.NO_FURTHER_ACTION,
    ),
    _published(
        "further-action-not-in-public-interest", N_("Further action is not in the public interest"),
        StageId.OUT_OF_COURT,
    ),
    _published(
        "further-investigation-not-in-public-interest",
        N_("Further investigation is not in the public interest"), StageId.NO_FURTHER_ACTION,
    ),
    _published(
        "action-taken-by-another-organisation", N_("Action to be taken by another organisation"),
        StageId.NO_FURTHER_ACTION,
    ),
    _published(
        "no-further-action", N_("Investigation complete; no suspect identified"),
        StageId.NO_FURTHER_ACTION,
    ),
)}
