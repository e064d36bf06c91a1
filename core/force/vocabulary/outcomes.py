"""How an investigation ends: Home Office outcome types and data.police.uk outcomes.

Contains public sector information, and National Statistics data, licensed under the Open
Government Licence v3.0.

The stage given to each outcome and the plain labels are this project's own.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from flask_babel import lazy_gettext as N_
from flask_babel.speaklater import LazyString

from core.force.vocabulary.crime_types import Named


@dataclass(frozen=True, slots=True)
class HomeOfficeOutcome(Named):
    """A Home Office outcome type: ``id`` is "0" (none yet) to "22", or "1A" to "3A".

    ``name`` is the official one; ``label`` says it plainly. ``suspect_known`` is None
    where the type does not say.
    """

    label: LazyString = field(compare=False)
    stage: str
    suspect_known: bool | None
    police_uk_outcome: str | None


@dataclass(frozen=True, slots=True)
class PoliceUkOutcome(Named):
    """An outcome as data.police.uk publishes it; ``name`` is the text in its files."""

    stage: str


HOME_OFFICE_OUTCOMES = {item.id: item for item in (
    HomeOfficeOutcome(
        "0", N_("Not yet assigned an outcome"), N_("Nothing has been decided yet"), "investigating",
        None, "under-investigation",
    ),
    HomeOfficeOutcome(
        "1", N_("Charge or summons"), N_("Someone has been charged or summonsed"), "charged", True,
        "charged",
    ),
    HomeOfficeOutcome(
        "1A", N_("Charge or summons, alternative offence"),
        N_("Someone has been charged with a different offence"), "charged", True, "charged",
    ),
    HomeOfficeOutcome(
        "2", N_("Youth caution"), N_("A young person has been cautioned"), "out_of_court", True,
        "cautioned",
    ),
    HomeOfficeOutcome(
        "2A", N_("Youth caution, alternative offence"),
        N_("A young person has been cautioned for a different offence"), "out_of_court", True,
        "cautioned",
    ),
    HomeOfficeOutcome(
        "3", N_("Adult caution"), N_("An adult has been cautioned"), "out_of_court", True,
        "cautioned",
    ),
    HomeOfficeOutcome(
        "3A", N_("Adult caution, alternative offence"),
        N_("An adult has been cautioned for a different offence"), "out_of_court", True,
        "cautioned",
    ),
    HomeOfficeOutcome(
        "4", N_("Taken into consideration"),
        N_("The offence was counted when an offender was sentenced for another crime"), "result",
        True, "sentenced-in-another-case",
    ),
    HomeOfficeOutcome(
        "5", N_("Offender has died"), N_("The person responsible has died"), "no_further_action",
        True, "unable-to-prosecute",
    ),
    HomeOfficeOutcome(
        "6", N_("Penalty notice for disorder"), N_("A fixed penalty has been given"),
        "out_of_court", True, "penalty-notice-issued",
    ),
    HomeOfficeOutcome(
        "7", N_("Cannabis or khat warning"), N_("A drugs warning has been given"), "out_of_court",
        True, "drugs-possession-warning",
    ),
    HomeOfficeOutcome(
        "8", N_("Community resolution"),
        N_("The matter was settled without court, with agreed actions"), "out_of_court", True,
        "local-resolution",
    ),
    HomeOfficeOutcome(
        "9", N_("Prosecution not in the public interest (CPS)"),
        N_("Prosecutors decided not to take the case to court"), "no_further_action", True,
        "formal-action-not-in-public-interest",
    ),
    HomeOfficeOutcome(
        "10", N_("Formal action not in the public interest (police)"),
        N_("The police decided formal action was not right in this case"), "no_further_action",
        True, "formal-action-not-in-public-interest",
    ),
    HomeOfficeOutcome(
        "11", N_("Prosecution prevented: suspect under the age of criminal responsibility"),
        N_("The suspect is too young to be prosecuted"), "no_further_action", True,
        "unable-to-prosecute",
    ),
    HomeOfficeOutcome(
        "12", N_("Prosecution prevented: suspect too ill"),
        N_("The suspect is too ill to be prosecuted"), "no_further_action", True,
        "unable-to-prosecute",
    ),
    HomeOfficeOutcome(
        "13", N_("Prosecution prevented: victim or key witness dead or too ill"),
        N_("A key person can no longer give evidence"), "no_further_action", True,
        "unable-to-prosecute",
    ),
    HomeOfficeOutcome(
        "14",
        N_("Evidential difficulties: suspect not identified "
           "and victim does not support further action"),
        N_("Closed at the victim's wish or because they could not take part; nobody identified"),
        "no_further_action", False, "unable-to-prosecute",
    ),
    HomeOfficeOutcome(
        "15", N_("Evidential difficulties: suspect identified and victim supports action"),
        N_("There was not enough evidence against a known suspect"), "no_further_action", True,
        "unable-to-prosecute",
    ),
    HomeOfficeOutcome(
        "16", N_("Evidential difficulties: suspect identified and victim does not support action"),
        N_("Closed because the victim did not wish to go on"), "no_further_action", True,
        "unable-to-prosecute",
    ),
    HomeOfficeOutcome(
        "17", N_("Prosecution time limit expired"),
        N_("The time allowed for a prosecution has passed"), "no_further_action", True,
        "unable-to-prosecute",
    ),
    HomeOfficeOutcome(
        "18", N_("Investigation complete, no suspect identified"),
        N_("Enquiries are finished and nobody was identified"), "no_further_action", False,
        "no-further-action",
    ),
    HomeOfficeOutcome(
        "19", N_("Filed by the National Fraud Intelligence Bureau"),
        N_("The fraud report was kept as intelligence and not sent to a force"),
        "no_further_action", None, None,
    ),
    HomeOfficeOutcome(
        "20", N_("Further action to be taken by another body"),
        N_("Another organisation is dealing with it"), "no_further_action", None,
        "action-taken-by-another-organisation",
    ),
    HomeOfficeOutcome(
        "21", N_("Further investigation not in the public interest (police decision)"),
        N_("The police decided not to investigate a named suspect further"), "no_further_action",
        True, "further-investigation-not-in-public-interest",
    ),
    HomeOfficeOutcome(
        "22",
        N_("Diversionary, educational or intervention activity; "
           "no further action in the public interest"),
        N_("The suspect completed a course or other activity instead"), "out_of_court", True,
        "further-action-not-in-public-interest",
    ),
)}

POLICE_UK_OUTCOMES = {item.id: item for item in (
    PoliceUkOutcome("status-update-unavailable", N_("Status update unavailable"), "recorded"),
    PoliceUkOutcome("under-investigation", N_("Under investigation"), "investigating"),
    PoliceUkOutcome("charged", N_("Suspect charged"), "charged"),
    PoliceUkOutcome(
        "sentenced-in-another-case", N_("Suspect charged as part of another case"), "result",
    ),
    PoliceUkOutcome("awaiting-court-result", N_("Awaiting court outcome"), "court"),
    PoliceUkOutcome("sent-to-crown-court", N_("Defendant sent to Crown Court"), "court"),
    PoliceUkOutcome("court-result-unavailable", N_("Court result unavailable"), "result"),
    PoliceUkOutcome("unable-to-proceed", N_("Court case unable to proceed"), "result"),
    PoliceUkOutcome("not-guilty", N_("Defendant found not guilty"), "result"),
    PoliceUkOutcome("imprisoned", N_("Offender sent to prison"), "result"),
    PoliceUkOutcome("suspended-sentence", N_("Offender given suspended prison sentence"), "result"),
    PoliceUkOutcome("community-penalty", N_("Offender given community sentence"), "result"),
    PoliceUkOutcome("fined", N_("Offender fined"), "result"),
    PoliceUkOutcome("compensation", N_("Offender ordered to pay compensation"), "result"),
    PoliceUkOutcome("deprived-of-property", N_("Offender deprived of property"), "result"),
    PoliceUkOutcome("conditional-discharge", N_("Offender given conditional discharge"), "result"),
    PoliceUkOutcome("absolute-discharge", N_("Offender given absolute discharge"), "result"),
    PoliceUkOutcome("other-court-disposal", N_("Offender otherwise dealt with"), "result"),
    PoliceUkOutcome("cautioned", N_("Offender given a caution"), "out_of_court"),
    PoliceUkOutcome(
        "drugs-possession-warning", N_("Offender given a drugs possession warning"), "out_of_court",
    ),
    PoliceUkOutcome("penalty-notice-issued", N_("Offender given a penalty notice"), "out_of_court"),
    PoliceUkOutcome("local-resolution", N_("Local resolution"), "out_of_court"),
    PoliceUkOutcome("unable-to-prosecute", N_("Unable to prosecute suspect"), "no_further_action"),
    PoliceUkOutcome(
        "formal-action-not-in-public-interest", N_("Formal action is not in the public interest"),
        "no_further_action",
    ),
    PoliceUkOutcome(
        "further-action-not-in-public-interest", N_("Further action is not in the public interest"),
        "out_of_court",
    ),
    PoliceUkOutcome(
        "further-investigation-not-in-public-interest",
        N_("Further investigation is not in the public interest"), "no_further_action",
    ),
    PoliceUkOutcome(
        "action-taken-by-another-organisation", N_("Action to be taken by another organisation"),
        "no_further_action",
    ),
    PoliceUkOutcome(
        "no-further-action", N_("Investigation complete; no suspect identified"),
        "no_further_action",
    ),
)}
