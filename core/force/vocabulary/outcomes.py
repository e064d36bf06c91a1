"""How an investigation ends: the outcome types of the Home Office.

Contains public sector information, and National Statistics data, licensed under the Open
Government Licence v3.0.

The stage given to each outcome and the plain labels are this project's own.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from flask_babel import lazy_gettext as N_
from flask_babel.speaklater import LazyString

from core.force.vocabulary.crime_types import Named
from core.force.vocabulary.stages import StageId


@dataclass(frozen=True, slots=True)
class OutcomeCode(Named):
    """One way in which a case goes on or ends, in the terms of a scheme.

    ``id`` is what record systems send, ``name`` the official name, ``label`` says it plainly to staff.
    ``stage`` is the stage that it brings a case to; ``suspect_known`` is None where the code
    does not say.
    """

    label: LazyString = field(compare=False)
    stage: StageId
    suspect_known: bool | None


# Of the scheme "home_office": "0" (none yet) to "22", and "1A" to "3A".
HOME_OFFICE_OUTCOMES = {item.id: item for item in (
    OutcomeCode(
        "0", N_("Not yet assigned an outcome"), N_("Nothing has been decided yet"), StageId.INVESTIGATING,
        None,
    ),
    OutcomeCode(
        "1", N_("Charge or summons"), N_("Someone has been charged or summonsed"), StageId.CHARGED, True,
    ),
    OutcomeCode(
        "1A", N_("Charge or summons, alternative offence"),
        N_("Someone has been charged with a different offence"), StageId.CHARGED, True,
    ),
    OutcomeCode(
        "2", N_("Youth caution"), N_("A young person has been cautioned"), StageId.OUT_OF_COURT, True,
    ),
    OutcomeCode(
        "2A", N_("Youth caution, alternative offence"),
        N_("A young person has been cautioned for a different offence"), StageId.OUT_OF_COURT, True,
    ),
    OutcomeCode(
        "3", N_("Adult caution"), N_("An adult has been cautioned"), StageId.OUT_OF_COURT, True,
    ),
    OutcomeCode(
        "3A", N_("Adult caution, alternative offence"),
        N_("An adult has been cautioned for a different offence"), StageId.OUT_OF_COURT, True,
    ),
    OutcomeCode(
        "4", N_("Taken into consideration"),
        N_("The offence was counted when an offender was sentenced for another crime"), StageId.RESULT,
        True,
    ),
    OutcomeCode(
        "5", N_("Offender has died"), N_("The person responsible has died"), StageId.NO_FURTHER_ACTION,
        True,
    ),
    OutcomeCode(
        "6", N_("Penalty notice for disorder"), N_("A fixed penalty has been given"),
        StageId.OUT_OF_COURT, True,
    ),
    OutcomeCode(
        "7", N_("Cannabis or khat warning"), N_("A drugs warning has been given"), StageId.OUT_OF_COURT,
        True,
    ),
    OutcomeCode(
        "8", N_("Community resolution"),
        N_("The matter was settled without court, with agreed actions"), StageId.OUT_OF_COURT, True,
    ),
    OutcomeCode(
        "9", N_("Prosecution not in the public interest (CPS)"),
        N_("Prosecutors decided not to take the case to court"), StageId.NO_FURTHER_ACTION, True,
    ),
    OutcomeCode(
        "10", N_("Formal action not in the public interest (police)"),
        N_("The police decided formal action was not right in this case"), StageId.NO_FURTHER_ACTION,
        True,
    ),
    OutcomeCode(
        "11", N_("Prosecution prevented: suspect under the age of criminal responsibility"),
        N_("The suspect is too young to be prosecuted"), StageId.NO_FURTHER_ACTION, True,
    ),
    OutcomeCode(
        "12", N_("Prosecution prevented: suspect too ill"),
        N_("The suspect is too ill to be prosecuted"), StageId.NO_FURTHER_ACTION, True,
    ),
    OutcomeCode(
        "13", N_("Prosecution prevented: victim or key witness dead or too ill"),
        N_("A key person can no longer give evidence"), StageId.NO_FURTHER_ACTION, True,
    ),
    OutcomeCode(
        "14",
        N_("Evidential difficulties: suspect not identified "
           "and victim does not support further action"),
        N_("Closed at the victim's wish or because they could not take part; nobody identified"),
        StageId.NO_FURTHER_ACTION, False,
    ),
    OutcomeCode(
        "15", N_("Evidential difficulties: suspect identified and victim supports action"),
        N_("There was not enough evidence against a known suspect"), StageId.NO_FURTHER_ACTION, True,
    ),
    OutcomeCode(
        "16", N_("Evidential difficulties: suspect identified and victim does not support action"),
        N_("Closed because the victim did not wish to go on"), StageId.NO_FURTHER_ACTION, True,
    ),
    OutcomeCode(
        "17", N_("Prosecution time limit expired"),
        N_("The time allowed for a prosecution has passed"), StageId.NO_FURTHER_ACTION, True,
    ),
    OutcomeCode(
        "18", N_("Investigation complete, no suspect identified"),
        N_("Enquiries are finished and nobody was identified"), StageId.NO_FURTHER_ACTION, False,
    ),
    OutcomeCode(
        "19", N_("Filed by the National Fraud Intelligence Bureau"),
        N_("The fraud report was kept as intelligence and not sent to a force"),
        StageId.NO_FURTHER_ACTION, None,
    ),
    OutcomeCode(
        "20", N_("Further action to be taken by another body"),
        N_("Another organisation is dealing with it"), StageId.NO_FURTHER_ACTION, None,
    ),
    OutcomeCode(
        "21", N_("Further investigation not in the public interest (police decision)"),
        N_("The police decided not to investigate a named suspect further"), StageId.NO_FURTHER_ACTION,
        True,
    ),
    OutcomeCode(
        "22",
        N_("Diversionary, educational or intervention activity; "
           "no further action in the public interest"),
        N_("The suspect completed a course or other activity instead"), StageId.OUT_OF_COURT, True,
    ),
)}
