"""Reading the details that somebody typed: only slips of typing are errors, never a wrong answer."""

from __future__ import annotations

from datetime import date

from flask_babel import gettext as _

from core import clean_line, clock, is_birth_day, plugin_settings, the_force
from plugins.sign_in.matching import LONGEST_POSTCODE, plain_code

FIELDS = (
    "crime_reference", "surname", "date_of_birth-day", "date_of_birth-month", "date_of_birth-year",
    "postcode", "checked",
)


def read_details(given: dict[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """(details, errors by field)."""
    wanted = plugin_settings("sign_in").details
    details, errors = {}, {}
    for name in ("crime_reference", "surname", "postcode"):
        if name in wanted:
            try:
                details[name] = clean_line(given[name])
            except ValueError:
                errors[name] = _("Use letters, numbers and ordinary signs only")
    if "date_of_birth" in wanted:
        born = _date(given)
        if born is None:
            errors["date_of_birth"] = _("Enter a real date of birth, like 27 3 1985")
        else:
            details["date_of_birth"] = born.isoformat()
    for name, look in (("crime_reference", _reference), ("surname", _surname), ("postcode", _postcode)):
        if name in details and (slip := look(details[name], given)):
            errors[name] = slip
    return details, errors


def _reference(text: str, given: dict[str, str]) -> str | None:
    """Asked once about another shape, a person who sends it again is believed."""
    force, key = the_force(), plain_code(text)
    if len(key) < 3:
        return str(_("Enter your crime reference; it is on the letter or text the police sent you"))
    if force.looks_like_reference(text) or given.get("checked") == key:
        return None
    given["checked"] = key
    examples = force.reference_examples(clock.today())
    if not examples:
        return str(_(
            "That does not look like a crime reference. Check it. If it is right, press Continue again."
        ))
    return str(_(
        "That does not look like one of our crime references, which are like %(example)s. An incident "
        "number is another number. If this is the crime reference you were given, press Continue again.",
        example=examples[0],
    ))


def _surname(text: str, given: dict[str, str]) -> str | None:
    return None if text else str(_("Enter your surname (family name)"))


def _postcode(text: str, given: dict[str, str]) -> str | None:
    fine = 3 <= len(plain_code(text)) <= LONGEST_POSTCODE
    return None if fine else str(_("Enter your postcode, like SG1 1AA"))


def _date(given: dict[str, str]) -> date | None:
    parts = [given[f"date_of_birth-{part}"] for part in ("year", "month", "day")]
    if not all(part.isdecimal() and len(part) <= 4 for part in parts):
        return None
    try:
        found = date(*map(int, parts))
    except ValueError:
        return None
    return found if is_birth_day(found) else None
