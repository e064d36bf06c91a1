"""What a person may ask for in England and Wales, beside what holds everywhere (``general_words``).

Only what is confirmed for the 2021 Victims' Code or the review schemes; no number of days,
because several are not confirmed (``victims-code.md``). The Code is named to people where their
case begins and an officer has it (rights 4 and 6), where they were not told why (6), and where
they may complain (12).
"""

from __future__ import annotations

from flask_babel import lazy_gettext as N_

SUPPORT_AND_HELP = N_(
    "The Victims' Code says that you must be kept informed and told about support. "
    "You can ask for support at any time. "
    "Tell us if you need help to understand us or to be understood, such as an interpreter."
)

CONTACT_AND_STATEMENT = N_(
    "The Victims' Code says that you can tell us how often you want to hear from us, and how. "
    "You can change this at any time. "
    "You can also ask to make a Victim Personal Statement. "
    "That is your own account of how the crime affected you."
)

STATEMENT = N_(
    "You can ask to make a Victim Personal Statement, or to add to one. "
    "That is your own account of how the crime affected you."
)

TOLD_WHY = N_(
    "The Victims' Code says that you should be told why. "
    "If nobody has told you yet, we are sorry: please ask us."
)

EXPLAIN_OR_COMPLAIN = N_(
    "You can ask us to explain this decision. "
    "If you feel your rights under the Victims' Code were not met, you can complain to us."
)

REVIEW = N_(
    "You may be able to ask us for a review of this decision. "
    "This is called the Victims' Right to Review. "
    "It can apply if we interviewed someone under caution and decided not to charge them. "
    "Under caution means that they were told their rights first. "
    "There is a time limit, so ask us soon. "
    "If you feel your rights under the Victims' Code were not met, you can complain to us."
)

REVIEW_BY_PROSECUTORS = N_(
    "You may be able to ask for a review of this decision. "
    "The Crown Prosecution Service has its own scheme for this. "
    "Ask soon; we can tell you how to reach them. "
    "If you feel your rights under the Victims' Code were not met, you can complain."
)

REVIEW_BY_EITHER = N_(
    "You may be able to ask for a review of this decision. "
    "How to ask depends on who made it, so contact us first. "
    "There is a time limit, so ask soon. "
    "If you feel your rights under the Victims' Code were not met, you can complain."
)

REVIEW_LATER = N_(
    "If we close the case without charging anyone, you may be able to ask for a review. "
    "We will tell you if that happens, and you can ask us about it now."
)

COURT_QUESTIONS = N_(
    "You can ask the Witness Care Unit what this means for you. "
    "Questions they cannot answer go to the Crown Prosecution Service."
)
