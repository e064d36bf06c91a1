"""What is typed to sign in: only slips of typing are errors, never a wrong answer."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as N_
from wtforms.validators import DataRequired, ValidationError

from core.base import NotADay, clean_line, clock, is_birth_day, typed_day
from core.plugin_host import plugin_settings, the_force
from core.web import forms
from plugins.sign_in.names import may_be_name
from plugins.sign_in.postcodes import can_be_postcode, missing_part, plain_code

LONGEST_PASTE = 500  # around a code
TRIMMED = (str.strip, forms.at_most(200))


def _born(*boxes: str) -> date:
    found = typed_day(*boxes, of_this_century=False)
    if not is_birth_day(found):
        raise NotADay("year")
    return found


def _of_birth(born: Any) -> str:
    if not any(born.boxes.values()):
        return str(_("Enter your date of birth, like 27 3 1985"))
    return str({
        "day": _("Enter the day of your birth as a number that this month has, like 27"),
        "month": _("Enter the month of your birth as a number or a word, like 3 or March"),
        "year": _("Enter the year of your birth with four figures, like 1985"),
    }.get(born.slip.part, _("Enter a real date of birth, like 27 3 1985")))


def _line(field: Any) -> str:
    try:
        return clean_line(field.data)
    except ValueError:
        raise ValidationError(_("Use letters, numbers and ordinary signs only")) from None


class DetailsForm(forms.Form):
    """The details that this force asks for; a field that it does not ask for is None."""

    checked = forms.Hidden(filters=TRIMMED)
    crime_reference = forms.Line(N_("Crime reference"), filters=TRIMMED, classes="govuk-input--width-20",
                                 autocomplete="off", spellcheck=False)
    surname = forms.Line(
        N_("Surname (family name)"), filters=TRIMMED, autocomplete="family-name", spellcheck=False)
    date_of_birth = forms.Day(N_("Date of birth"), filters=TRIMMED, read=_born, explain=_of_birth,
                              hint=N_("For example, 27 3 1985"), autocomplete="bday")
    postcode = forms.Line(
        N_("Postcode"), filters=TRIMMED, hint=N_("Of your address when you reported the crime"),
        classes="govuk-input--width-10", autocomplete="postal-code", spellcheck=False)

    def __init__(self) -> None:
        super().__init__()
        for name in {"surname", "date_of_birth", "postcode"} - {*plugin_settings("sign_in").details}:
            del self[name]

    def validate_crime_reference(self, field: Any) -> None:
        """Asked once about another shape, a person who sends it again is believed."""
        force, text = the_force(), _line(field)
        key = plain_code(text)
        if len(key) < 3:
            raise ValidationError(
                _("Enter your crime reference; it is on the letter or text the police sent you"))
        if force.looks_like_reference(text) or self.checked.data == key:
            return
        self.checked.data = key
        examples = force.reference_examples(clock.today())
        raise ValidationError(_(
            "That does not look like one of our crime references, which are like %(example)s. An incident "
            "number is another number. If this is the crime reference you were given, press Continue again.",
            example=examples[0],
        ) if examples else _(
            "That does not look like a crime reference. Check it. If it is right, press Continue again."
        ))

    def validate_surname(self, field: Any) -> None:
        if not may_be_name(_line(field)):
            raise ValidationError(_("Enter your surname (family name)"))

    def validate_postcode(self, field: Any) -> None:
        """By its shape alone, so that it tells nothing of the record."""
        text = _line(field)
        if not can_be_postcode(text):
            raise ValidationError({
                "end": _("The end of your postcode is missing. Enter all of it, like SG1 1AA"),
                "start": _("The beginning of your postcode is missing. Enter all of it, like SG1 1AA"),
            }.get(missing_part(text) or "", _("Enter your postcode, like SG1 1AA")))

    @property
    def details(self) -> dict[str, str]:
        """What was given, of a form without a fault."""
        return {
            field.name: field.data.isoformat() if isinstance(field.data, date) else clean_line(field.data)
            for field in self if field is not self.checked
        }


class CodeForm(forms.Form):
    """A code, or what another way of proving who it is gives, a passkey say."""

    code = forms.Line(
        N_("Code"), filters=[forms.at_most(LONGEST_PASTE)], inputmode="text", spellcheck=False,
        hint=N_("From our email or text, or from your officer"), autocomplete="one-time-code",
        classes="govuk-input--width-10 govuk-input--extra-letter-spacing")
    passkey = forms.Hidden()


class NameForm(forms.Form):
    """Which of several people who share an address it is."""

    given = forms.Line(
        N_("Given name (first name)"), [DataRequired(N_("Enter your given name"))],
        filters=[forms.at_most(200)], hint=N_("If you have several, give all of them"),
        autocomplete="given-name", spellcheck=False)
