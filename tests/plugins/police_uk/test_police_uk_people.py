"""Made-up people can sign in, are always the same, and can be reached by nobody."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from datetime import date
from typing import Any

import pytest

from plugins.police_uk.people import FAMILY, GIVEN, made_up_person
from tests.plugins.police_uk.police_uk_builders import crime_id


@pytest.fixture(scope="module")
def many() -> list[dict[str, Any]]:
    return [made_up_person("westshire", crime_id(str(number))) for number in range(20_000)]


def test_the_same_crime_has_the_same_person_each_time() -> None:
    assert made_up_person("westshire", crime_id("a")) == made_up_person("westshire", crime_id("a"))


def test_what_was_made_up_before_is_made_up_again() -> None:
    person = made_up_person("westshire", "0" * 64)
    assert person == {
        "id": "MADE-UP-323521AE05B1C3E1C0E6A09A",
        "role": "victim",
        "name": {"given": "Yusuf", "family": "Ndlovu"},
        "date_of_birth": "1946-05-02",
        "postcode": "ZZ99 2AT",
        "email": "yusuf.ndlovu.323521ae05b1c3e1c0e6a09a@example.net",
        "phone": "07700 900762",
        "language": "en",
        "made_up": True,
    }


def test_two_forces_with_the_same_crime_have_different_people() -> None:
    here, there = (made_up_person(force, crime_id("a")) for force in ("westshire", "eastshire"))
    assert here["id"] != there["id"] and here["email"] != there["email"]


def test_everybody_is_marked_and_unique(many: list[dict[str, Any]]) -> None:
    assert all(person["made_up"] is True and person["id"].startswith("MADE-UP-") for person in many)
    assert (
        len({person["id"] for person in many})
        == len({person["email"] for person in many})
        == len(many)
    )


def test_no_address_number_or_postcode_is_anybodys(many: list[dict[str, Any]]) -> None:
    for person in many:
        assert re.fullmatch(r"[a-z]+\.[a-z]+\.[0-9a-f]{24}@example\.(com|org|net)", person["email"])
        assert re.fullmatch(r"07700 900\d{3}", person["phone"])
        assert re.fullmatch(r"ZZ99 \d[A-Z]{2}", person["postcode"])


def test_everybody_is_grown_up_in_the_first_month_ever_published(many: list[dict[str, Any]]) -> None:
    births = [date.fromisoformat(person["date_of_birth"]) for person in many]
    assert max(births) <= date(1992, 12, 1)
    assert min(births).year >= 1931
    assert len(set(births)) > 10_000


def test_names_are_of_many_kinds(many: list[dict[str, Any]]) -> None:
    names = Counter(person["name"]["family"] for person in many)
    assert len(names) > 1000
    assert any("'" in name for name in names) and any("-" in name for name in names)
    assert any(" " in name for name in names) and any(not name.isascii() for name in names)
    assert {"Siân", "Ffion", "Zoë"} <= {person["name"]["given"] for person in many}
    assert max(names.values()) < len(many) / 50


def test_names_are_written_in_the_usual_form_and_once() -> None:
    for names in (GIVEN, FAMILY):
        assert len(set(names)) == len(names)
        assert all(unicodedata.is_normalized("NFC", name) for name in names)


def test_most_read_english_and_some_welsh(many: list[dict[str, Any]]) -> None:
    languages = Counter(person["language"] for person in many)
    assert set(languages) == {"en", "cy"}
    assert 0.05 < languages["cy"] / len(many) < 0.12
