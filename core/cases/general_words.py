"""Words for a case that are true in every nation: no law, no prosecutor, no court by its name.

Who has no words of a nation's law reads these. A plugin that has them builds on these, so that a
sentence that is true everywhere stands once: ``replace(general_words.STAGES["received"], rights=…)``.
"""

from __future__ import annotations

from flask_babel import lazy_gettext as N_

from core.cases.general_now import NOW as NOW
from core.cases.general_now import NOW_SOMEWHERE as NOW_SOMEWHERE
from core.hookspecs import Telling

COME_BACK = N_("You can contact us at any time if you have a question or remember something new.")

CORRECT_US = N_("If something looks wrong or is missing, tell us and we will look at it.")

NEEDS = N_("Tell us if you have needs we should know about. You can tell us again if they change.")

SAFETY = N_(
    "If you are worried about your safety, tell us straight away. In an emergency, call 999."
)

EXPLAIN = N_(
    "You can ask us to explain this decision. "
    "If you are not happy with how we dealt with this, you can complain to us."
)

CHANGE_YOUR_MIND = N_(
    "You can change your mind and come back to us. "
    "Tell us the safest way to reach you, and we will use it."
)

SUPPORT_STAYS = N_("You can still get support, although our work on the case has ended.")

SUPPORT_NOW = N_("You can still get support. It does not depend on what happens in the case.")

LOOK_AGAIN = N_("You can still get support. If there is new information, we can look again.")

ASK_US = N_("Ask us what this means for you. You can still get support.")

GENERAL = Telling(
    N_("There is an update on your case"),
    N_("Our record of your case has changed. If it is not clear what this means, ask us."),
    None,
    COME_BACK,
)

NEWS = Telling(
    N_("News from your officer"),
    N_("Your officer wrote this for you. If it is not clear, write back or call us."),
    None,
    COME_BACK,
)

DECISION_RECORDED = Telling(
    N_("A decision has been recorded"),
    N_(
        "There is a decision in your case, but we cannot explain it on this page yet. "
        "Please ask us what it means."
    ),
    SUPPORT_NOW,
    EXPLAIN,
)

RELEASED_SOMEHOW = Telling(
    N_("Someone has been released"),
    N_("The person is no longer held by the police. Ask us if there are conditions to follow."),
    N_("We will tell you about the next important step."),
    SAFETY,
)

RELEASED: dict[str, Telling] = {
    "under_investigation": Telling(
        N_("Someone has been released while we investigate"),
        N_("The person can leave, and has no date to come back to us. We are still investigating."),
        N_("We will tell you about the next important step."),
        SAFETY,
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
        SAFETY,
    ),
}

ENTRIES: dict[str, Telling] = {
    "recorded": Telling(
        N_("We recorded the crime you reported"),
        N_(
            "We are sorry about what happened. "
            "Your report is now a recorded crime and has a crime reference. "
            "Give this reference when you contact us; your insurer may ask for it too."
        ),
        N_("We will look at what can be investigated, and tell you what we decide."),
        COME_BACK,
    ),
    "allocated": Telling(
        N_("An officer now has your case"),
        N_("This officer or team leads the work on your case. You can ask them for news."),
        N_("They will talk with you about how you will be kept informed."),
        COME_BACK,
    ),
    "arrested": Telling(
        N_("Someone has been arrested"),
        N_(
            "An arrest lets us ask questions and look for evidence. "
            "It does not mean that the person did it, or that they will be charged. "
            "This page never says who it is."
        ),
        N_("We will tell you if the person is interviewed, released or charged."),
        SAFETY,
    ),
    "interviewed": Telling(
        N_("Someone has been interviewed"),
        N_(
            "We questioned someone about what happened. "
            "It does not mean that they did it, or that they will be charged."
        ),
        N_("We will look at what was said, together with the other evidence."),
        COME_BACK,
    ),
    "bail_changed": Telling(
        N_("Conditions have changed"),
        N_(
            "Someone was released, with conditions that they must follow. "
            "These conditions have been changed or ended."
        ),
        N_("Ask us if you want to know what this means for you."),
        SAFETY,
    ),
    "charged": Telling(
        N_("Someone has been charged"),
        N_("This is a formal accusation. It does not mean the person has been found guilty."),
        N_("We will tell you about the next important step."),
        COME_BACK,
    ),
    "reopened": Telling(
        N_("We have reopened your case"),
        N_(
            "We are looking at your case again. "
            "This happens when there is new information, or after a review."
        ),
        N_("An officer will look at what can be done now, and we will tell you what we decide."),
        COME_BACK,
    ),
    "amended": Telling(
        N_("We changed the details of your case"),
        N_("Something in our record was corrected or added. This page shows the record as it is."),
        None,
        CORRECT_US,
    ),
}

