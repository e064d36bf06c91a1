"""What people read of each way in which a case goes on or ends in Northern Ireland.

What is left out is on purpose: age, health and who anybody is. So what only a young person can be given is
told in the words of its neighbours. Where each fact was read stands beside its code in ``outcome_codes.py``.
"""

from __future__ import annotations

from dataclasses import replace

from flask_babel import lazy_gettext as N_

from core.cases import general_words, tellings
from plugins.victim_charter_ni import rights

SENT = tellings.Telling(
    N_("We sent the case to the Public Prosecution Service"),
    N_(
        "Its lawyers look at the evidence. "
        "They decide if someone is taken to court, or if there is a better way to deal with this."
    ),
    N_("You are told of the decision in writing."),
    rights.CARE_UNIT,
)

PROSECUTED = tellings.Telling(
    N_("The case is going to court"),
    N_(
        "The Public Prosecution Service decided to take someone to court. "
        "It does not mean the person has been found guilty."
    ),
    N_("The Victim and Witness Care Unit tells you about hearings and what you may need to do."),
    rights.STATEMENT,
)

COMMUNITY_RESOLUTION = tellings.Telling(
    N_("This was settled without court"),
    N_(
        "The person agreed to take steps to put things right. "
        "This is called a community resolution notice. "
        "If they do not keep to it, we look for another way to deal with this."
    ),
    N_("Ask us what was agreed. You can still get support."),
    rights.EXPLAIN_OR_COMPLAIN,
)

PENALTY = replace(general_words.PENALTY, rights=rights.EXPLAIN_OR_COMPLAIN)

CAUTIONED = tellings.Telling(
    N_("The person responsible has had a caution"),
    N_("A caution is a formal warning from the police. The case will not go to court."),
    general_words.SUPPORT_NOW,
    rights.EXPLAIN_BY_PROSECUTORS,
)

INFORMED_WARNING = tellings.Telling(
    N_("The person responsible has had an informed warning"),
    N_(
        "An informed warning is a formal warning from the police, which is kept on record. "
        "It was given instead of a court case."
    ),
    general_words.SUPPORT_NOW,
    rights.EXPLAIN_BY_PROSECUTORS,
)

RESTORATIVE = tellings.Telling(
    N_("This is being put right without court"),
    N_(
        "The person is to look at the harm that was done, and to help to put it right. "
        "The Public Prosecution Service decided this instead of a court case."
    ),
    general_words.ASK_US,
    rights.EXPLAIN_BY_PROSECUTORS,
)

NOT_ENOUGH_FOR_PROSECUTORS = tellings.Telling(
    N_("There is not enough evidence for court"),
    N_(
        "Lawyers of the Public Prosecution Service looked at the evidence. "
        "They decided that it is not enough to take someone to court. "
        "That does not mean that we do not believe you."
    ),
    general_words.LOOK_AGAIN,
    rights.REVIEW,
    rights.TOLD_WHY_BY_PROSECUTORS,
)

PROSECUTORS_DECIDED = tellings.Telling(
    N_("Prosecutors decided not to take this to court"),
    N_(
        "Prosecutors are lawyers of the Public Prosecution Service. "
        "They decided that going to court is not in the public interest. "
        "It is not a judgement about you."
    ),
    general_words.SUPPORT_STAYS,
    rights.REVIEW,
    rights.TOLD_WHY_BY_PROSECUTORS,
)

NOT_ENOUGH_EVIDENCE = tellings.Telling(
    N_("We did not find enough evidence"),
    N_(
        "We are sorry: we have ended our investigation, because there is not enough evidence to go on. "
        "That does not mean that we do not believe you."
    ),
    general_words.LOOK_AGAIN,
    rights.EXPLAIN_OR_COMPLAIN,
    rights.TOLD_OF_IT,
)

OTHERWISE = replace(general_words.STAGES["out_of_court"], rights=rights.EXPLAIN_OR_COMPLAIN)
NO_SUSPECT = replace(general_words.NO_SUSPECT, rights=rights.EXPLAIN_OR_COMPLAIN)
STOPPED_AS_YOU_WISH = general_words.STOPPED_AS_YOU_WISH
ANOTHER_ORGANISATION = replace(general_words.ANOTHER_ORGANISATION, rights=rights.EXPLAIN_OR_COMPLAIN)
GUILTY = replace(general_words.GUILTY, rights=rights.COURT_QUESTIONS)
NOT_GUILTY = replace(general_words.NOT_GUILTY, rights=rights.COURT_QUESTIONS)
