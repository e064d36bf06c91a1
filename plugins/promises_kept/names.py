"""What the rows of the figures are called, for people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from flask_babel import format_date
from flask_babel import gettext as _
from flask_babel import lazy_gettext as N_
from flask_babel.speaklater import LazyString

from core.base import language
from core.plugin_host import the_force

# Rules that are of no law; a row of one is called as in the table of that law's clock.
RULES: Mapping[str, LazyString] = {
    "plan": N_("How often to be in contact, as agreed"),
    "word": N_("A day that an officer named"),
    "message": N_("An answer to a message"),
    "reach": N_("Someone whom no letter reached"),
    "request": N_("A decision on what someone asked for"),
}
LEVELS: Mapping[str, LazyString] = {"standard": N_("Standard"), "enhanced": N_("Enhanced")}


def _district(value: str) -> str:
    found = the_force().district(value)
    return found.names.in_language(language())[0] if found else value


def _crime_type(value: str) -> str:
    found = the_force().crime_type(value)
    return str(found.name) if found else value


def _month(value: str) -> str:
    return str(format_date(date.fromisoformat(f"{value}-01"), "MMMM y"))


NAMED: Mapping[str, Callable[[str], str]] = {
    "rule": lambda value: str(RULES.get(value, value)),
    "district": _district,
    "crime_type": _crime_type,
    "service_level": lambda value: str(LEVELS.get(value, value)),
    "unit": lambda value: value or str(_("No unit")),
    "month": _month,
}
