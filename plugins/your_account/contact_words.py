"""Safe contact in words, for the person and for the officer."""

from __future__ import annotations

from datetime import time
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as N_

from core.base import clock, when

CHANNELS = {
    "email": N_("email"), "sms": N_("text message"), "phone": N_("phone"), "post": N_("letter"),
}


def rows(safe: Any) -> list[tuple[str, str]]:
    """(what, how it stands) for each part of a safe contact."""
    if safe.silent:
        return [(_("Contact"), _("None at all"))]
    found = [
        (_("Contact"), _ways(safe.channels)),
        (_("Hours"), _hours(safe)),
        (_("Emails"), _kind(safe.words)),
    ]
    if safe.review_on:
        day = when(safe.review_on)
        late = safe.review_on <= clock.today()
        found.append((_("Look at this again"),
                      _("%(day)s – that day has come", day=day) if late else day))
    return found


def masked(contact: str, value: str | None) -> str:
    """Enough for its owner to know it by; not enough for somebody who looks over a shoulder."""
    if not value:
        return str(_("None on your report"))
    if contact == "email":
        name, _at, place = value.partition("@")
        return f"{name[:1]}•••@{place}"
    return f"••• {value.replace(' ', '')[-3:]}"


def _ways(channels: Any) -> str:
    if channels is None:
        return str(_("Any way"))
    return ", ".join(str(CHANNELS[one]) for one in channels) or str(_("None at all"))


def _hours(safe: Any) -> str:
    windows = [(safe.not_before, safe.not_after),
               (getattr(safe, "also_not_before", None), getattr(safe, "also_not_after", None))]
    said = list(dict.fromkeys(_window(*one) for one in windows if one != (None, None)))
    if len(said) == 2:
        return str(_("%(one)s, and only %(other)s", one=said[0], other=said[1]))
    return said[0] if said else str(_("Any time"))


def _window(start: time | None, stop: time | None) -> str:
    return str(_("from %(start)s to %(stop)s", start=f"{start or time.min:%H:%M}",
                 stop=f"{stop or time.max:%H:%M}"))


def _kind(words: str | None) -> str:
    if not words:
        return str(_("The usual ones for the report"))
    if words.strip().casefold() == "named":
        return str(_("Say that they are from the police"))
    return str(_("Do not mention the police"))
