"""Who on a case can sign in, and who cannot and why: for the officer."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import lazy_gettext as N_

from core import (
    Access,
    Case,
    Person,
    csv_text,
    is_address,
    owned,
    plugin_settings,
    read,
    relations,
    unseal,
    ways_to,
)
from plugins.sign_in.matching import can_match
from plugins.sign_in.names import surname_of

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
    return [_on_case(row) for row in read(OF_CASE, case_id=case_id)]


def of_officer(staff_id: UUID) -> list[OnCase]:
    return [_on_case(row) for row in read(OF_OFFICER, staff_id=staff_id)]


def _on_case(row: Any) -> OnCase:
    def text(name: str) -> str | None:
        return unseal(Person, name, row.id, getattr(row, f"{name}_sealed"))

    name = " ".join(part for part in (text("given"), text("family")) if part)
    return OnCase(
        row.id, row.crime_reference, name, row.role, row.language, tuple(_reasons(row, text))
    )


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
            kept = text(column) if detail != "surname" else surname_of(text("family"), text("given"))
            if not kept and column not in unusable:
                found.append(str(missing))
            elif not kept or not can_match(detail, kept):
                found.append(str(incomparable))
    person = Recorded(*map(text, ("email", "phone", "safe_contact", "chosen_contact")))
    if not ways_to(person):
        found.append(_why_no_way(person, unusable))
    return found


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
