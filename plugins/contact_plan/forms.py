"""The forms by which what was agreed is changed: the person's, and the officer's, who says why."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as N_
from wtforms.validators import AnyOf, ValidationError

from core.base import clean_text
from core.hookspecs import AgreedWay
from core.web import forms
from plugins.contact_plan import words
from plugins.contact_plan.rhythm import Every

LONGEST = 500
TRIMMED = (lambda text: text.replace("\r\n", "\n").strip(), forms.at_most(2000))


class PlanForm(forms.Form):
    """How often, and in which way. ``safe``: the ways that may be chosen."""

    safe: tuple[AgreedWay, ...] = ()
    every = forms.Choice(
        N_("How often would you like to hear from us?"),
        [AnyOf([*Every], N_("Choose how often you would like to hear from us"))],
        options=[(one, text, words.LOOKED_AT) if one is Every.WHEN_SOMETHING_HAPPENS else (one, text)
                 for one, text in words.EVERY.items()])
    way = forms.Choice(N_("In which way?"), [AnyOf([*AgreedWay], N_("Choose in which way"))])
    reason = forms.LongText(
        N_("Is there anything we should know about this? (optional)"), filters=TRIMMED, maxlength=LONGEST,
        rows=2, hint=N_("Your officer reads it."))

    def validate_way(self, field: Any) -> None:
        if field.data not in self.safe:
            raise ValidationError(_("This way is not safe, or not possible. Choose another"))

    def validate_reason(self, field: Any) -> None:
        if len(field.data) > LONGEST:
            raise ValidationError(_("This must be %(count)s characters or fewer", count=LONGEST))
        try:
            clean_text(field.data)
        except ValueError:
            raise ValidationError(_("This has a sign that cannot be shown. Take it out.")) from None

    def ways(self) -> list[tuple[AgreedWay, Any]]:
        """The options of the ways: those that are safe."""
        return [(one, text) for one, text in words.WAYS.items() if one in self.safe]

    def chosen(self) -> tuple[Every, AgreedWay]:
        """What a form without a fault says."""
        return Every(self.every.data), AgreedWay(self.way.data)


class OfficerPlanForm(PlanForm):
    """The same by an officer, with the reason that the person reads."""

    every = forms.Choice(
        N_("How often will you be in contact?"), [AnyOf([*Every], N_("Choose how often"))],
        options=[(one, text) for one, text in words.EVERY.items()])
    way = forms.Choice(
        N_("In which way will you be in contact?"), [AnyOf([*AgreedWay], N_("Choose in which way"))])
    reason = forms.LongText(
        N_("Why does this change?"), filters=TRIMMED, maxlength=LONGEST, rows=3,
        hint=N_("They read this. Say what they asked for, or why what they asked for cannot be done."))

    def validate_reason(self, field: Any) -> None:
        if not field.data:
            raise ValidationError(_("Say why. They have a right to know"))
        super().validate_reason(field)

    def ways(self) -> list[tuple[AgreedWay, Any]]:
        return [(one, _("In the portal, when they sign in") if one is AgreedWay.PORTAL else text)
                for one, text in super().ways()]
