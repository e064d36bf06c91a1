"""What a person writes to their officer, and how a slip is explained."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as N_

from core.intake import conversation
from core.web import forms


class MessageForm(forms.Form):
    """A message: that of a form counts once."""

    text = forms.LongText(N_("Your message"), maxlength=conversation.MAX_MESSAGE, rows=6, size="m")
    form_key = forms.Key()


def explained(problem: ValueError) -> str:
    """What to put right in a message that the conversation does not take."""
    if isinstance(problem, conversation.EmptyMessage):
        return str(_("Write your message"))
    if isinstance(problem, conversation.MessageTooLong):
        return str(_("Your message must be %(count)s characters or fewer",
                     count=conversation.MAX_MESSAGE))
    return str(_("Your message has a sign that we cannot read. "
                 "Take it out and send the message again."))
