"""Who on a case can sign in, and who cannot and why: for the officer."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import lazy_gettext as N_

from core.base import csv_text, is_address
from core.cases import Access, Case, Person, relations
from core.notices import ways_to
from core.plugin_host import plugin_settings
from core.storage import owned, read, unseal
from plugins.sign_in.finding import ALIKE
from plugins.sign_in.matching import can_match, matches
from plugins.sign_in.names import has_lost_letters, is_remark, plain_name, surname_of
from plugins.sign_in.postcodes import missing_part

Text = Callable[[str], str | None]

_columns = (
    Person.id, Person.given_sealed, Person.family_sealed, Person.date_of_birth_sealed,
    Person.postcode_sealed, Person.email_sealed, Person.phone_sealed, Person.safe_contact_sealed,
    Person.chosen_contact_sealed, Person.unusable_sealed, Person.locked_by, Access.role,
    sa.func.coalesce(Person.chosen_language, Person.language).label("language"),
    Case.crime_reference, Case.offered,
)
_joined = sa.select(*_columns).select_from(Case).join(
    Access, sa.and_(owned(Access), Access.case_id == Case.id)
).join(Person, sa.and_(owned(Person), Person.id == Access.person_id))
OF_CASE = _joined.where(owned(Case), Case.id == sa.bindparam("case_id"), ~Access.removed).order_by(
    Access.id
)
OF_OFFICER = _joined.where(
    owned(Case), relations.OWN, ~Access.removed
).order_by(Case.crime_reference, Access.id)


COLUMNS = ("crime_reference", "person", "role", "can_sign_in", "why_not")


@dataclass(frozen=True)
class OnCase:
    """A person on a case; ``why_not`` holds the reasons they cannot sign in by themselves."""

    id: UUID
    crime_reference: str
    name: str
    role: str
    language: str
    why_not: tuple[str, ...]


@dataclass(frozen=True)
class Recorded:
    """How a person can be reached, as the record has it and as they chose."""

    email: str | None
    phone: str | None
    safe_contact: str | None
    chosen_contact: str | None


def of_case(case_id: UUID) -> list[OnCase]:
    return _on_cases(read(OF_CASE, case_id=case_id))


def of_officer(staff_id: UUID) -> list[OnCase]:
    return _on_cases(read(OF_OFFICER, staff_id=staff_id))


def _on_cases(rows: Iterable[Any]) -> list[OnCase]:
    found = []
    for _reference, on_case in groupby(rows, key=lambda row: row.crime_reference):
        together = [(row, _reader(row)) for row in on_case]
        texts = [text for _row, text in together]
        for place, (row, text) in enumerate(together):
            name = " ".join(part for part in (text("given"), text("family")) if part)
            why = _reasons(row, text) or _why_not_distinct(place, texts)
            found.append(OnCase(row.id, row.crime_reference, name, row.role, row.language, tuple(why)))
    return found


def _reader(row: Any) -> Text:
    @cache
    def text(name: str) -> str | None:
        return unseal(Person, name, row.id, getattr(row, f"{name}_sealed"))

    return text


# Of each detail: where it stands, what is said when there is none, and when it compares with nothing.
DETAILS = {
    "surname": ("family", N_("no surname on the record"),
                N_("the surname on the record holds no letter that can be compared")),
    "date_of_birth": ("date_of_birth", N_("no date of birth on the record"),
                      N_("the date of birth on the record cannot be compared")),
    "postcode": ("postcode", N_("no postcode on the record"),
                 N_("the postcode on the record holds nothing that can be compared")),
}


def _reasons(row: Any, text: Text) -> list[str]:
    """Asked of what compares details and of what sends codes, so that both agree with it."""
    found = [] if row.offered else [_("this case is not open in the portal")]
    if row.locked_by:
        found.append(_("their access is locked"))
    unusable = json.loads(text("unusable") or "{}")
    for detail in plugin_settings("sign_in").details:
        if detail in DETAILS:
            column, missing, incomparable = DETAILS[detail]
            kept = _compared(text, detail)
            if not kept and column not in unusable:
                found.append(str(missing))
            elif not kept or not can_match(detail, kept):
                found.append(_why_not_compared(detail, kept) or str(incomparable))
    person = _recorded(text)
    if not ways_to(person):
        found.append(_why_no_way(person, unusable))
    return found


def _compared(text: Text, detail: str) -> str:
    if detail == "surname":
        return surname_of(text("family"), text("given"))
    return text(DETAILS[detail][0]) or ""


def _why_not_compared(detail: str, kept: str) -> str:
    """Where there is something; else nothing."""
    if detail == "postcode" and missing_part(kept):
        return str(_("the postcode on the record is only a part of one"))
    if detail == "surname" and has_lost_letters(kept):
        return str(_("a letter of the surname on the record was lost on its way"))
    if detail == "surname" and is_remark(kept):
        return str(_("the surname on the record is only a remark"))
    return ""


def _recorded(text: Text) -> Recorded:
    return Recorded(*map(text, ("email", "phone", "safe_contact", "chosen_contact")))


def _why_not_distinct(place: int, texts: Sequence[Text]) -> list[str]:
    """Of people of one case, in the order in which they are found: who is behind those who are like them."""
    wanted = [detail for detail in plugin_settings("sign_in").details if detail in DETAILS]
    mine = {detail: _compared(texts[place], detail).partition("\n")[0] for detail in wanted}
    alike = [other for other, text in enumerate(texts) if other != place and matches(
        wanted, mine, {detail: _compared(text, detail) for detail in wanted})]
    if sum(other < place for other in alike) >= ALIKE:
        return [_("too many people on this case have the same details, and they cannot be told apart")]
    sharing = [other for other in alike if _contacts(texts[other]) & _contacts(texts[place])]
    if any(_is_namesake(texts[place], texts[other]) for other in sharing):
        return [_("someone else on this case has the same name and the same email or phone number, so only "
                  "a code that an officer hands over tells them apart")]
    if not texts[place]("given") and any(other < place or texts[other]("given") for other in sharing):
        return [_("someone else on this case has the same details and the same email or phone number, "
                  "and no given name is on the record to tell them apart")]
    return []


def _is_namesake(one: Text, other: Text) -> bool:
    """Not somebody recorded twice: their birthdays differ."""
    return (plain_name(one("given") or "") == plain_name(other("given") or "")
            and one("date_of_birth") != other("date_of_birth"))


def _contacts(text: Text) -> set[str]:
    return {way.to.casefold() for way in ways_to(_recorded(text))}


def _why_no_way(person: Recorded, unusable: Collection[str]) -> str:
    bad_email = person.email and not is_address(person.email)
    if bad_email or ("email" in unusable and not person.phone):
        return str(_("the email on the record is no address that letters can be sent to, so no code "
                     "can be sent"))
    if person.email or person.phone:
        return str(_("no way to send a code is on the record and safe for this person"))
    return str(_("no email and no phone number on the record, so no code can be sent"))


def as_csv(people: list[OnCase]) -> str:
    """The people who cannot sign in by themselves, and why; safe to open in a spreadsheet."""
    return csv_text(COLUMNS, (
        (one.crime_reference, one.name, one.role, "no" if one.why_not else "yes",
         "; ".join(one.why_not))
        for one in people
    ))
