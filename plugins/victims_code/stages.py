"""Words of England and Wales for the stages of a case: the news that one began, and where things stand."""

from __future__ import annotations

from dataclasses import replace

from flask_babel import LazyString
from flask_babel import lazy_gettext as N_

from core.cases import general_words, tellings
from plugins.victims_code import rights
from plugins.victims_code.entries import CHARGED, ENTRIES

PROGRESS: dict[str, tellings.Telling] = {
    **general_words.STAGES,
    "received": replace(general_words.STAGES["received"], rights=rights.SUPPORT_AND_HELP),
    "recorded": ENTRIES["recorded"],
    "not_investigating": replace(
        general_words.STAGES["not_investigating"],
        rights=rights.EXPLAIN_OR_COMPLAIN, unexplained=rights.TOLD_WHY),
    "allocated": ENTRIES["allocated"],
    "investigating": replace(general_words.STAGES["investigating"], rights=rights.CONTACT_AND_STATEMENT),
    "decision": replace(
        general_words.STAGES["decision"],
        meaning=N_(
            "We have gathered evidence. "
            "Now a senior officer or a prosecutor decides what should happen. "
            "Prosecutors are lawyers from the Crown Prosecution Service."
        ),
        next_step=N_("We will tell you what was decided, and why.")),
    "charged": CHARGED,
    "out_of_court": replace(
        general_words.STAGES["out_of_court"],
        rights=rights.EXPLAIN_OR_COMPLAIN, unexplained=rights.TOLD_WHY),
    "no_further_action": replace(
        general_words.STAGES["no_further_action"], rights=rights.REVIEW, unexplained=rights.TOLD_WHY),
    "court": replace(
        general_words.STAGES["court"],
        next_step=N_(
            "The Witness Care Unit tells you about hearings. "
            "They can also tell you about help with giving evidence, if you need to."
        ),
        rights=rights.STATEMENT),
    "result": replace(
        general_words.STAGES["result"],
        next_step=N_("The Witness Care Unit tells you what the court decided, and what it means."),
        rights=rights.COURT_QUESTIONS),
    "closed": replace(
        general_words.STAGES["closed"], rights=rights.EXPLAIN_OR_COMPLAIN, unexplained=rights.TOLD_WHY),
    "reopened": ENTRIES["reopened"],
}

NOW: dict[str, tuple[LazyString, LazyString]] = {
    **general_words.NOW,
    "decision": (
        N_("Waiting for a decision"),
        N_("A senior officer or a prosecutor is deciding what should happen next."),
    ),
    "charged": (
        N_("The case is going to court"),
        N_("Someone has been charged. The Witness Care Unit will tell you about hearings."),
    ),
    "court": (
        N_("The case is in court"),
        N_("A court is dealing with it. The Witness Care Unit will tell you about hearings."),
    ),
    "result": (
        N_("The case has been to court"),
        N_("The news below says what we know. The Witness Care Unit can tell you more."),
    ),
}
