"""Words for the Home Office outcome types.

What is left out is on purpose: age, health and who anybody is. Where naming the true reason
would tell one of these, the neighbouring types share their words.
"""

from __future__ import annotations

from dataclasses import replace

from flask_babel import lazy_gettext as N_

from core.cases import general_words, tellings
from plugins.victims_code import rights
from plugins.victims_code.entries import CHARGED

CHARGED_OTHERWISE = tellings.Telling(
    N_("Someone has been charged with a different offence"),
    N_(
        "The charge is not for the offence we first recorded, but it comes from your case. "
        "A court will deal with it. It does not mean the person has been found guilty."
    ),
    CHARGED.next_step,
    rights.STATEMENT,
)

CAUTIONED = tellings.Telling(
    N_("The person responsible has had a caution"),
    N_("A caution is a formal warning from the police. The case will not go to court."),
    general_words.SUPPORT_NOW,
    rights.EXPLAIN_OR_COMPLAIN,
)

CAUTIONED_OTHERWISE = tellings.Telling(
    N_("The person responsible has had a caution for a different offence"),
    N_(
        "A caution is a formal warning from the police. "
        "It is not for the offence we first recorded, but it comes from your case. "
        "The case will not go to court."
    ),
    general_words.SUPPORT_NOW,
    rights.EXPLAIN_OR_COMPLAIN,
)

PENALTY_NOTICE = replace(general_words.PENALTY, rights=rights.EXPLAIN_OR_COMPLAIN)

DRUGS_WARNING = tellings.Telling(
    N_("A warning about drugs was given"),
    N_("The person was given a warning, instead of being taken to court."),
    general_words.SUPPORT_NOW,
    rights.EXPLAIN_OR_COMPLAIN,
)

COMMUNITY_RESOLUTION = tellings.Telling(
    N_("This was settled without court"),
    N_("The person agreed to take steps to put things right. The case will not go to court."),
    N_("Ask us what was agreed. You can still get support."),
    rights.EXPLAIN_OR_COMPLAIN,
)

CANNOT_PROSECUTE = tellings.Telling(
    N_("We cannot prosecute the person involved"),
    N_(
        "To prosecute means to take someone to court for a crime. "
        "The rules do not let us do that here, and it is not because of anything you did. "
        "We may not be able to tell you all the reasons, because some are private to other people."
    ),
    general_words.SUPPORT_STAYS,
    rights.EXPLAIN_OR_COMPLAIN,
    N_("Ask us for the reasons we are able to give."),
)

NO_SUSPECT = replace(general_words.NO_SUSPECT, rights=rights.EXPLAIN_OR_COMPLAIN)

ANOTHER_ORGANISATION = replace(general_words.ANOTHER_ORGANISATION, rights=rights.EXPLAIN_OR_COMPLAIN)

NOT_INVESTIGATED_FURTHER = tellings.Telling(
    N_("We decided not to investigate further"),
    N_(
        "We weighed the case as a whole, and decided that going on is not in the public interest. "
        "It is not a judgement about you, and it does not mean that we do not believe you."
    ),
    general_words.LOOK_AGAIN,
    rights.EXPLAIN_OR_COMPLAIN,
    rights.TOLD_WHY,
)

NO_FORMAL_ACTION = tellings.Telling(
    N_("We decided not to take formal action"),
    N_(
        "We decided that formal action is not in the public interest. "
        "We weighed the case as a whole; it is not a judgement about you."
    ),
    general_words.SUPPORT_STAYS,
    rights.REVIEW,
    rights.TOLD_WHY,
)

PROSECUTORS_DECIDED = tellings.Telling(
    N_("Prosecutors decided not to take this to court"),
    N_(
        "Prosecutors are lawyers from the Crown Prosecution Service. "
        "They decided that going to court is not in the public interest. "
        "It is not a judgement about you."
    ),
    general_words.SUPPORT_STAYS,
    rights.REVIEW_BY_PROSECUTORS,
    rights.TOLD_WHY,
)

