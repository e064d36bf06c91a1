"""Reading the details that somebody typed: only slips of typing are errors, never a wrong answer."""

from __future__ import annotations

from datetime import date

from flask_babel import gettext as _

from core.base import NotADay, clean_line, clock, is_birth_day, typed_day
from core.plugin_host import plugin_settings, the_force
from plugins.sign_in.names import may_be_name
from plugins.sign_in.postcodes import can_be_postcode, missing_part, plain_code

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
        try:
            details["date_of_birth"] = _born(given).isoformat()
        except NotADay as wrong:
            errors["date_of_birth"] = _of_birth(wrong.part, given)
            given["date_of_birth-wrong"] = wrong.part or ""
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
    return None if may_be_name(text) else str(_("Enter your surname (family name)"))


def _postcode(text: str, given: dict[str, str]) -> str | None:
    """By its shape alone, so that it tells nothing of the record."""
    if can_be_postcode(text):
        return None
    return str({
        "end": _("The end of your postcode is missing. Enter all of it, like SG1 1AA"),
        "start": _("The beginning of your postcode is missing. Enter all of it, like SG1 1AA"),
    }.get(missing_part(text) or "", _("Enter your postcode, like SG1 1AA")))


def _born(given: dict[str, str]) -> date:
    day, month, year = (given[f"date_of_birth-{part}"] for part in ("day", "month", "year"))
    found = typed_day(day, month, year, of_this_century=False)
    if not is_birth_day(found):
        raise NotADay("year")
    return found


def _of_birth(part: str | None, given: dict[str, str]) -> str:
    typed = {each: given[f"date_of_birth-{each}"].strip() for each in ("day", "month", "year")}
    if not any(typed.values()):
        return str(_("Enter your date of birth, like 27 3 1985"))
    return str({
        "day": _("Enter the day of your birth as a number that this month has, like 27"),
        "month": _("Enter the month of your birth as a number or a word, like 3 or March"),
        "year": _("Enter the year of your birth with four figures, like 1985"),
    }.get(part or "", _("Enter a real date of birth, like 27 3 1985")))
