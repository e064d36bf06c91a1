"""Scottish words for stages, and for news of what was done.

Sources, by their names in ``sources.py``: the police charge and report, the procurator fiscal decides
(FISCAL, INVESTIGATION); release on an undertaking (LIBERATION); conditions without a charge
(INVESTIGATIVE_LIBERATION); which courts there are (COURTS).
"""

from __future__ import annotations

from dataclasses import replace

from flask_babel import LazyString
from flask_babel import lazy_gettext as N_

from core.cases import general_news, general_words, tellings
from plugins.victims_code_scotland import rights

CHARGED = tellings.Telling(
    N_("Someone has been charged"),
    N_(
        "This is a formal accusation. It does not mean the person has been found guilty. "
        "The charge alone does not mean that there will be a court case."
    ),
    N_("We report to the procurator fiscal, the public prosecutor, who decides what happens next."),
    rights.ADVICE,
)

ENTRIES: dict[str, tellings.Telling] = {
    **general_words.ENTRIES,
    "recorded": replace(general_words.ENTRIES["recorded"], rights=rights.SUPPORT_AND_HELP),
    "allocated": replace(general_words.ENTRIES["allocated"], rights=rights.KEPT_INFORMED),
    "charged": CHARGED,
    "reopened": replace(general_words.ENTRIES["reopened"], rights=rights.KEPT_INFORMED),
    "hearing": replace(
        general_news.HEARING,
        next_step=N_(
            "The procurator fiscal's office can tell you what is happening, and what you may need to do."),
        rights=rights.VICTIM_STATEMENT),
    "court_result": replace(
        general_news.COURT_RESULT,
        rights=rights.COURT_QUESTIONS),
}

COURT_RESULTS: dict[str, tellings.Telling] = {
    result: replace(
        telling,
        next_step=N_("The procurator fiscal's office can tell you more. You can still get support."),
        rights=rights.COURT_QUESTIONS)
    for result, telling in general_news.COURT_RESULTS.items()
}

UNDERTAKING = tellings.Telling(
    N_("Someone has been released on an undertaking"),
    N_(
        "The person has been charged, and can leave for now. "
        "An undertaking is a signed promise to come to court on a certain day. "
        "It may also have conditions that they must follow."
    ),
    N_("We report to the procurator fiscal, the public prosecutor, who decides what happens next."),
    general_words.SAFETY,
)

INVESTIGATIVE_LIBERATION = tellings.Telling(
    N_("Someone has been released with conditions while we investigate"),
    N_(
        "The person has not been charged, and can leave. "
        "They must follow conditions for a set time. This is called investigative liberation."
    ),
    N_("We are still investigating. Ask us if you want to know what this means for you."),
    general_words.SAFETY,
)

# Whoever sends the shared kinds says no more than them: bail is the court's there, or an undertaking.
RELEASED: dict[str, tellings.Telling] = {
    "bail": tellings.Telling(
        N_("Someone has been released with conditions"),
        N_("The person can leave, but must follow conditions until the next step in the case."),
        N_("Ask us if you want to know what this means for you."),
        general_words.SAFETY,
    ),
    "under_investigation": tellings.Telling(
        N_("Someone has been released while we investigate"),
        N_(
            "The person has not been charged, and can leave. We are still investigating. "
            "They may have to follow conditions for a set time."
        ),
        N_("Ask us if you want to know what this means for you."),
        general_words.SAFETY,
    ),
    "no_further_action": replace(
        general_words.RELEASED["no_further_action"], rights=rights.REVIEW_LATER),
    "undertaking": UNDERTAKING,
    "investigative_liberation": INVESTIGATIVE_LIBERATION,
}

PROGRESS: dict[str, tellings.Telling] = {
    "received": replace(general_words.STAGES["received"], rights=rights.SUPPORT_AND_HELP),
    "recorded": ENTRIES["recorded"],
    "assessing": general_words.STAGES["assessing"],
    "not_investigating": replace(
        general_words.STAGES["not_investigating"],
        rights=rights.EXPLAIN_OR_COMPLAIN, unexplained=rights.TOLD_WHY),
    "allocated": ENTRIES["allocated"],
    "investigating": replace(general_words.STAGES["investigating"], rights=rights.KEPT_INFORMED),
    "suspect_action": general_words.STAGES["suspect_action"],
    "decision": tellings.Telling(
        N_("A decision is being made"),
        N_(
            "We have gathered evidence. Now we decide, or the procurator fiscal does. "
            "The procurator fiscal is the public prosecutor, who decides which cases go to court."
        ),
        N_("We will tell you what we know of the decision."),
        rights.ADVICE,
    ),
    "charged": CHARGED,
    # "gets help" is for those of whom it must not be told apart that they are children
    "out_of_court": replace(
        general_words.STAGES["out_of_court"],
        meaning=N_(
            "The person must do something, has had a formal warning, or gets help, "
            "instead of going to court."
        ),
        rights=rights.EXPLAIN_OR_COMPLAIN, unexplained=rights.TOLD_WHY),
    "no_further_action": replace(
        general_words.STAGES["no_further_action"],
        rights=rights.REVIEW_IF_BY_FISCAL, unexplained=rights.TOLD_WHY),
    "court": tellings.Telling(
        N_("The case is at court"),
        N_(
            "It may be a justice of the peace court, a sheriff court or, for the most serious crimes, "
            "the High Court. There may be more than one hearing."
        ),
        N_("The procurator fiscal's office can tell you what is happening, and what you may need to do."),
        rights.VICTIM_STATEMENT,
    ),
    "result": replace(general_words.STAGES["result"], rights=rights.COURT_QUESTIONS),
    "closed": replace(
        general_words.STAGES["closed"], rights=rights.EXPLAIN_OR_COMPLAIN, unexplained=rights.TOLD_WHY),
    "reopened": ENTRIES["reopened"],
}

NOW: dict[str, tuple[LazyString, LazyString]] = {
    **general_words.NOW,
    "decision": (
        N_("Waiting for a decision"),
        N_("We, or the procurator fiscal, are deciding what should happen next."),
    ),
    "charged": (
        N_("Someone has been charged"),
        N_("The procurator fiscal, the public prosecutor, decides what happens next."),
    ),
    "court": (
        N_("The case is in court"),
        N_("The procurator fiscal's office can tell you what is happening with the case."),
    ),
    "result": (
        N_("The case has been to court"),
        N_("The news below says what we know. The procurator fiscal's office can tell you more."),
    ),
}
