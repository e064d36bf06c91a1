"""What a person in Northern Ireland may ask for, and of whom.

Sources, by their names in ``sources.py``: what the Charter says (CHARTER, CHARTER_IN_LAW, ENTITLEMENTS),
reviews (REVIEW), the statement (STATEMENT), who informs (CARE_UNIT, CARE_UNIT_IS_LED). Reasons for a
decision not to prosecute are in the law, but given in certain serious cases only (DECIDING): so people read
that they can ask for them.
A decision of the police has no review that was read of: only a complaint is named there.
"""

from __future__ import annotations

from flask_babel import lazy_gettext as N_

SUPPORT_AND_HELP = N_(
    "The Victim Charter sets out how you should be treated, and what you should be told. "
    "You can ask for support at any time. "
    "Tell us if you need help to understand us or to be understood, such as an interpreter."
)

KEPT_INFORMED = N_(
    "The Victim Charter says that you should be told about support, and of decisions in your case. "
    "When you meet us, you can bring someone to support you. "
    "Ask us how you will be kept informed."
)

TOLD_OF_IT = N_(
    "The Victim Charter says that you should be told of a decision like this. "
    "If nobody has talked with you about it yet, we are sorry: please ask us."
)

TOLD_WHY_BY_PROSECUTORS = N_(
    "The Victim Charter says that you should be told of a decision not to prosecute. "
    "If nobody has given you the reasons, we are sorry: "
    "you can ask the Public Prosecution Service for them."
)

EXPLAIN_OR_COMPLAIN = N_(
    "You can ask us to explain this decision. "
    "If you feel your rights under the Victim Charter were not met, you can complain to us."
)

EXPLAIN_BY_PROSECUTORS = N_(
    "You can ask the Public Prosecution Service to explain this decision. "
    "We can tell you how to reach them. "
    "If you feel your rights under the Victim Charter were not met, you can complain."
)

REVIEW = N_(
    "You may be able to ask the Public Prosecution Service for a review of this decision. "
    "Ask soon; we can tell you how to reach them. "
    "If you feel your rights under the Victim Charter were not met, you can complain."
)

REVIEW_IF_BY_PROSECUTORS = N_(
    "If the Public Prosecution Service decided this, you may be able to ask for a review. "
    "Ask soon; we can tell you how to reach them. "
    "If you feel your rights under the Victim Charter were not met, you can complain."
)

REVIEW_LATER = N_(
    "If the Public Prosecution Service decides against a court case, "
    "you may be able to ask for a review. "
    "You can ask us about it now."
)

CARE_UNIT = N_(
    "The Victim and Witness Care Unit tells you how the case goes on. "
    "You can ask them what is happening, and tell them how you want to be contacted."
)

STATEMENT = N_(
    "You can make a victim personal statement, which the court reads before it decides on a sentence. "
    "That is your own account of how the crime affected you. "
    "The Victim and Witness Care Unit tells you how to make one."
)

COURT_QUESTIONS = N_("You can ask the Victim and Witness Care Unit what this means for you.")
