"""Words for what happened to a case, other than its stages and outcomes."""

from __future__ import annotations

from flask_babel import lazy_gettext as N_

from core.hookspecs import Telling
from core.victims_code import rights

CHARGED = Telling(
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

GENERAL = Telling(
    N_("There is an update on your case"),
    N_("Our record of your case has changed. If it is not clear what this means, ask us."),
    None,
    rights.COME_BACK,
)

NEWS = Telling(
    N_("News from your officer"),
    N_("Your officer wrote this for you. If it is not clear, write back or call us."),
    None,
    rights.COME_BACK,
)

ENTRIES: dict[str, Telling] = {
    "recorded": Telling(
        N_("We recorded the crime you reported"),
        N_(
            "We are sorry about what happened. "
            "Your report is now a recorded crime and has a crime reference. "
            "Give this reference when you contact us; your insurer may ask for it too."
        ),
        N_("We will look at what can be investigated, and tell you what we decide."),
        rights.SUPPORT_AND_HELP,
    ),
    "allocated": Telling(
        N_("An officer now has your case"),
        N_("This officer or team leads the work on your case. You can ask them for news."),
        N_("They will agree with you how often to be in touch, and how."),
        rights.CONTACT_AND_STATEMENT,
    ),
    "arrested": Telling(
        N_("Someone has been arrested"),
        N_(
            "An arrest lets us ask questions and look for evidence. "
            "It does not mean that the person did it, or that they will be charged. "
            "This page never says who it is."
        ),
        N_("We will tell you if the person is interviewed, released or charged."),
        rights.SAFETY,
    ),
    "interviewed": Telling(
        N_("Someone has been interviewed"),
        N_(
            "We questioned someone under caution. "
            "That means that they were told their rights first. "
            "It does not mean that they did it, or that they will be charged."
        ),
        N_("We will look at what was said, together with the other evidence."),
        rights.COME_BACK,
    ),
    "bail_changed": Telling(
        N_("Bail has changed"),
        N_(
            "Someone is on bail: released, with a date to come back to us. "
            "The conditions they must follow have been changed or ended."
        ),
        N_("Ask us if you want to know what this means for you."),
        rights.SAFETY,
    ),
    "charged": CHARGED,
    "reopened": Telling(
        N_("We have reopened your case"),
        N_(
            "We are looking at your case again. "
            "This happens when there is new information, or after a review."
        ),
        N_("An officer will look at what can be done now, and we will tell you what we decide."),
        rights.CONTACT_AND_STATEMENT,
    ),
    "amended": Telling(
        N_("We changed the details of your case"),
        N_("Something in our record was corrected or added. This page shows the record as it is."),
        None,
        rights.CORRECT_US,
    ),
}

RELEASED: dict[str, Telling] = {
    "bail": Telling(
        N_("Someone has been released on bail"),
        N_(
            "The person can leave, but has a date to come back to us. "
            "They may have to follow conditions until then. We are still investigating."
        ),
        N_("We will tell you if the conditions change or end, and what we decide."),
        rights.SAFETY,
    ),
    "under_investigation": Telling(
        N_("Someone has been released while we investigate"),
        N_("The person can leave, and has no date to come back to us. We are still investigating."),
        N_("We will tell you what we decide, or if the person is charged."),
        rights.SAFETY,
    ),
    "no_further_action": Telling(
        N_("Someone has been released without charge"),
        N_(
            "The person can leave. "
            "It does not always mean that the case is closed: "
            "if there is new evidence, we can look again. "
            "We know that this may worry you: if it does, tell us."
        ),
        N_("We will tell you what happens to the case. You can still get support."),
        rights.REVIEW_LATER,
    ),
}

RELEASED_SOMEHOW = Telling(
    N_("Someone has been released"),
    N_("The person is no longer held by the police. Ask us if there are conditions to follow."),
    N_("We will tell you what we decide."),
    rights.SAFETY,
)
