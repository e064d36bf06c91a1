"""What was typed into the forms, and how a slip is explained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from core.base import clock, offered_languages
from core.cases import safe_contact

MONTH = timedelta(days=30)
REVIEWS = {"1": 1, "3": 3, "6": 6, "12": 12}
HALF_HOURS = tuple(f"{hour:02}:{minute}" for hour in range(24) for minute in ("00", "30"))


@dataclass(frozen=True)
class Chosen:
    """What a person chose on the page of safe contact."""

    contact: Any
    language: str | None


def typed_contact(form: MultiDict[str, str]) -> dict[str, Any]:
    """The fields of the form as they came."""
    names = ("silent", "not_before", "not_after", "words", "review", "language")
    return {name: form.get(name, "") for name in names} | {"channels": form.getlist("channels")}


def shown_contact(contact: Any, language: str | None) -> dict[str, Any]:
    """The fields of the form for what is kept."""
    return {
        "silent": "yes" if contact.silent else "no",
        "channels": list(safe_contact.CHANNELS if contact.channels is None else contact.channels),
        "not_before": _clock(contact.not_before), "not_after": _clock(contact.not_after),
        "words": safe_contact.kind(contact.words) or "", "language": language or "",
        "review": "keep" if contact.review_on else "",
    }


def hours(*more: str) -> list[str]:
    """The times of a day that can be chosen, and those that are kept."""
    return sorted({*HALF_HOURS, *filter(None, more)})


def read_contact(given: Mapping[str, Any], before: Any) -> tuple[Chosen | None, dict[str, str]]:
    """(what was chosen, errors by field)."""
    errors: dict[str, str] = {}
    channels = [one for one in safe_contact.CHANNELS if one in given["channels"]]
    silent = given["silent"] == "yes"
    if given["silent"] not in ("yes", "no"):
        errors["silent"] = _("Say whether we may contact you")
    if not silent and not channels:
        errors["channels"] = _("Choose at least one way, or say that we must not contact you")
    start, stop = _time(given["not_before"]), _time(given["not_after"])
    if (start is None) != (stop is None) or (start is not None and start == stop):
        errors["not_before"] = _("Choose both times, and not the same one twice")
    if given["words"] not in ("", "named", "discreet"):
        errors["words"] = _("Choose what emails may say")
    if errors:
        return None, errors
    everything = len(channels) == len(safe_contact.CHANNELS)
    kept = {
        "silent": silent, "channels": None if everything else channels, "words": given["words"] or None,
        "not_before": start, "not_after": stop, "review_on": _review(given["review"], before),
    }
    language = given["language"] if given["language"] in offered_languages() else None
    return Chosen(type(before).model_validate(kept), language), {}


def _review(given: str, before: Any) -> date | None:
    if given == "keep":
        kept: date | None = before.review_on
        return kept
    return clock.today() + MONTH * REVIEWS[given] if given in REVIEWS else None


def _time(text: str) -> time | None:
    try:
        return time.fromisoformat(text) if text else None
    except ValueError:
        return None


def _clock(moment: time | None) -> str:
    return f"{moment:%H:%M}" if moment else ""


def contact_problem(contact: str) -> str:
    if contact == "email":
        return str(_("Enter an email address, like name@example.com"))
    return str(_("Enter a phone number, like 07700 900982"))
