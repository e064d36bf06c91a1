"""Where a case stands now, in words that are true in every nation, for the top of its page."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as N_

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
        N_("It is being decided what should happen next."),
    ),
    "charged": (
        N_("Someone has been charged"),
        N_("This is a formal accusation. It does not mean the person has been found guilty."),
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
        N_("A court is dealing with the case. There may be more than one hearing."),
    ),
    "result": (
        N_("The case has been to court"),
        N_("The news below says what we know. Ask us if anything is not clear."),
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
