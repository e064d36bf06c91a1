"""Words for the stages of a case: the news that one began, and where things stand now."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as N_

from core.hookspecs import Telling
from core.victims_code import rights
from core.victims_code.entries import CHARGED, ENTRIES

PROGRESS: dict[str, Telling] = {
    "received": Telling(
        N_("We received your report"),
        N_(
            "Thank you for telling us. You may have an incident number or a receipt for now. "
            "If we record a crime, you will also get a crime reference."
        ),
        N_("We will read your report and tell you what comes next."),
        rights.SUPPORT_AND_HELP,
    ),
    "recorded": ENTRIES["recorded"],
    "assessing": Telling(
        N_("We are deciding if we can investigate"),
        N_(
            "We look at the harm done, the evidence there may be, and what you need. "
            "Every report helps us, whatever we decide."
        ),
        N_("We will tell you what we decide, and why."),
        rights.NEEDS,
    ),
    "not_investigating": Telling(
        N_("We decided not to investigate"),
        N_(
            "We looked at what you told us and will not investigate it for now. "
            "We know that this is hard to hear. Your report still counts."
        ),
        N_("You can still get support. If you have new evidence, tell us and we will look again."),
        rights.EXPLAIN_OR_COMPLAIN,
        rights.TOLD_WHY,
    ),
    "allocated": ENTRIES["allocated"],
    "investigating": Telling(
        N_("We are investigating"),
        N_("We are making enquiries. That means looking for evidence and for who did this."),
        N_("We will tell you when something important happens. There may be quiet times between."),
        rights.CONTACT_AND_STATEMENT,
    ),
    "suspect_action": Telling(
        N_("There is news about a suspect"),
        N_(
            "A suspect is someone the police think may have broken the law. "
            "It does not mean that they did it. This page never says who it is."
        ),
        N_("We will tell you about each important step, such as a release or a charge."),
        rights.SAFETY,
    ),
    "decision": Telling(
        N_("A decision is being made"),
        N_(
            "We have gathered evidence. "
            "Now a senior officer or a prosecutor decides what should happen. "
            "Prosecutors are lawyers from the Crown Prosecution Service."
        ),
        N_("We will tell you what was decided, and why."),
        rights.COME_BACK,
    ),
    "charged": CHARGED,
    "out_of_court": Telling(
        N_("This was dealt with without going to court"),
        N_("The person must do something, or has had a formal warning, instead of going to court."),
        rights.SUPPORT_NOW,
        rights.EXPLAIN_OR_COMPLAIN,
        rights.TOLD_WHY,
    ),
    "no_further_action": Telling(
        N_("Our investigation has ended"),
        N_(
            "Nobody will be taken to court as things stand. "
            "We know that this may not be the answer you hoped for."
        ),
        N_("You can still get support. If there is new information, we can look again."),
        rights.REVIEW,
        rights.TOLD_WHY,
    ),
    "court": Telling(
        N_("The case is at court"),
        N_("A court is dealing with the case. There may be more than one hearing."),
        N_(
            "The Witness Care Unit tells you about hearings. "
            "They can also tell you about help with giving evidence, if you need to."
        ),
        rights.STATEMENT,
    ),
    "result": Telling(
        N_("There is a result from court"),
        N_("The court has made a decision in this case."),
        N_("The Witness Care Unit tells you what the court decided, and what it means."),
        rights.COURT_QUESTIONS,
    ),
    "closed": Telling(
        N_("We have closed your case"),
        N_(
            "Our work on it has ended for now. We keep your report. "
            "If there is new information, we can open the case again."
        ),
        N_("You can still get support. If we have something of yours, ask us how to get it back."),
        rights.EXPLAIN_OR_COMPLAIN,
        rights.TOLD_WHY,
    ),
    "reopened": ENTRIES["reopened"],
}

NOW: dict[str, tuple[LazyString, LazyString]] = {
    "received": (
        N_("We have your report"),
        N_("We are reading it. If we record a crime, you will get a crime reference."),
    ),
    "recorded": (
        N_("The crime is recorded"),
        N_("You have a crime reference. We are looking at what can be done."),
    ),
    "assessing": (
        N_("We are looking at your report"),
        N_("We are deciding if we can investigate. We will tell you what we decide, and why."),
    ),
    "not_investigating": (
        N_("We are not investigating for now"),
        N_(
            "That does not mean that we do not believe you. "
            "You can come back to us at any time."
        ),
    ),
    "allocated": (
        N_("An officer has your case"),
        N_("An officer or team leads the work on your case and will be in touch with you."),
    ),
    "investigating": (
        N_("Your case is being investigated"),
        N_("We are looking for evidence and for who did this. It can take some time."),
    ),
    "suspect_action": (
        N_("We are still investigating"),
        N_("There has been news about a suspect. We will tell you about the next important step."),
    ),
    "decision": (
        N_("Waiting for a decision"),
        N_("A senior officer or a prosecutor is deciding what should happen next."),
    ),
    "charged": (
        N_("The case is going to court"),
        N_("Someone has been charged. The Witness Care Unit will tell you about hearings."),
    ),
    "out_of_court": (
        N_("Dealt with without court"),
        N_("A decision has been made that does not need a court. You can ask us what it means."),
    ),
    "no_further_action": (
        N_("We have finished our work for now"),
        N_(
            "The news below says what was decided, and what you can ask for. "
            "We can look again at new information."
        ),
    ),
    "court": (
        N_("The case is in court"),
        N_("A court is dealing with it. The Witness Care Unit will tell you about hearings."),
    ),
    "result": (
        N_("The case has been to court"),
        N_("The news below says what we know. The Witness Care Unit can tell you more."),
    ),
    "closed": (
        N_("Your case is closed"),
        N_("Our work on it has ended for now. You can come back to us at any time."),
    ),
    "reopened": (
        N_("Your case is open again"),
        N_("We are looking at it again. We will tell you what we decide."),
    ),
}

NOW_SOMEWHERE = (
    N_("Your case is with us"),
    N_("The news below shows what has happened so far. Ask us if anything is not clear."),
)
