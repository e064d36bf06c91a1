"""The codes of Northern Ireland: what police, prosecutors and a court may decide, and where we read of it.

The ids are this project's own, for a force to map its record system's codes to; so is a name that is in
none of the sources. Without a source, a code is known and its words are not shown.
"""

from __future__ import annotations

from flask_babel import lazy_gettext as N_

from core.cases import tellings
from core.force import StageId
from plugins.victim_charter_ni import outcomes, sources
from plugins.victim_charter_ni.stages import CHARGED

PSNI_OUTCOMES: dict[str, tellings.SchemeCode] = {code.id: code for code in (
    tellings.SchemeCode(
        "charge_or_summons", N_("Charge or summons"),
        N_("Someone has been charged or summonsed"), StageId.CHARGED,
        True, CHARGED, (sources.BAIL_AFTER_CHARGE, sources.DECIDING),
    ),
    tellings.SchemeCode(
        "sent_to_prosecutors", N_("File sent to the Public Prosecution Service"),
        N_("Prosecutors decide what happens next"), StageId.DECISION, True, outcomes.SENT,
        (sources.DECIDING, sources.CARE_UNIT),
    ),
    tellings.SchemeCode(
        "prosecution", N_("Prosecution directed"),
        N_("Prosecutors took the case to court"), StageId.COURT, True,
        outcomes.PROSECUTED, (sources.DECIDING, sources.STATEMENT),
    ),
    tellings.SchemeCode(
        "community_resolution_notice", N_("Community Resolution Notice"),
        N_("The matter was settled without court, with agreed actions"), StageId.OUT_OF_COURT, True,
        outcomes.COMMUNITY_RESOLUTION, (sources.COMMUNITY_RESOLUTION, sources.IF_NOT_COMPLETED),
    ),
    tellings.SchemeCode(
        "penalty_notice", N_("Penalty Notice for Disorder"), N_("A fixed penalty has been given"),
        StageId.OUT_OF_COURT, True, outcomes.PENALTY, (sources.PENALTY,),
    ),
    tellings.SchemeCode(
        "caution", N_("Caution"), N_("Someone has been cautioned"), StageId.OUT_OF_COURT, True,
        outcomes.CAUTIONED, (sources.DIVERSION, sources.DECIDING),
    ),
    tellings.SchemeCode(
        "restorative_caution", N_("Restorative caution"), N_("A young person has been cautioned"),
        StageId.OUT_OF_COURT, True, outcomes.CAUTIONED, (sources.DIVERSION, sources.DECIDING),
    ),
    tellings.SchemeCode(
        "informed_warning", N_("Informed warning"), N_("The police gave a formal warning"),
        StageId.OUT_OF_COURT, True, outcomes.INFORMED_WARNING, (sources.DIVERSION, sources.DECIDING),
    ),
    tellings.SchemeCode(
        "diversionary_youth_conference", N_("Diversionary youth conference"),
        N_("A young person takes part in a conference instead of going to court"), StageId.OUT_OF_COURT, True,
        outcomes.RESTORATIVE, (sources.DIVERSION, sources.DECIDING),
    ),
    tellings.SchemeCode(
        "community_based_restorative_justice", N_("Community based restorative justice"),
        N_("The suspect takes part in a restorative scheme instead of going to court"), StageId.OUT_OF_COURT,
        True, outcomes.RESTORATIVE, (sources.DIVERSION,),
    ),
    tellings.SchemeCode(
        "no_prosecution_evidence", N_("No prosecution: evidential test not met"),
        N_("Prosecutors decided that there is not enough evidence"), StageId.NO_FURTHER_ACTION, True,
        outcomes.NOT_ENOUGH_FOR_PROSECUTORS, (sources.DECIDING, sources.REVIEW, sources.CHARTER_IN_LAW),
    ),
    tellings.SchemeCode(
        "no_prosecution_public_interest", N_("No prosecution: public interest test not met"),
        N_("Prosecutors decided not to take the case to court"), StageId.NO_FURTHER_ACTION, True,
        outcomes.PROSECUTORS_DECIDED, (sources.DECIDING, sources.REVIEW, sources.CHARTER_IN_LAW),
    ),
    tellings.SchemeCode(
        "no_suspect", N_("Investigation complete, no suspect identified"),
        N_("Enquiries are finished and nobody was identified"), StageId.NO_FURTHER_ACTION, False,
        outcomes.NO_SUSPECT, (sources.CHARTER,),
    ),
    tellings.SchemeCode(
        "insufficient_evidence", N_("Investigation ended for lack of evidence"),
        N_("The police ended the investigation for lack of evidence"), StageId.NO_FURTHER_ACTION, None,
        outcomes.NOT_ENOUGH_EVIDENCE, (sources.CHARTER,),
    ),
    tellings.SchemeCode(
        "passed_to_another_body", N_("Further action to be taken by another body"),
        N_("Another organisation is dealing with it"), StageId.NO_FURTHER_ACTION, None,
        outcomes.ANOTHER_ORGANISATION, (sources.DECIDING,),
    ),
    tellings.SchemeCode(
        "guilty", N_("Guilty"), N_("Someone was found guilty or admitted the crime"), StageId.RESULT, True,
        outcomes.GUILTY, (sources.STATEMENT, sources.VERDICTS),
    ),
    tellings.SchemeCode(
        "not_guilty", N_("Not guilty"), N_("The court found someone not guilty"), StageId.RESULT, True,
        outcomes.NOT_GUILTY, (sources.VERDICTS,),
    ),
    # Nobody has confirmed that the police there close a crime for these, or that they are in use yet.
    tellings.SchemeCode(
        "victim_does_not_support", N_("Victim does not support further action"),
        N_("Closed because the victim did not wish to go on"), StageId.NO_FURTHER_ACTION, None,
        outcomes.STOPPED_AS_YOU_WISH, (),
    ),
    tellings.SchemeCode(
        "youth_diversion", N_("Youth diversion"), N_("A young person was referred for help or advice"),
        StageId.OUT_OF_COURT, True, outcomes.OTHERWISE, (),
    ),
    tellings.SchemeCode(
        "conditional_caution", N_("Conditional caution"), N_("Someone has been cautioned, with conditions"),
        StageId.OUT_OF_COURT, True, outcomes.CAUTIONED, (),
    ),
    tellings.SchemeCode(
        "prosecutorial_fine", N_("Prosecutorial fine"),
        N_("Prosecutors offered a fine"), StageId.OUT_OF_COURT,
        True, outcomes.PENALTY, (),
    ),
)}
