"""Why somebody cannot sign in, said to their officer; and everybody on a case and on all of an officer's."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from plugins.sign_in import people
from tests.plugins.sign_in.ways_in import ON_RECORD
from tests.rows import case, person, staff

NOW = datetime(2024, 6, 12, 12, 5, tzinfo=UTC)
WHOLE: dict[str, Any] = {**ON_RECORD, "given": "Amina", "email": "amina@example.org"}
WHY: list[tuple[dict[str, Any], dict[str, Any], list[str]]] = [
    ({}, {}, []), ({"email": None, "phone": "07700 900982"}, {}, []),
    ({}, {"offered": False}, ["this case is not open in the portal"]),
    ({"locked_by": "person"}, {}, ["their access is locked"]),
    ({"family": None, "given": None}, {}, ["no surname on the record"]),
    ({"family": "", "given": None}, {}, ["no surname on the record"]),
    ({"family": None}, {}, []), ({"family": "—"}, {}, []),  # whoever has one name only signs in with it
    ({"date_of_birth": None}, {}, ["no date of birth on the record"]),
    ({"postcode": None}, {}, ["no postcode on the record"]),
    ({"family": "—", "given": None}, {}, ["no surname on the record"]),
    ({"family": "n/a", "given": None}, {},
     ["the surname on the record holds no letter that can be compared"]),
    ({"postcode": "--"}, {}, ["the postcode on the record holds nothing that can be compared"]),
    ({"email": None}, {}, ["no email and no phone number on the record, so no code can be sent"]),
    ({"safe_contact": '{"silent": true}'}, {},
     ["no way to send a code is on the record and safe for this person"]),
    ({"chosen_contact": '{"channels": ["post"]}'}, {},
     ["no way to send a code is on the record and safe for this person"]),
    ({"locked_by": "officer", "family": None, "given": None, "email": None}, {"offered": False},
     ["this case is not open in the portal", "their access is locked", "no surname on the record",
      "no email and no phone number on the record, so no code can be sent"]),
]


@pytest.mark.usefixtures("app", "english")
@pytest.mark.parametrize(("who", "of_case", "why"), WHY, ids=range(len(WHY)))
def test_why_somebody_cannot_sign_in(who: dict[str, Any], of_case: dict[str, Any], why: list[str]) -> None:
    one = case(staff("CID"), key="41/1/24", **of_case)
    person(one, **{**WHOLE, **who})
    [found] = people.of_case(one.id)
    assert list(found.why_not) == why


@pytest.mark.usefixtures("app", "english")
def test_everybody_on_a_case_and_on_all_of_an_officers_cases_is_listed_in_order() -> None:
    lead, other = staff("CID"), staff("CID")
    second, first, theirs = case(lead, key="41/2/24"), case(lead, key="41/1/24"), case(other, key="41/0/24")
    ben = person(second, "P2", **{**WHOLE, "given": None, "family": "Okoro"}, chosen_language="cy")
    amina = person(first, "P1", **WHOLE)
    cleo = person(first, "P3", **{**WHOLE, "given": "Cleo", "email": None})
    person(first, "P4", removed=True, **WHOLE)
    person(theirs, "P5", **WHOLE)
    found = people.of_officer(lead.id)
    assert [(one.id, one.crime_reference, one.name, one.role, one.language) for one in found] == [
        (amina.id, "41/1/24", "Amina Khan", "victim", "en"),
        (cleo.id, "41/1/24", "Cleo Khan", "victim", "en"),
        (ben.id, "41/2/24", "Okoro", "victim", "cy")]
    assert [one.id for one in people.of_case(first.id)] == [amina.id, cleo.id]
    lines = people.as_csv(found).splitlines()
    assert lines[0].lstrip("\ufeff").split(",") == list(people.COLUMNS) == [
        "crime_reference", "person", "role", "can_sign_in", "why_not"]
    assert [line.split(",")[3] for line in lines[1:]] == ["yes", "no", "yes"]
    assert people.of_officer(UUID(int=9)) == []
    assert SimpleNamespace(id=cleo.id).id == found[1].id
