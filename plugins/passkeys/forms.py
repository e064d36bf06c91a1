"""A passkey that is added, or called something else."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as N_
from wtforms.validators import ValidationError

from core.web import forms
from plugins.passkeys import rules

LONGEST_ANSWER = 20_000


class PasskeyForm(forms.Form):
    """What a person calls it, and of a new one the device's answer: JSON, which the script writes here."""

    passkey = forms.Hidden(filters=[forms.at_most(LONGEST_ANSWER)])
    name = forms.Line(
        N_("A name for it"), hint=N_("For example, my phone"), autocomplete="off",
        maxlength=rules.LONGEST_NAME)

    def validate_name(self, field: Any) -> None:
        try:
            rules.clean_name(field.data)
        except ValueError:
            raise ValidationError(_("Give it a short name, like “my phone”")) from None
