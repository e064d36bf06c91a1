"""Whom details fit, with the same work whether there is such a person or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain, repeat
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core.cases import Access, Case, Person, by_reference
from core.plugin_host import plugin_settings
from core.storage import owned, read, seal, unseal
from plugins.sign_in.matching import matches
from plugins.sign_in.names import surname_of

NOBODY = UUID(int=0)
ALIKE = 4  # people with the same details are told apart, at most
EVEN = 4  # people are looked at by so many: where fewer are on the case, nobody is looked at instead

CANDIDATES = sa.select(
    Case.id.label("case_id"), Case.crime_reference, Person.id, Person.family_sealed, Person.given_sealed,
    Person.date_of_birth_sealed, Person.postcode_sealed,
).select_from(Case).join(Access, sa.and_(owned(Access), Access.case_id == Case.id)).join(
    Person, sa.and_(owned(Person), Person.id == Access.person_id)
).where(
    owned(Case), by_reference.CAN_BE_MEANT, Case.offered, ~Access.removed
).order_by(Access.id).limit(50)
# What a code opens, asked again when it is typed: much may have changed since it was sent.
STILL_OPEN = sa.select(
    Person.id, Person.email_sealed, Person.phone_sealed, Person.locked_at, Person.locked_by,
    sa.func.coalesce(Person.chosen_language, Person.language).label("language"),
).select_from(Case).join(Access, sa.and_(owned(Access), Access.case_id == Case.id)).join(
    Person, sa.and_(owned(Person), Person.id == Access.person_id)
).where(
    owned(Case), Case.id == sa.bindparam("case_id"),
    Person.id == sa.any_(sa.bindparam("people", type_=sa.ARRAY(sa.Uuid))),
    Case.offered, ~Access.removed,
)
NO_ONE: Any = SimpleNamespace(
    case_id=NOBODY, id=NOBODY, family_sealed=None, given_sealed=None, date_of_birth_sealed=None,
    postcode_sealed=None,
    email_sealed=None, phone_sealed=None,
)


def find_people(details: Mapping[str, str]) -> list[Any]:
    """Those whose details all match, of one case: the first by age of access, and who is like them there.

    Twins, say, or a father and his son where no date of birth is asked; :data:`ALIKE` of them at most.
    """
    wanted = [name for name in plugin_settings("sign_in").details if name != "crime_reference"]
    rows = by_reference.rows_meant(CANDIDATES, details.get("crime_reference", ""))
    fitting = [
        row for row in chain(rows, repeat(NO_ONE, _missing(len(rows))))
        if matches(wanted, details, {name: _compared(row, name) for name in wanted})
    ]
    return [row for row in fitting if row.case_id == fitting[0].case_id][:ALIKE]


def _compared(row: Any, name: str) -> str:
    if name != "surname":
        return _on_record(row, name)
    return surname_of(_on_record(row, "family"), _on_record(row, "given"))


def _missing(rows: int) -> int:
    """How many are looked at beside those on the case."""
    return -rows % EVEN if rows else EVEN


def still_open(case_id: UUID, people: Sequence[UUID]) -> list[Any]:
    """Of each of the *people* their row, if the case is still theirs to open; else None."""
    rows = {row.id: row for row in read(STILL_OPEN, case_id=case_id, people=list(people))}
    return [rows.get(one) for one in people]


def contacts_of(row: Any) -> str:
    """Where codes go, as one text; *row* as from :func:`still_open`."""
    row = row or NO_ONE
    return f"{_on_record(row, 'email')} {_on_record(row, 'phone')}"


def _on_record(row: Any, name: str) -> str:
    """The text of a column; what is not there costs as much as what is."""
    value = getattr(row, f"{name}_sealed")
    if value is None:
        seal(Person, name, NOBODY, "nothing here")
        return ""
    return unseal(Person, name, row.id, value) or ""
