"""The first administrator's code, and what the provider sends."""

from __future__ import annotations

from flask_babel import lazy_gettext as N_

from core.web import forms

LONGEST = 100
LONGEST_TOKEN = 40_000


class SetupCodeForm(forms.Form):
    """The code as it was handed over, with or without its hyphens."""

    code = forms.Line(
        N_("Set-up code"), hint=N_("20 letters and numbers, like 4KPRT-7WXYC-HD2MN-9VFJ6"),
        filters=[forms.at_most(LONGEST)], autocomplete="one-time-code", autocapitalize="characters",
        spellcheck="false")


class LogoutForm(forms.Form):
    """What a provider sends to say that somebody signed out there."""

    logout_token = forms.Hidden(filters=[forms.at_most(LONGEST_TOKEN)])
