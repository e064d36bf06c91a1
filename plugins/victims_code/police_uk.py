"""Words for the outcomes of data.police.uk, which say less than the Home Office types."""

from __future__ import annotations

from dataclasses import replace

from flask_babel import lazy_gettext as N_

from core.cases import general_words, tellings
from plugins.victims_code import outcomes, rights, stages
from plugins.victims_code.entries import CHARGED

WCU_EXPLAINS = N_("The Witness Care Unit can tell you more about what the court decided.")

POLICE_UK: dict[str, tellings.Telling] = {
    "status-update-unavailable": tellings.Telling(
        N_("There is no news here yet"),
        N_(
            "The record we have does not say where the case stands. "
            "It does not mean that nothing is happening, or that the case is closed."
        ),
        N_("Ask us if you want to know more."),
        general_words.COME_BACK,
    ),
    "under-investigation": stages.PROGRESS["investigating"],
    "no-further-action": outcomes.NO_SUSPECT,
    "unable-to-prosecute": tellings.Telling(
        N_("Nobody will be prosecuted as things stand"),
        N_(
            "To prosecute means to take someone to court for a crime. "
            "We are sorry that this will not happen as things stand. "
            "It does not mean that we do not believe you."
        ),
        general_words.LOOK_AGAIN,
        rights.REVIEW,
        N_(
            "There are several possible reasons, and the record does not say which one it is. "
            "Ask us, and we will tell you what we can."
        ),
    ),
    "local-resolution": outcomes.COMMUNITY_RESOLUTION,
    "cautioned": outcomes.CAUTIONED,
    "drugs-possession-warning": outcomes.DRUGS_WARNING,
    "penalty-notice-issued": outcomes.PENALTY_NOTICE,
    "charged": CHARGED,
    "sentenced-in-another-case": tellings.Telling(
        N_("This crime is part of another case"),
        N_(
            "Someone was charged in another case, and this crime was dealt with as part of it. "
            "So there may be no separate trial for it."
        ),
        N_("Ask us what this means for your case. You can still get support."),
        rights.EXPLAIN_OR_COMPLAIN,
    ),
    "awaiting-court-result": tellings.Telling(
        N_("Waiting for the court"),
        N_("The case is at court. We do not have the court's decision yet."),
        N_("The Witness Care Unit tells you about hearings and about the court's decision."),
        rights.STATEMENT,
    ),
    "court-result-unavailable": tellings.Telling(
        N_("The court's decision is not shown here"),
        N_(
            "The case went to court, but the record we have does not say what was decided. "
            "We are sorry that we cannot tell you here."
        ),
        WCU_EXPLAINS,
        rights.COURT_QUESTIONS,
    ),
    "unable-to-proceed": tellings.Telling(
        N_("The court case could not go on"),
        N_(
            "We are sorry to tell you that the case has stopped at court. "
            "It does not mean that you were not believed."
        ),
        N_("The Witness Care Unit can tell you why. You can still get support."),
        rights.COURT_QUESTIONS,
        N_("There are several possible reasons, and the record does not say which one it is."),
    ),
    "sent-to-crown-court": tellings.Telling(
        N_("The case has gone to the Crown Court"),
        N_("The Crown Court deals with more serious cases. Often a jury decides there."),
        N_("The Witness Care Unit tells you about hearings and what you may need to do."),
        rights.STATEMENT,
    ),
    "not-guilty": replace(
        general_words.NOT_GUILTY,
        next_step=N_("The Witness Care Unit can tell you more. You can still get support."),
        rights=rights.COURT_QUESTIONS),
    "imprisoned": tellings.Telling(
        N_("The court sent someone to prison"),
        N_("The person was found guilty or admitted the crime. The sentence is time in prison."),
        WCU_EXPLAINS,
        rights.COURT_QUESTIONS,
    ),
    "suspended-sentence": tellings.Telling(
        N_("The court gave a suspended prison sentence"),
        N_(
            "The person does not go to prison now. "
            "They can be sent there if they commit another crime or break the court's rules."
        ),
        WCU_EXPLAINS,
        rights.COURT_QUESTIONS,
    ),
    "community-penalty": tellings.Telling(
        N_("The court gave a community sentence"),
        N_(
            "The person does not go to prison. "
            "They must do what the court ordered, such as unpaid work or a programme."
        ),
        WCU_EXPLAINS,
        rights.COURT_QUESTIONS,
    ),
    "conditional-discharge": tellings.Telling(
        N_("The court gave a conditional discharge"),
        N_(
            "The person was found guilty or admitted the crime, but is not punished now. "
            "If they commit another crime within a set time, they can be sentenced for this too."
        ),
        WCU_EXPLAINS,
        rights.COURT_QUESTIONS,
    ),
    "absolute-discharge": tellings.Telling(
        N_("The court gave an absolute discharge"),
        N_(
            "The person was found guilty or admitted the crime. "
            "The court decided not to give a punishment."
        ),
        WCU_EXPLAINS,
        rights.COURT_QUESTIONS,
    ),
    "fined": tellings.Telling(
        N_("The court gave a fine"),
        N_("The person was found guilty or admitted the crime. They must pay money to the court."),
        WCU_EXPLAINS,
        rights.COURT_QUESTIONS,
    ),
    "compensation": tellings.Telling(
        N_("The court ordered compensation"),
        N_(
            "The person was found guilty or admitted the crime. "
            "They must pay money for the harm or loss that was caused."
        ),
        N_("Ask the Witness Care Unit who is paid, and how."),
        rights.COURT_QUESTIONS,
    ),
    "deprived-of-property": tellings.Telling(
        N_("The court ordered someone to give up property"),
        N_(
            "The person was found guilty or admitted the crime. "
            "They lose something that they owned or had with them."
        ),
        WCU_EXPLAINS,
        rights.COURT_QUESTIONS,
    ),
    "other-court-disposal": tellings.Telling(
        N_("The court has made its decision"),
        N_("The record we have does not say more about what was decided."),
        WCU_EXPLAINS,
        rights.COURT_QUESTIONS,
    ),
    "formal-action-not-in-public-interest": tellings.Telling(
        N_("There will be no formal action"),
        N_(
            "The police or prosecutors decided that it is not in the public interest. "
            "They weighed the case as a whole; it is not a judgement about you. "
            "Ask us who decided."
        ),
        general_words.SUPPORT_STAYS,
        rights.REVIEW_BY_EITHER,
        rights.TOLD_WHY,
    ),
    "further-investigation-not-in-public-interest": outcomes.NOT_INVESTIGATED_FURTHER,
    "further-action-not-in-public-interest": tellings.Telling(
        N_("There will be no further formal action"),
        N_(
            "It was decided that this is not in the public interest. "
            "The person may be taking part in a programme instead."
        ),
        general_words.SUPPORT_STAYS,
        rights.EXPLAIN_OR_COMPLAIN,
        rights.TOLD_WHY,
    ),
    "action-taken-by-another-organisation": outcomes.ANOTHER_ORGANISATION,
}
