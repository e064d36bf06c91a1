"""The codes of Scotland: what police, procurator fiscal and a court may decide, and where we read of it.

The ids are this project's own, for a force to map its record system's codes to; so is a name that is in
none of the sources. Without a source, a code is known and its words are not shown.

Not proven was a verdict until 2026, and still is in a trial that had begun by then; it meant the same
as not guilty (THIRD_VERDICT, NOT_PROVEN_ENDS).
"""

from __future__ import annotations

from flask_babel import lazy_gettext as N_

from core.cases import tellings
from core.force import StageId
from plugins.victims_code_scotland import outcomes, sources

SCOTTISH_DISPOSALS: dict[str, tellings.SchemeCode] = {code.id: code for code in (
    tellings.SchemeCode(
        "recorded_police_warning", N_("Recorded Police Warning"), N_("The police gave a recorded warning"),
        StageId.OUT_OF_COURT, True,
        outcomes.RECORDED_WARNING, (sources.POLICE_MEASURES, sources.RECORDED_WARNING),
    ),
    tellings.SchemeCode(
        "anti_social_behaviour_fixed_penalty", N_("Anti-Social Behaviour Fixed Penalty Notice"),
        N_("The police gave a fixed penalty"), StageId.OUT_OF_COURT, True,
        outcomes.PENALTY, (sources.POLICE_MEASURES, sources.POLICE_DISPOSALS, sources.FIXED_PENALTY),
    ),
    tellings.SchemeCode(
        "early_and_effective_intervention", N_("Early and Effective Intervention"),
        N_("The matter was dealt with without court, with help or advice"), StageId.OUT_OF_COURT, True,
        outcomes.OUT_OF_COURT, (sources.POLICE_DISPOSALS,),
    ),
    # Counted until 2022, not in the figures since: whether it is still given is not known.
    tellings.SchemeCode(
        "police_restorative_warning", N_("Police Restorative Warning"),
        N_("The police gave a restorative warning"), StageId.OUT_OF_COURT, True, outcomes.OUT_OF_COURT, (),
    ),
    tellings.SchemeCode(
        "referred_to_reporter", N_("Referred to the Children's Reporter"),
        N_("The Children's Reporter is dealing with it"), StageId.NO_FURTHER_ACTION, True,
        outcomes.ANOTHER_ORGANISATION, (sources.REPORTER, sources.REPORTER_TELLS),
    ),
    tellings.SchemeCode(
        "passed_to_another_body", N_("Reported to another agency"),
        N_("Another organisation is dealing with it"), StageId.NO_FURTHER_ACTION, None,
        outcomes.ANOTHER_ORGANISATION, (sources.SYSTEM_MAP,),
    ),
    tellings.SchemeCode(
        "no_suspect", N_("Not detected"), N_("Enquiries are finished and nobody was identified"),
        StageId.NO_FURTHER_ACTION, False,
        outcomes.NO_SUSPECT, (sources.SYSTEM_MAP, sources.INFORMATION),
    ),
    tellings.SchemeCode(
        "insufficient_evidence", N_("Insufficient evidence to report"),
        N_("There was not enough evidence to report anyone to the procurator fiscal"),
        StageId.NO_FURTHER_ACTION, None, outcomes.NOT_ENOUGH_EVIDENCE,
        (sources.INVESTIGATION, sources.INFORMATION),
    ),
    # A case is the public's there, not the victim's: whether the police end one for this is not known.
    tellings.SchemeCode(
        "victim_does_not_support", N_("Victim does not support further action"),
        N_("Closed because the victim did not wish to go on"), StageId.NO_FURTHER_ACTION, None,
        outcomes.STOPPED_AS_YOU_WISH, (),
    ),
    tellings.SchemeCode(
        "reported_to_fiscal", N_("Reported to the procurator fiscal"),
        N_("The procurator fiscal decides what happens next"), StageId.DECISION, True,
        outcomes.REPORTED, (sources.FISCAL, sources.INVESTIGATION),
    ),
    tellings.SchemeCode(
        "prosecution", N_("Prosecution"), N_("The procurator fiscal took the case to court"), StageId.COURT,
        True, outcomes.PROSECUTED, (sources.FISCAL, sources.INVESTIGATION),
    ),
    tellings.SchemeCode(
        "fiscal_warning", N_("Fiscal warning"), N_("The procurator fiscal gave a warning"),
        StageId.OUT_OF_COURT, True, outcomes.FISCAL_WARNING, (sources.FISCAL, sources.DIRECT_MEASURES),
    ),
    tellings.SchemeCode(
        "fiscal_fine", N_("Fiscal fine"), N_("The procurator fiscal offered a fine"),
        StageId.OUT_OF_COURT, True, outcomes.FISCAL_FINE, (sources.FISCAL, sources.DIRECT_MEASURES),
    ),
    tellings.SchemeCode(
        "fiscal_compensation", N_("Fiscal compensation offer"),
        N_("The procurator fiscal offered compensation"), StageId.OUT_OF_COURT, True,
        outcomes.FISCAL_COMPENSATION, (sources.FISCAL, sources.DIRECT_MEASURES),
    ),
    tellings.SchemeCode(
        "fiscal_fine_and_compensation", N_("Combined fiscal fine and compensation offer"),
        N_("The procurator fiscal offered a fine and compensation"), StageId.OUT_OF_COURT, True,
        outcomes.FISCAL_FINE_AND_COMPENSATION, (sources.DIRECT_MEASURES, sources.MEASURES_COUNTED),
    ),
    tellings.SchemeCode(
        "fiscal_work_order", N_("Fiscal work order"), N_("The procurator fiscal offered unpaid work"),
        StageId.OUT_OF_COURT, True, outcomes.FISCAL_WORK, (sources.DIVERSION, sources.DIRECT_MEASURES),
    ),
    tellings.SchemeCode(
        "diversion", N_("Diversion from prosecution"),
        N_("The suspect was referred for help or treatment instead of going to court"),
        StageId.OUT_OF_COURT, True, outcomes.DIVERSION, (sources.DIVERSION, sources.FISCAL),
    ),
    tellings.SchemeCode(
        "no_action", N_("No action by the procurator fiscal"),
        N_("The procurator fiscal decided not to take the case to court"), StageId.NO_FURTHER_ACTION, True,
        outcomes.NO_ACTION, (sources.FISCAL, sources.REVIEW),
    ),
    tellings.SchemeCode(
        "discontinued", N_("Proceedings discontinued"),
        N_("The procurator fiscal stopped the court case"), StageId.NO_FURTHER_ACTION, True,
        outcomes.DISCONTINUED, (sources.REVIEW,),
    ),
    tellings.SchemeCode(
        "guilty", N_("Guilty"), N_("Someone was found guilty or admitted the crime"), StageId.RESULT, True,
        outcomes.GUILTY, (sources.AFTER_THE_VERDICT, sources.VERDICTS),
    ),
    tellings.SchemeCode(
        "not_guilty", N_("Not guilty"), N_("The court found someone not guilty"), StageId.RESULT, True,
        outcomes.NOT_GUILTY, (sources.VERDICTS,),
    ),
    tellings.SchemeCode(
        "not_proven", N_("Not proven"), N_("The court's decision was not proven"), StageId.RESULT, True,
        outcomes.NOT_PROVEN, (sources.THIRD_VERDICT, sources.NOT_PROVEN_ENDS),
    ),
    tellings.SchemeCode(
        "prison", N_("Custodial sentence"), N_("The court sent someone to prison"), StageId.RESULT, True,
        outcomes.PRISON, (sources.AFTER_THE_VERDICT,),
    ),
    tellings.SchemeCode(
        "community_payback_order", N_("Community Payback Order"),
        N_("The court made a community payback order"), StageId.RESULT, True, outcomes.PAYBACK,
        (sources.SENTENCES,),
    ),
    tellings.SchemeCode(
        "fine", N_("Court fine"), N_("The court gave a fine"), StageId.RESULT, True, outcomes.FINE,
        (sources.AFTER_THE_VERDICT,),
    ),
    tellings.SchemeCode(
        "compensation_order", N_("Compensation order"), N_("The court ordered compensation"), StageId.RESULT,
        True, outcomes.COMPENSATION, (sources.AFTER_THE_VERDICT, sources.SENTENCES),
    ),
    tellings.SchemeCode(
        "admonition", N_("Admonition"), N_("The court gave a warning"), StageId.RESULT, True,
        outcomes.ADMONITION, (sources.SENTENCES,),
    ),
    tellings.SchemeCode(
        "absolute_discharge", N_("Absolute discharge"), N_("The court gave no punishment"), StageId.RESULT,
        True, outcomes.ABSOLUTE_DISCHARGE, (sources.SENTENCES,),
    ),
)}
