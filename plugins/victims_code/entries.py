"""Words of England and Wales for what happened to a case, other than its stages and outcomes."""

from __future__ import annotations

from dataclasses import replace

from flask_babel import lazy_gettext as N_

from core.cases import general_news, general_words, tellings
from plugins.victims_code import rights

CHARGED = tellings.Telling(
    N_("Someone has been charged"),
    N_(
        "This is a formal accusation, and a court will deal with it. "
        "It does not mean the person has been found guilty."
    ),
    N_(
        "The case goes to court. "
        "The Witness Care Unit keeps you informed from now on and tells you about hearings."
    ),
    rights.STATEMENT,
)

ENTRIES: dict[str, tellings.Telling] = {
    **general_words.ENTRIES,
    "recorded": replace(general_words.ENTRIES["recorded"], rights=rights.SUPPORT_AND_HELP),
    "allocated": replace(
        general_words.ENTRIES["allocated"],
        next_step=N_("They will agree with you how often to be in touch, and how."),
        rights=rights.CONTACT_AND_STATEMENT),
    "interviewed": replace(
        general_words.ENTRIES["interviewed"],
        meaning=N_(
            "We questioned someone under caution. "
            "That means that they were told their rights first. "
            "It does not mean that they did it, or that they will be charged."
        )),
    "bail_changed": tellings.Telling(
        N_("Bail has changed"),
        N_(
            "Someone is on bail: released, with a date to come back to us. "
            "The conditions they must follow have been changed or ended."
        ),
        N_("Ask us if you want to know what this means for you."),
        general_words.SAFETY,
    ),
    "charged": CHARGED,
    "reopened": replace(general_words.ENTRIES["reopened"], rights=rights.CONTACT_AND_STATEMENT),
    "hearing": replace(
        general_news.HEARING,
        next_step=N_(
            "The Witness Care Unit tells you about hearings. "
            "They can also tell you about help with giving evidence, if you need to."
        ),
        rights=rights.STATEMENT),
    "court_result": replace(
        general_news.COURT_RESULT,
        next_step=N_("The Witness Care Unit tells you what the court decided, and what it means."),
        rights=rights.COURT_QUESTIONS),
}

COURT_RESULTS: dict[str, tellings.Telling] = {
    result: replace(
        telling,
        next_step=N_("The Witness Care Unit can tell you more. You can still get support."),
        rights=rights.COURT_QUESTIONS)
    for result, telling in general_news.COURT_RESULTS.items()
}

RELEASED: dict[str, tellings.Telling] = {
    "bail": tellings.Telling(
        N_("Someone has been released on bail"),
        N_(
            "The person can leave, but has a date to come back to us. "
            "They may have to follow conditions until then. We are still investigating."
        ),
        N_("We will tell you if the conditions change or end, and what we decide."),
        general_words.SAFETY,
    ),
    "under_investigation": replace(
        general_words.RELEASED["under_investigation"],
        next_step=N_("We will tell you what we decide, or if the person is charged.")),
    "no_further_action": replace(
        general_words.RELEASED["no_further_action"], rights=rights.REVIEW_LATER),
}

RELEASED_SOMEHOW = replace(
    general_words.RELEASED_SOMEHOW, next_step=N_("We will tell you what we decide."))
