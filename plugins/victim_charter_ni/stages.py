"""Northern Ireland's words for stages, and for news of what was done.

Sources, by their names in ``sources.py``: who decides (DECIDING), a charge and bail (BAIL_AFTER_CHARGE,
BAIL), who informs (CARE_UNIT, CARE_UNIT_IS_LED, CHARTER), which courts there are (COURTS, CROWN_COURT).
"""

from __future__ import annotations

from dataclasses import replace

from flask_babel import LazyString
from flask_babel import lazy_gettext as N_

from core.cases import general_news, general_words, tellings
from plugins.victim_charter_ni import rights

CHARGED = tellings.Telling(
    N_("Someone has been charged"),
    N_(
        "This is a formal accusation, and the person has to come before a court. "
        "It does not mean the person has been found guilty."
    ),
    N_(
        "From now on the Public Prosecution Service decides how the case goes on. "
        "Its Victim and Witness Care Unit keeps you informed."
    ),
    rights.CARE_UNIT,
)

ENTRIES: dict[str, tellings.Telling] = {
    **general_words.ENTRIES,
    "recorded": replace(general_words.ENTRIES["recorded"], rights=rights.SUPPORT_AND_HELP),
    "allocated": replace(general_words.ENTRIES["allocated"], rights=rights.KEPT_INFORMED),
    "bail_changed": tellings.Telling(
        N_("Bail has changed"),
        N_(
            "Someone is on bail: released, with a date to come back. "
            "The conditions they must follow have been changed or ended."
        ),
        N_("Ask us if you want to know what this means for you."),
        general_words.SAFETY,
    ),
    "charged": CHARGED,
    "reopened": replace(general_words.ENTRIES["reopened"], rights=rights.KEPT_INFORMED),
    "hearing": replace(
        general_news.HEARING,
        next_step=N_(
            "The Victim and Witness Care Unit tells you about hearings. "
            "They can also tell you about help with giving evidence, if you need to."
        ),
        rights=rights.STATEMENT),
    "court_result": replace(
        general_news.COURT_RESULT,
        next_step=N_("The Victim and Witness Care Unit tells you what the court decided."),
        rights=rights.COURT_QUESTIONS),
}

COURT_RESULTS: dict[str, tellings.Telling] = {
    result: replace(
        telling,
        next_step=N_("The Victim and Witness Care Unit can tell you more. You can still get support."),
        rights=rights.COURT_QUESTIONS)
    for result, telling in general_news.COURT_RESULTS.items()
}

RELEASED: dict[str, tellings.Telling] = {
    "bail": tellings.Telling(
        N_("Someone has been released on bail"),
        N_(
            "The person can leave, but has a date to come back to us or to a court. "
            "They may have to follow conditions until then."
        ),
        N_("We will tell you if the conditions change or end."),
        general_words.SAFETY,
    ),
    "under_investigation": replace(
        general_words.RELEASED["under_investigation"],
        next_step=N_(
            "When we have finished, the Public Prosecution Service can decide about a court case. "
            "You are told of its decision in writing."
        ),
    ),
    "no_further_action": replace(
        general_words.RELEASED["no_further_action"], rights=rights.REVIEW_LATER),
}

PROGRESS: dict[str, tellings.Telling] = {
    "received": replace(general_words.STAGES["received"], rights=rights.SUPPORT_AND_HELP),
    "recorded": ENTRIES["recorded"],
    "assessing": general_words.STAGES["assessing"],
    "not_investigating": replace(
        general_words.STAGES["not_investigating"],
        rights=rights.EXPLAIN_OR_COMPLAIN, unexplained=rights.TOLD_OF_IT),
    "allocated": ENTRIES["allocated"],
    "investigating": replace(general_words.STAGES["investigating"], rights=rights.KEPT_INFORMED),
    "suspect_action": general_words.STAGES["suspect_action"],
    "decision": tellings.Telling(
        N_("A decision is being made"),
        N_(
            "We have gathered evidence. Now we decide, or the Public Prosecution Service does. "
            "Its lawyers decide which cases go to court."
        ),
        N_("If the Public Prosecution Service decides, you are told of it in writing."),
        rights.CARE_UNIT,
    ),
    "charged": CHARGED,
    "out_of_court": replace(
        general_words.STAGES["out_of_court"],
        rights=rights.EXPLAIN_OR_COMPLAIN, unexplained=rights.TOLD_OF_IT),
    "no_further_action": replace(
        general_words.STAGES["no_further_action"],
        rights=rights.REVIEW_IF_BY_PROSECUTORS, unexplained=rights.TOLD_OF_IT),
    "court": tellings.Telling(
        N_("The case is at court"),
        N_(
            "It may be a magistrates' court or, for more serious crimes, the Crown Court. "
            "There may be more than one hearing."
        ),
        N_(
            "The Victim and Witness Care Unit tells you about hearings. "
            "They can also tell you about help with giving evidence, if you need to."
        ),
        rights.STATEMENT,
    ),
    "result": replace(
        general_words.STAGES["result"],
        next_step=N_("The Victim and Witness Care Unit tells you what the court decided."),
        rights=rights.COURT_QUESTIONS),
    "closed": replace(
        general_words.STAGES["closed"], rights=rights.EXPLAIN_OR_COMPLAIN, unexplained=rights.TOLD_OF_IT),
    "reopened": ENTRIES["reopened"],
}

NOW: dict[str, tuple[LazyString, LazyString]] = {
    **general_words.NOW,
    "decision": (
        N_("Waiting for a decision"),
        N_("We, or the Public Prosecution Service, are deciding what should happen next."),
    ),
    "charged": (
        N_("Someone has been charged"),
        N_("The Victim and Witness Care Unit keeps you informed from now on."),
    ),
    "court": (
        N_("The case is in court"),
        N_("A court is dealing with it. The Victim and Witness Care Unit tells you about hearings."),
    ),
    "result": (
        N_("The case has been to court"),
        N_("The news below says what we know. The Victim and Witness Care Unit can tell you more."),
    ),
}