STAGES: dict[str, Telling] = {
    "received": Telling(
        N_("We received your report"),
        N_(
            "Thank you for telling us. You may have an incident number or a receipt for now. "
            "If we record a crime, you will also get a crime reference."
        ),
        N_("We will read your report and tell you what comes next."),
        COME_BACK,
    ),
    "recorded": ENTRIES["recorded"],
    "assessing": Telling(
        N_("We are deciding if we can investigate"),
        N_(
            "We look at the harm done, the evidence there may be, and what you need. "
            "Every report helps us, whatever we decide."
        ),
        N_("We will tell you what we decide, and why."),
        NEEDS,
    ),
    "not_investigating": Telling(
        N_("We decided not to investigate"),
        N_(
            "We looked at what you told us and will not investigate it for now. "
            "We know that this is hard to hear. Your report still counts."
        ),
        N_("You can still get support. If you have new evidence, tell us and we will look again."),
        EXPLAIN,
    ),
    "allocated": ENTRIES["allocated"],
    "investigating": Telling(
        N_("We are investigating"),
        N_("We are making enquiries. That means looking for evidence and for who did this."),
        N_("We will tell you when something important happens. There may be quiet times between."),
        COME_BACK,
    ),
    "suspect_action": Telling(
        N_("There is news about a suspect"),
        N_(
            "A suspect is someone the police think may have broken the law. "
            "It does not mean that they did it. This page never says who it is."
        ),
        N_("We will tell you about each important step, such as a release or a charge."),
        SAFETY,
    ),
    "decision": Telling(
        N_("A decision is being made"),
        N_("We have gathered evidence. Now it is being decided what should happen."),
        N_("We will tell you about the next important step."),
        COME_BACK,
    ),
    "charged": ENTRIES["charged"],
    "out_of_court": Telling(
        N_("This was dealt with without going to court"),
        N_("The person must do something, or has had a formal warning, instead of going to court."),
        SUPPORT_NOW,
        EXPLAIN,
    ),
    "no_further_action": Telling(
        N_("Our investigation has ended"),
        N_(
            "Nobody will be taken to court as things stand. "
            "We know that this may not be the answer you hoped for."
        ),
        LOOK_AGAIN,
        EXPLAIN,
    ),
    "court": Telling(
        N_("The case is at court"),
        N_("A court is dealing with the case. There may be more than one hearing."),
        N_("We will tell you about the next important step."),
        COME_BACK,
    ),
    "result": Telling(
        N_("There is a result from court"),
        N_("The court has made a decision in this case."),
        ASK_US,
        COME_BACK,
    ),
    "closed": Telling(
        N_("We have closed your case"),
        N_(
            "Our work on it has ended for now. We keep your report. "
            "If there is new information, we can open the case again."
        ),
        N_("You can still get support. If we have something of yours, ask us how to get it back."),
        EXPLAIN,
    ),
    "reopened": ENTRIES["reopened"],
}

NO_SUSPECT = Telling(
    N_("We have not found who did this"),
    N_(
        "We are sorry: we have finished the enquiries we could make, "
        "and they did not lead us to anyone. "
        "If anything new comes in, we will look again. Your report is still useful."
    ),
    N_("You can still get support. If you learn something new, tell us."),
    EXPLAIN,
)

STOPPED_AS_YOU_WISH = Telling(
    N_("We have stopped the case, as we understand you wish"),
    N_(
        "We understand that you do not want to continue, and we respect that. "
        "If that is not right, please tell us."
    ),
    N_("You can still get support, whatever you decide. You can come back to us."),
    CHANGE_YOUR_MIND,
)

ANOTHER_ORGANISATION = Telling(
    N_("Another organisation is now dealing with this"),
    N_(
        "We passed the case on because another organisation is responsible for what happens now. "
        "We should tell you who they are and how to reach them. "
        "If we have not, we are sorry: please ask us."
    ),
    N_("They decide what happens next. You can still get support."),
    EXPLAIN,
)

PENALTY = Telling(
    N_("A fixed penalty was given"),
    N_("The person was given a penalty to pay, instead of being taken to court."),
    SUPPORT_NOW,
    EXPLAIN,
)

GUILTY = Telling(
    N_("Someone has been found guilty"),
    N_(
        "The person was found guilty or admitted the crime. "
        "The court decides on the sentence, if it has not done so yet."
    ),
    ASK_US,
    COME_BACK,
)

NOT_GUILTY = Telling(
    N_("The court's decision was not guilty"),
    N_(
        "A court must be sure before it finds someone guilty. Here it was not. "
        "That does not mean that you were not believed."
    ),
    ASK_US,
    COME_BACK,
)