OUTCOMES: dict[str, tellings.Telling] = {
    "0": tellings.Telling(
        N_("We are still looking into this"),
        N_("Your case is open. Nothing has been decided yet about how it will end."),
        N_("We will tell you what we decide, and why."),
        general_words.COME_BACK,
    ),
    "1": CHARGED,
    "1A": CHARGED_OTHERWISE,
    "2": CAUTIONED,
    "2A": CAUTIONED_OTHERWISE,
    "3": CAUTIONED,
    "3A": CAUTIONED_OTHERWISE,
    "4": tellings.Telling(
        N_("This crime was dealt with in another case"),
        N_(
            "The person admitted this crime while being dealt with for something else. "
            "It was counted there, so there will be no separate trial for it."
        ),
        general_words.SUPPORT_STAYS,
        rights.EXPLAIN_OR_COMPLAIN,
    ),
    "5": tellings.Telling(
        N_("There can be no prosecution"),
        N_(
            "The person we believe did this has died. "
            "That means that they cannot be taken to court for it. "
            "We know that this may leave you with questions."
        ),
        N_("If you would like to talk about this, contact us. You can still get support."),
        general_words.COME_BACK,
    ),
    "6": PENALTY_NOTICE,
    "7": DRUGS_WARNING,
    "8": COMMUNITY_RESOLUTION,
    "9": PROSECUTORS_DECIDED,
    "10": NO_FORMAL_ACTION,
    "11": CANNOT_PROSECUTE,
    "12": CANNOT_PROSECUTE,
    "13": tellings.Telling(
        N_("We cannot take this to court"),
        N_(
            "We are sorry to have to tell you this. "
            "A court would need evidence from someone who is not able to give it. "
            "It does not mean that we doubt what happened."
        ),
        N_("You can still get support. If you would like to talk about this, contact us."),
        rights.EXPLAIN_OR_COMPLAIN,
    ),
    "14": tellings.Telling(
        N_("We have stopped, as we understand you wish"),
        N_(
            "We understand that you do not want us to go further, and we respect that. "
            "If that is not right, please tell us."
        ),
        N_("You can still get support, whatever you decide. We keep your report."),
        general_words.CHANGE_YOUR_MIND,
    ),
    "15": tellings.Telling(
        N_("There is not enough evidence for court"),
        N_(
            "We identified someone, but there is not enough evidence to take the case to court. "
            "That does not mean that we do not believe you."
        ),
        N_("You can still get support. If there is new evidence, we can look again."),
        rights.REVIEW,
        rights.TOLD_WHY,
    ),
    "16": general_words.STOPPED_AS_YOU_WISH,
    "17": tellings.Telling(
        N_("The time limit to prosecute has passed"),
        N_(
            "We are sorry: the time that the law allows for taking someone to court has passed. "
            "It does not mean that we do not believe you."
        ),
        general_words.SUPPORT_STAYS,
        rights.EXPLAIN_OR_COMPLAIN,
        rights.TOLD_WHY,
    ),
    "18": NO_SUSPECT,
    "19": tellings.Telling(
        N_("The national fraud team now has this"),
        N_(
            "They keep your report and compare it with others, "
            "which can help to find who did this. "
            "We are not investigating it ourselves at the moment."
        ),
        general_words.SUPPORT_NOW,
        rights.EXPLAIN_OR_COMPLAIN,
    ),
    "20": ANOTHER_ORGANISATION,
    "21": NOT_INVESTIGATED_FURTHER,
    "22": tellings.Telling(
        N_("The person is taking part in a programme"),
        N_(
            "The programme is meant to stop this from happening again. "
            "It takes the place of formal action, so the case will not go to court."
        ),
        general_words.ASK_US,
        rights.EXPLAIN_OR_COMPLAIN,
    ),
}

DECISION_RECORDED = replace(general_words.DECISION_RECORDED, rights=rights.EXPLAIN_OR_COMPLAIN)
