"""What a person in Scotland may ask for, and of whom.

Sources, by their names in ``sources.py``: what may be asked of the police and of the procurator fiscal's
office (INFORMATION, RIGHT_TO_INFORMATION, EASY_READ), the Code and its copy (CODE, COPY_OF_THE_CODE), how
one is kept informed (STANDARDS), complaints (COMPLAINTS), support (SUPPORT, CODE), reviews (REVIEW),
who is contacted by Victim Information and Advice (VIA), who may make a statement (VICTIM_STATEMENT).
A decision of the police has no review that was read of: only a complaint is named there.
"""

from __future__ import annotations

from flask_babel import lazy_gettext as N_

SUPPORT_AND_HELP = N_(
    "The Victims' Code for Scotland sets out your rights; you can ask us for a copy. "
    "You can ask for support at any time. "
    "Tell us if you need help to understand us or to be understood, such as an interpreter."
)

KEPT_INFORMED = N_(
    "The Victims' Code for Scotland says that you can ask what is happening with your case. "
    "Ask us how you will be kept informed, and tell us if that does not suit you."
)

TOLD_WHY = N_(
    "The Victims' Code for Scotland says that you can ask for the reasons. "
    "If nobody has told you yet, we are sorry: please ask us."
)

TOLD_WHY_BY_FISCAL = N_(
    "The Victims' Code for Scotland says that you can ask the procurator fiscal's office for the reasons. "
    "We are sorry if nobody has told you yet. We can tell you how to reach them."
)

EXPLAIN_OR_COMPLAIN = N_(
    "You can ask us to explain this decision. "
    "If you feel your rights under the Victims' Code for Scotland were not met, you can complain to us."
)

EXPLAIN_BY_FISCAL = N_(
    "You can ask the procurator fiscal's office to explain this decision. "
    "We can tell you how to reach them. "
    "If you feel your rights under the Victims' Code for Scotland were not met, you can complain."
)

REVIEW = N_(
    "You may be able to ask the Crown Office and Procurator Fiscal Service for a review of this decision. "
    "Ask soon; we can tell you how to reach them. "
    "If you feel your rights under the Victims' Code for Scotland were not met, you can complain."
)

REVIEW_IF_BY_FISCAL = N_(
    "If the procurator fiscal decided this, you may be able to ask for a review. "
    "Ask soon; we can tell you how to reach them. "
    "If you feel your rights under the Victims' Code for Scotland were not met, you can complain."
)

REVIEW_LATER = N_(
    "If the procurator fiscal decides against a court case, you may be able to ask for a review. "
    "You can ask us about it now."
)

ADVICE = N_(
    "In some cases the Victim Information and Advice service, VIA, will contact you. "
    "It is part of the procurator fiscal's service. "
    "You can ask the procurator fiscal's office what is happening with the case."
)

VICTIM_STATEMENT = N_(
    "In some cases you can make a victim statement. "
    "That is your own account, for the court, of how the crime affected you. "
    "The procurator fiscal's office tells you if you can."
)

COURT_QUESTIONS = N_(
    "You can ask the Scottish Courts and Tribunals Service what the court decided. "
    "The procurator fiscal's office can tell you what is happening with the case."
)
