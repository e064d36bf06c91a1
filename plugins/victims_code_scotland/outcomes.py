"""What people read of each way in which a case goes on or ends in Scotland.

What is left out is on purpose: age, health and who anybody is. So what only a child can be given is told
in the words of its neighbours. Where each fact was read stands beside its code in ``disposals.py``.
"""

from __future__ import annotations

from dataclasses import replace

from flask_babel import LazyString
from flask_babel import lazy_gettext as N_

from core.cases import general_words, tellings
from plugins.victims_code_scotland import rights
from plugins.victims_code_scotland.stages import PROGRESS

OUT_OF_COURT = PROGRESS["out_of_court"]

RECORDED_WARNING = tellings.Telling(
    N_("A recorded police warning was given"),
    N_(
        "This is a formal warning from the police, which is kept on record. "
        "It was given instead of a report to the procurator fiscal, the public prosecutor."
    ),
    general_words.SUPPORT_NOW,
    rights.EXPLAIN_OR_COMPLAIN,
)

PENALTY = replace(general_words.PENALTY, rights=rights.EXPLAIN_OR_COMPLAIN)

ANOTHER_ORGANISATION = replace(general_words.ANOTHER_ORGANISATION, rights=rights.EXPLAIN_OR_COMPLAIN)

REPORTED = tellings.Telling(
    N_("We have reported the case to the procurator fiscal"),
    N_(
        "The procurator fiscal is the public prosecutor. "
        "They look at the evidence and decide: a court case, another measure, or no action. "
        "It does not mean that anyone has been found guilty."
    ),
    N_("We will tell you what we know of the decision."),
    rights.ADVICE,
)

PROSECUTED = tellings.Telling(
    N_("The case is going to court"),
    N_(
        "The procurator fiscal, the public prosecutor, decided to take someone to court. "
        "It does not mean the person has been found guilty."
    ),
    N_("The procurator fiscal's office can tell you what is happening, and what you may need to do."),
    rights.VICTIM_STATEMENT,
)

FISCAL_WARNING = tellings.Telling(
    N_("The procurator fiscal gave a warning"),
    N_(
        "The procurator fiscal is the public prosecutor. "
        "They gave the person a formal warning, instead of taking the case to court."
    ),
    general_words.SUPPORT_NOW,
    rights.EXPLAIN_BY_FISCAL,
)

FISCAL_FINE = tellings.Telling(
    N_("The procurator fiscal offered a fine"),
    N_(
        "The procurator fiscal is the public prosecutor. "
        "The person is to pay the fine, instead of going to court. "
        "If they say no, the case can still go to court."
    ),
    general_words.SUPPORT_NOW,
    rights.EXPLAIN_BY_FISCAL,
)

FISCAL_COMPENSATION = tellings.Telling(
    N_("The procurator fiscal offered compensation"),
    N_(
        "The procurator fiscal is the public prosecutor. "
        "The person is to pay money for the harm or loss, instead of going to court. "
        "If they say no, the case can still go to court."
    ),
    N_("The procurator fiscal's office can tell you what this means for you. You can still get support."),
    rights.EXPLAIN_BY_FISCAL,
)

FISCAL_FINE_AND_COMPENSATION = replace(
    FISCAL_COMPENSATION,
    title=N_("The procurator fiscal offered a fine and compensation"),
    meaning=N_(
        "The procurator fiscal is the public prosecutor. "
        "The person is to pay a fine, and money for the harm or loss, instead of going to court. "
        "If they say no, the case can still go to court."
    ),
)

FISCAL_WORK = tellings.Telling(
    N_("The procurator fiscal offered unpaid work"),
    N_(
        "The procurator fiscal is the public prosecutor. "
        "The person is to do unpaid work, instead of going to court."
    ),
    general_words.SUPPORT_NOW,
    rights.EXPLAIN_BY_FISCAL,
)

DIVERSION = tellings.Telling(
    N_("The person is taking part in a programme"),
    N_(
        "The procurator fiscal, the public prosecutor, decided this instead of a court case. "
        "The programme is meant to stop this from happening again. "
        "If the person does not take part, the case can still go to court."
    ),
    general_words.ASK_US,
    rights.EXPLAIN_BY_FISCAL,
)

NO_ACTION = tellings.Telling(
    N_("The procurator fiscal decided not to take this to court"),
    N_(
        "The procurator fiscal is the public prosecutor. "
        "They looked at the report and decided to take no action. "
        "We know that this is hard to hear; it is not a judgement about you."
    ),
    general_words.SUPPORT_STAYS,
    rights.REVIEW,
    rights.TOLD_WHY_BY_FISCAL,
)

DISCONTINUED = tellings.Telling(
    N_("The court case has been stopped"),
    N_(
        "The procurator fiscal, the public prosecutor, decided not to go on with it. "
        "We know that this is hard to hear; it is not a judgement about you."
    ),
    general_words.SUPPORT_STAYS,
    rights.REVIEW,
    rights.TOLD_WHY_BY_FISCAL,
)

NO_SUSPECT = replace(general_words.NO_SUSPECT, rights=rights.EXPLAIN_OR_COMPLAIN)

NOT_ENOUGH_EVIDENCE = tellings.Telling(
    N_("There is not enough evidence to report someone"),
    N_(
        "We are sorry: the evidence is not enough for a report to the procurator fiscal, "
        "the public prosecutor. That does not mean that we do not believe you."
    ),
    general_words.LOOK_AGAIN,
    rights.EXPLAIN_OR_COMPLAIN,
    rights.TOLD_WHY,
)


def _sentence(title: LazyString, meaning: LazyString) -> tellings.Telling:
    return tellings.Telling(title, meaning, general_words.ASK_US, rights.COURT_QUESTIONS)


STOPPED_AS_YOU_WISH = general_words.STOPPED_AS_YOU_WISH

GUILTY = replace(general_words.GUILTY, rights=rights.COURT_QUESTIONS)
NOT_GUILTY = replace(general_words.NOT_GUILTY, rights=rights.COURT_QUESTIONS)

NOT_PROVEN = _sentence(
    N_("The court's decision was not proven"),
    N_(
        "A court must be sure before it finds someone guilty. Here it was not. "
        "Not proven has the same effect as not guilty; it does not mean that you were not believed."
    ),
)

PRISON = _sentence(
    N_("The court sent someone to prison"),
    N_("The person was found guilty or admitted the crime. The sentence is time in prison."),
)

PAYBACK = _sentence(
    N_("The court made a community payback order"),
    N_(
        "The person does not go to prison. "
        "They must do what the court ordered, such as unpaid work or a programme."
    ),
)

FINE = _sentence(
    N_("The court gave a fine"),
    N_("The person was found guilty or admitted the crime. They must pay money to the court."),
)

COMPENSATION = _sentence(
    N_("The court ordered compensation"),
    N_(
        "The person was found guilty or admitted the crime. "
        "They must pay money for the harm or loss that was caused."
    ),
)

ADMONITION = _sentence(
    N_("The court gave an admonition"),
    N_(
        "The person was found guilty or admitted the crime. "
        "An admonition is a warning from the court, which goes on their record. "
        "There is no fine and no prison."
    ),
)

ABSOLUTE_DISCHARGE = _sentence(
    N_("The court gave an absolute discharge"),
    N_(
        "The person was found guilty or admitted the crime. "
        "The court decided not to give a punishment."
    ),
)
