"""What a person writes to their officer, and how a slip is explained."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as N_
from wtforms.validators import AnyOf, ValidationError

from core.intake import conversation
from core.web import forms
from plugins.messages.calls import Part

LONGEST = 300  # of what else is to be known before a call

class MessageForm(forms.Form):
    """A message: that of a form counts once."""

    text = forms.LongText(N_("Your message"), maxlength=conversation.MAX_MESSAGE, rows=6, size="m")
    form_key = forms.Key()


class CallForm(forms.Form):
    """When it is safe to call. ``safe``: the parts of the day that may be chosen."""

    safe: tuple[Part, ...] = ()
    parts = forms.Several(
        N_("When is it safe to call you?"), size="m",
        hint=N_("Choose every time at which you can speak, and nobody who must not hear it is near."))
    leave = forms.Choice(
        N_("If you do not answer, may we leave a message?"), [
            AnyOf(("no", "yes"), N_("Say whether we may leave a message"))],
        size="m", options=[
            ("no", N_("No, try again another time")),
            ("yes", N_("Yes, with a name and a number, and nothing else")),
        ])
    more = forms.LongText(
        N_("Is there anything else we should know before we call? (optional)"), maxlength=LONGEST, rows=2,
        filters=(lambda text: text.replace("\r\n", "\n").strip(), forms.at_most(2000)))
    form_key = forms.Key()

    def validate_parts(self, field: Any) -> None:
        if not self.chosen():
            raise ValidationError(_("Choose at least one time"))

    def validate_more(self, field: Any) -> None:
        if len(field.data) > LONGEST:
            raise ValidationError(_("This must be %(count)s characters or fewer", count=LONGEST))

    def options(self) -> list[tuple[str, str]]:
        """The parts of the day that may be chosen, and their words."""
        return [(part.key, str(part)) for part in self.safe]

    def chosen(self) -> list[Part]:
        """Of the parts that are safe, those that were ticked."""
        return [part for part in self.safe if part.key in self.parts.data]


def explained(problem: ValueError) -> str:
    """What to put right in a message that the conversation does not take."""
    if isinstance(problem, conversation.EmptyMessage):
        return str(_("Write your message"))
    if isinstance(problem, conversation.MessageTooLong):
        return str(_("Your message must be %(count)s characters or fewer",
                     count=conversation.MAX_MESSAGE))
    return str(_("Your message has a sign that we cannot read. "
                 "Take it out and send the message again."))
