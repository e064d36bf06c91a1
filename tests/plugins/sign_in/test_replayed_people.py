"""Nobody of thirteen months of real crimes is taken for another, however kindly details are read."""

from __future__ import annotations

import os
from collections import defaultdict
from pathlib import Path

import pytest

from core.force.file.reading import read_force
from plugins.police_uk.files import Months, find_files, read_rows
from plugins.police_uk.people import FAMILY, made_up_person
from plugins.sign_in.names import name_of, same_name
from plugins.sign_in.postcodes import postcode_readings
from tests.conftest import HERTS, SHARED

FILES = SHARED / "data" / "police_uk" / "csv" / HERTS
FORCE = Path(__file__).resolve().parents[3] / "forces" / HERTS / "force.toml"


def test_no_two_of_their_surnames_match() -> None:
    names = [(one, name_of(one).whole, name_of(one).halves) for one in FAMILY]
    for one, whole, halves in names:
        assert same_name(one, one)
        assert [other for other, theirs, parts in names
                if other != one and (whole & theirs or whole & parts or theirs & halves)] == []


@pytest.mark.skipif(not FILES.is_dir() or os.environ.get("CI") == "true",
                    reason="the published files are not beside this checkout, in ../shared/data/police_uk")
def test_every_reference_and_postcode_of_the_replayed_people_is_read_as_that_one_alone() -> None:
    force = read_force(FORCE)
    crimes = {row.crime_id for file in find_files(FILES, HERTS, Months()) if file.kind == "street"
              for row in read_rows(file) if row.crime_id}
    assert len(crimes) > 50_000
    meanings = {force.reference_meaning(force.make_reference(number, 2026)) for number in range(len(crimes))}
    assert len(meanings) == len(crimes)
    alike: dict[str, set[str]] = defaultdict(set)
    for postcode in {str(made_up_person(HERTS, crime)["postcode"]) for crime in crimes}:
        for reading in postcode_readings(postcode):
            alike[reading].add(postcode)
    assert {len(one) for one in alike.values()} == {1}
