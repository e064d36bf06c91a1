"""Nothing new, and why: an update in two presses, made of sentences that somebody read before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as N_
from flask_babel.speaklater import LazyString

from core import commitments
from core.base import clock, force_locale
from core.force import Force, working_days
from core.intake import updates
from core.plugin_host import plugin_settings
from plugins.officer_desk.forms import CaseForm, problem_of

WITHIN = timedelta(days=28)  # Victims' Code, right 6: how often people hear where nothing else is agreed
REASONS: Mapping[str, LazyString] = {
    "forensics": N_("There is nothing new yet, because we are waiting for forensic results."),
    "cctv": N_("There is nothing new yet, because we are waiting for camera footage (CCTV)."),
    "witness": N_("There is nothing new yet, because we are waiting to speak with a witness."),
    "another_force": N_("There is nothing new yet, because we are waiting for another police force."),
    "prosecutor": N_("There is nothing new yet, because we are waiting for the prosecutor's advice."),
    "leave": N_("There is nothing new yet, because your officer was on leave. We are sorry for the wait."),
}


def reasons(language: str) -> dict[str, str]:
    """Every reason that this force gives, by its id, in *language*; the force's own last."""
    with force_locale(language):
        usual = {name: str(text) for name, text in REASONS.items()}
    own = plugin_settings("officer_desk").reasons
    return usual | {name: words.in_language(language)[0] for name, words in own.items()}


def day_to_propose(force: Force, case_id: UUID) -> date:
    """By when people hear again, if the officer names no other day: as often as was agreed with them, the
    soonest of several; where nobody follows the case, 28 days on, or the last working day before."""
    return (commitments.next_contact_day(case_id)
            or working_days.working_day_until(force, clock.today() + WITHIN))


def read(form: CaseForm, language: str) -> updates.Update | None:
    """What stands in the boxes, for people who read *language*; None, with what to put right said at each."""
    reason = reasons(language).get(form.nothing_reason.data)
    if reason is None:
        form.refuse("nothing_reason", _("Choose why there is nothing new"))
    form.nothing_by.errors = []
    if form.nothing_by.slip:
        form.refuse("nothing_by", form.nothing_by.explain(form.nothing_by))
    if form.nothing_reason.errors or form.nothing_by.errors:
        return None
    text = "\n\n".join(filter(None, (reason, form.nothing_more.data.strip())))
    return updates.Update(text=text, next_update_by=form.nothing_by.data, explains=True)


BOXES = {"text": "nothing_more", "next_update_by": "nothing_by"}  # by the fields of an update


def explain(form: CaseForm, problem: updates.UpdateProblem) -> None:
    """Say at the boxes of this form what is wrong with the update."""
    for field, why in problem.problems.items():
        form.refuse(BOXES[field], problem_of(field, why))
