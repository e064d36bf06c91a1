"""What an officer fills in."""

from __future__ import annotations

from flask_babel import lazy_gettext as N_

from core.web import forms


class NoteForm(forms.Form):
    """A thing that was found, in one line."""

    what = forms.Line(
        N_("What was found"), filters=[str.strip],
        hint=N_("The person reads this. Say no more than they need to know it again."),
    )
