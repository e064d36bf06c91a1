"""Two hundred spellings of twenty people: each leads to its person, and what is another person's does not."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from core.base.typed_day import NotADay, typed_day
from core.plugin_host.host import host
from plugins.sign_in.matching import matches
from plugins.sign_in.names import surname_of
from tests.conftest import HERTS
from tests.plugins.sign_in.spellings import PEOPLE, Somebody, Way

WAYS = [(who, way, True) for who in PEOPLE for way in who.rightful] + [
    (who, way, False) for who in PEOPLE for way in who.strangers]


def written(surname: str) -> str:
    return surname.partition("\n")[0]


def leads_to(app: Flask, who: Somebody, way: Way) -> bool:
    """Whether the details, typed as on the record but for *way*, find this person."""
    born = date.fromisoformat(who.born)
    surname = surname_of(who.family, who.given)
    typed = {"surname": written(surname), "postcode": who.postcode, "reference": who.reference,
             "day": str(born.day), "month": str(born.month), "year": str(born.year), **way}
    with app.app_context():
        force = host().get(HERTS).force
        same_case = (
            force.normalise_reference(who.reference) in force.reference_keys(typed["reference"])
            and force.reference_meaning(who.reference) == force.reference_meaning(typed["reference"]))
    try:
        day = typed_day(typed["day"], typed["month"], typed["year"], of_this_century=False)
    except NotADay:
        return False
    return same_case and matches(
        ("surname", "date_of_birth", "postcode"), {**typed, "date_of_birth": day.isoformat()},
        {"surname": surname, "date_of_birth": who.born, "postcode": who.postcode})


@pytest.mark.parametrize(("who", "way", "rightful"), WAYS, ids=[
    f"{who.family}-{'is' if rightful else 'is not'}-{way}" for who, way, rightful in WAYS])
def test_a_spelling_leads_to_its_person_and_to_nobody_else(
    portal: Flask, who: Somebody, way: Way, rightful: bool
) -> None:
    assert leads_to(portal, who, way) is rightful


def test_there_are_two_hundred_spellings_of_twenty_people() -> None:
    assert len(PEOPLE) == 20
    assert sum(rightful for *_, rightful in WAYS) >= 200


def test_nobody_of_the_twenty_is_found_by_the_details_of_another(portal: Flask) -> None:
    """Also where but one detail is another person's."""
    for who in PEOPLE:
        for other in PEOPLE:
            if who is not other:
                for way in ({"surname": written(surname_of(other.family, other.given))},
                            {"postcode": other.postcode},
                            {"reference": other.reference}):
                    assert not leads_to(portal, who, way), (who, way)
