"""Found property, as an officer and a person have it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core.testing import AtForce, Portal, allocated, recorded, travel
from tests.conftest import REFERENCE


@pytest.fixture
def noted(exampleshire: AtForce) -> AtForce:
    """The officer noted that the bicycle was found, on 10 March."""
    case = exampleshire.case(REFERENCE).case
    with travel(datetime(2026, 3, 10, 9, tzinfo=UTC)):
        answer = exampleshire.officer().post(
            f"/desk/case/{case}/found-property", {"what": "Blue bicycle, Claud Butler"}
        )
    assert answer.status_code == 303
    return exampleshire


def test_a_person_reads_what_was_found_and_where_to_collect_it(noted: AtForce) -> None:
    case = noted.case(REFERENCE).case
    amina = noted.person(reference=REFERENCE)
    amina.get(f"/case/{case}")
    assert amina.page and "We found something of yours" in amina.page.text
    amina.get(f"/case/{case}/found-property")
    assert "Blue bicycle, Claud Butler. Collect it by 7 April 2026." in amina.page.text
    assert "Come to the police station in Mill Street" in amina.page.text


def test_a_person_reads_it_in_welsh(noted: AtForce) -> None:
    case = noted.case(REFERENCE).case
    amina = noted.person(reference=REFERENCE)
    amina.get(f"/case/{case}?lang=cy")
    assert amina.page and "Rydym wedi dod o hyd i rywbeth" in amina.page.text
    amina.get(f"/case/{case}/found-property")
    assert "Casglwch ef erbyn 7 Ebrill 2026." in amina.page.text
    assert "Dewch i orsaf yr heddlu yn Stryd y Felin" in amina.page.text


def test_nothing_is_said_while_nothing_was_found(exampleshire: AtForce) -> None:
    amina = exampleshire.person(reference=REFERENCE)
    amina.get(f"/case/{exampleshire.case(REFERENCE).case}")
    assert amina.page and "We found" not in amina.page.text


def test_a_stranger_is_led_to_the_sign_in_and_the_wrong_person_finds_nothing(noted: AtForce) -> None:
    page = f"/case/{noted.case(REFERENCE).case}/found-property"
    assert noted.visitor().get(page).status_code == 303
    noted.take_in(recorded("EX/2/26", district="S1", people=[{
        "id": "P2", "role": "victim", "name": {"given": "Olu", "family": "Adeyemi"},
        "date_of_birth": "1970-01-01", "postcode": "EX1 1AA", "email": "olu@example.com",
    }]))
    assert noted.person("P2", reference="EX/2/26").get(page).status_code == 404
    assert noted.person(reference=REFERENCE).get(page).status_code == 200


def test_an_officer_who_writes_nothing_is_asked_again(exampleshire: AtForce) -> None:
    case = exampleshire.case(REFERENCE).case
    officer = exampleshire.officer()
    assert officer.post(f"/desk/case/{case}/found-property", {"what": " "}).status_code == 400
    assert officer.page and "Say in one line what was found" in officer.page.text


def test_what_was_not_collected_is_forgotten_after_a_while(noted: AtForce) -> None:
    officer, page = noted.officer(), f"/desk/case/{noted.case(REFERENCE).case}/found-property"
    for day, still_there in ((datetime(2026, 7, 6, tzinfo=UTC), True),
                             (datetime(2026, 7, 7, tzinfo=UTC), False)):
        with travel(day):
            noted.run_job("found_property_remove_old")
        assert ("Claud Butler" in officer.get(page).text) is still_there


def test_a_force_that_does_not_list_it_has_none_of_it(portal: Portal, noted: AtForce) -> None:
    other = portal.at("hertfordshire")
    other.take_in(recorded(), allocated())
    case = other.case().case
    for visitor, page in ((other.person(), f"/case/{case}"),
                          (other.officer(), f"/desk/case/{case}")):
        assert "found-property" not in visitor.get(page).text
        assert visitor.get(f"{page}/found-property").status_code == 404
