"""The question, as it stands in the form and in the address of its answer."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as N_
from wtforms.validators import ValidationError

from core.base import NotADay, clock, typed_day
from core.plugin_host import the_force
from core.web import forms
from plugins.eligibility.kinds import OTHER
from plugins.eligibility.questions import IN_PERSON, Question

EARLIEST = date(1900, 1, 1)
LONGEST_CALL = 32


def _reported(*boxes: str) -> date:
    """No box is at fault by itself: the day may also be left out."""
    try:
        found = typed_day(*boxes)
    except NotADay:
        raise NotADay from None
    if EARLIEST <= found <= clock.today():
        return found
    raise NotADay


def _explained(_reported: Any) -> str:
    today = clock.today()
    return str(_("Enter the day you reported it, like %(day)s, or leave it empty",
                 day=f"{today.day} {today.month} {today.year}"))


class QuestionForm(forms.Form):
    """What happened, where and when; a call handler also says of which call, and whether there is a flag."""

    kind = forms.Select(N_("What happened?"), default=None)
    district = forms.Select(N_("Where did it happen?"), default=None)
    reported = forms.Day(
        N_("When was it reported? (optional)"), read=_reported, explain=_explained, optional=True)
    flagged = forms.Several(N_("Look at the record"), options=[(
        "yes", N_("It has a flag that needs care"),
        N_("Domestic abuse, hate crime, honour-based abuse, or harm to a child. Tick it too if you are not "
           "sure."),
    )])
    call = forms.Hidden(filters=[forms.at_most(LONGEST_CALL)])

    def validate_kind(self, field: Any) -> None:
        if field.data not in (OTHER, IN_PERSON) and the_force().crime_type(field.data) is None:
            raise ValidationError(_("Choose what happened"))

    def validate_district(self, field: Any) -> None:
        if field.data != OTHER and the_force().district(field.data) is None:
            raise ValidationError(_("Choose where it happened"))

    @property
    def was_asked(self) -> bool:
        return bool(self.kind.raw_data or self.district.raw_data)

    @property
    def question(self) -> Question:
        """What is asked, of a form without a fault."""
        reported_on = self.reported.data or clock.today()
        return Question(self.kind.data, self.district.data, reported_on, "yes" in self.flagged.data)

    def address(self) -> dict[str, str]:
        """The question for an address; a crime that needs care is left out."""
        asked = {**self.written(), "flagged": "".join(self.flagged.data[:1]), "call": self.call.data}
        kind = the_force().crime_type(self.kind.data)
        return {name: text for name, text in asked.items()
                if text and not (name == "kind" and kind and kind.sensitive)}
