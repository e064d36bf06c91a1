"""The forms of people about themselves and of officers about one of them, and how a slip is explained."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as N_
from wtforms.validators import AnyOf, ValidationError

from core.base import clock, offered_languages
from core.cases import people, safe_contact
from core.web import forms

MONTH = timedelta(days=30)
REVIEWS = {"1": 1, "3": 3, "6": 6, "12": 12}
HALF_HOURS = tuple(f"{hour:02}:{minute}" for hour in range(24) for minute in ("00", "30"))


@dataclass(frozen=True)
class Chosen:
    """What a person chose on the page of safe contact."""

    contact: Any
    language: str | None


class SafeContactForm(forms.Form):
    """How somebody may be contacted."""

    silent = forms.Choice(
        N_("May we contact you?"), [AnyOf(("yes", "no"), N_("Say whether we may contact you"))],
        size="m", options=[
            ("no", N_("Yes, in the ways I choose below")),
            ("yes", N_("No, do not contact me at all"),
             N_("No emails, no calls, and no codes by email. To sign in you then need a passkey, or a code "
                "from your officer. We may still come to you if you are in danger.")),
        ])
    channels = forms.Several(
        N_("Which ways are safe?"), size="m",
        hint=N_("Think of who else sees your inbox, your phone or your post."), options=[
            ("email", N_("Email"),
             N_("Codes to sign in come by email. Without it, you need a passkey or a code from your "
                "officer.")),
            ("sms", N_("Text message")),
            ("phone", N_("Phone"), N_("Your officer may call you.")),
            ("post", N_("Letter")),
        ])
    not_before = forms.Select(
        N_("Not before"), hint=N_("A code that you ask for yourself comes at any hour."))
    not_after = forms.Select(N_("Not after"))
    words = forms.Choice(
        N_("What may emails say?"), [AnyOf(("", "named", "discreet"), N_("Choose what emails may say"))],
        size="m", options=[
            ("", N_("The usual ones for my report"),
             N_("For most reports, emails name the police. For some they do not.")),
            ("discreet", N_("Do not mention the police"),
             N_("They come from “Online account” and say only that there is something new.")),
            ("named", N_("Say that they are from the police"), N_("So that you know that they are real.")),
        ])
    review = forms.Choice(
        N_("Shall we ask you again whether this is still right?"), size="m",
        hint=N_("What is safe can change. We show the day on your account page."))
    language = forms.Choice(N_("Which language?"), hint=N_("For emails and these pages."), size="m")

    def validate_channels(self, field: Any) -> None:
        if self.silent.data != "yes" and not self._ways():
            raise ValidationError(_("Choose at least one way, or say that we must not contact you"))

    def validate_not_before(self, field: Any) -> None:
        typed = [field.data, self.not_after.data]
        if any(typed) and (None in map(_time, typed) or _time(typed[0]) == _time(typed[1])):
            raise ValidationError(_("Choose both times, and not the same one twice"))

    def _ways(self) -> list[str]:
        return [one for one in safe_contact.CHANNELS if one in self.channels.data]

    def chosen(self, before: Any) -> Chosen:
        """What is chosen by a form without a fault, *before* it this was kept."""
        ways = self._ways()
        language = self.language.data if self.language.data in offered_languages() else None
        kept = {
            "silent": self.silent.data == "yes",
            "channels": None if len(ways) == len(safe_contact.CHANNELS) else ways,
            "words": self.words.data or None, "review_on": _review(self.review.data, before),
            "not_before": _time(self.not_before.data), "not_after": _time(self.not_after.data),
        }
        return Chosen(type(before).model_validate(kept), language)

    def hours(self) -> list[str]:
        """The times of a day that can be chosen, and those that are kept."""
        return sorted({*HALF_HOURS, *filter(None, [self.not_before.data, self.not_after.data])})


def shown_contact(contact: Any, language: str | None) -> dict[str, Any]:
    """The values of the form for what is kept."""
    return {
        "silent": "yes" if contact.silent else "no",
        "channels": list(safe_contact.CHANNELS if contact.channels is None else contact.channels),
        "not_before": _clock(contact.not_before), "not_after": _clock(contact.not_after),
        "words": safe_contact.kind(contact.words) or "", "language": language or "",
        "review": "keep" if contact.review_on else "",
    }


def _review(given: str, before: Any) -> date | None:
    if given == "keep":
        kept: date | None = before.review_on
        return kept
    return clock.today() + MONTH * REVIEWS[given] if given in REVIEWS else None


def _time(text: str) -> time | None:
    try:
        return datetime.strptime(text, "%H:%M").time()  # noqa: DTZ007  an hour of any day has no zone
    except ValueError:
        return None


def _clock(moment: time | None) -> str:
    return f"{moment:%H:%M}" if moment else ""


class ContactForm(forms.Form):
    """Another email or phone, which a person asks for."""

    contact = forms.Choice(
        N_("What do you want to change?"), [AnyOf(people.CONTACTS, N_("Choose what you want to change"))],
        options=[("email", N_("My email")), ("phone", N_("My phone"))])
    email = forms.Line(
        N_("New email"), filters=[forms.at_most(300)], hint=N_("Only if you change your email"),
        type="email", autocomplete="email", spellcheck=False)
    phone = forms.Line(
        N_("New phone"), filters=[forms.at_most(300)], hint=N_("Only if you change your phone"),
        type="tel", autocomplete="tel", classes="govuk-input--width-20")


HOW = {
    "in_person": N_("I met them and know them, or saw proof of who they are"),
    "called_back": N_("I called them on a number that was on the record before today"),
    "video": N_("I saw them on a video call and checked who they are"),
}


def _how(name: str, label: Any = None) -> Any:
    return forms.Choice(
        label or N_("How did you make sure who it is?"), [AnyOf(HOW, N_("Say how you made sure who it is"))],
        name=f"{name}-how", options=HOW.items())


class PersonForm(forms.Form):
    """What an officer does about one person: each button of the page sends the fields of one ``act``."""

    act = forms.Hidden()
    change = forms.Hidden()
    unlock_how = _how("unlock", N_("Or unlock it, for codes by email. How did you make sure who it is?"))
    email_how = _how("email")
    phone_how = _how("phone")
    contact = forms.Choice(
        N_("What changes?"), [AnyOf(people.CONTACTS, N_("Choose what you want to change"))],
        options=[("email", N_("Email")), ("phone", N_("Phone"))])
    value = forms.Line(
        N_("New email or phone"), filters=[forms.at_most(300)], autocomplete="off", spellcheck=False)
    change_how = _how("change")


def contact_problem(contact: str) -> str:
    if contact == "email":
        return str(_("Enter an email address, like name@example.com"))
    return str(_("Enter a phone number, like 07700 900982"))
