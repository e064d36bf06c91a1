"""The reason for which somebody opens a case that is not theirs, and what a supervisor says of it."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as N_
from wtforms.validators import ValidationError

from core.plugin_host import the_force
from core.web import forms
from plugins.oversight import break_glass

TRIMMED = (str.strip, forms.at_most(2000))
REASONS = {
    "covering": N_("I am covering for the officer in the case"),
    "linked": N_("I work on a case that is linked to this one"),
    "asked_for": N_("The victim, or someone for them, asked me about it"),
    "danger": N_("Someone may be in danger"),
    "complaint": N_("I look into a complaint or a review"),
    "court": N_("It is needed for court, or to disclose papers"),
    "other": N_("Another reason of my work"),
}


class ReasonForm(forms.Form):
    """Which case, and why."""

    reference = forms.Line(N_("Crime reference"), filters=TRIMMED, autocomplete="off", spellcheck=False,
                           classes="govuk-input--width-20")
    reason = forms.Choice(N_("Why do you need it?"), filters=TRIMMED, options=REASONS.items())
    words = forms.LongText(
        N_("In your own words"), filters=TRIMMED, maxlength=break_glass.MOST_WORDS, rows=4,
        hint=N_("What are you working on, and why does it need this case? No details of the crime."))

    def validate_reference(self, field: Any) -> None:
        if not the_force().normalise_reference(field.data):
            raise ValidationError(_("Enter the crime reference"))

    def validate(self, extra_validators: Any = None) -> bool:
        super().validate(extra_validators)
        texts = {
            "missing": _("Choose the reason that fits best"),
            "too_short": _("Say in a sentence why you need this case: %(least)s characters or more",
                           least=break_glass.LEAST_WORDS),
            "too_long": _("This must be %(count)s characters or fewer", count=break_glass.MOST_WORDS),
            "unreadable": _("This has a sign that cannot be shown. Take it out."),
        }
        try:
            break_glass.checked(self.reason.data, self.words.data)
        except break_glass.ReasonProblem as problem:
            for field, what in problem.problems.items():
                self.refuse(field, texts[what])
        return not self.errors


class VerdictForm(forms.Form):
    """A supervisor's answer, by the button that was pressed."""

    verdict = forms.Hidden()
