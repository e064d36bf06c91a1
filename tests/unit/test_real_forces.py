"""The forces of this installation: faultless, and fair to the people they serve."""

from __future__ import annotations

import re
import time
import tomllib
from pathlib import Path

import pytest

from core.force import read_force

REAL = sorted((Path(__file__).parents[2] / "forces").glob("*/force.toml"))
BY_FORCE = pytest.mark.parametrize("file", REAL, ids=lambda file: file.parent.name)


@BY_FORCE
def test_a_real_force_is_faultless(file):
    force = read_force(file)
    assert force.status == "draft"
    assert force.missing_to_go_live()


@BY_FORCE
def test_a_real_file_has_its_fixed_places(file):
    text = file.read_text()
    assert text.startswith('id = "')
    first = re.search(r"#[0-9a-fA-F]{6}\b", text)
    assert first[0] == tomllib.loads(text)["brand"]["colour"]
    tables = re.findall(r"^\[+([a-z_]+)", text, re.MULTILINE)
    assert tables[-1] == "phases"


@BY_FORCE
def test_everybody_at_a_real_force_is_offered_support(file):
    force = read_force(file)
    for district in force.districts:
        for crime_type in force.crime_types:
            assert force.support_for(district.id, crime_type.id), (district.id, crime_type.id)


@BY_FORCE
def test_a_real_force_maps_police_uk_categories_to_crime_types_it_has(file):
    force = read_force(file)
    mapped = force.plugin_settings["police_uk"]["crime_types"]
    assert all(force.crime_type(crime_type) for crime_type in mapped.values())
    assert not {"violent-crime", "anti-social-behaviour", "drugs"} & set(mapped)


@BY_FORCE
def test_a_real_force_opens_the_everyday_crimes_and_no_sensitive_one(file):
    force = read_force(file)
    opened = {name for phase in force.phases for name in phase.crime_types}
    everyday = {"bicycle-theft", "burglary-residential", "theft-of-vehicle", "theft-from-person"}
    assert everyday <= opened
    assert not [name for name in opened if force.crime_type(name).sensitive]


@BY_FORCE
def test_a_real_wordmark_is_drawn_without_anything_from_elsewhere(file):
    logo = (file.parent / "static" / read_force(file).brand.logo).read_text()
    assert f"<title id=\"title\">{read_force(file).name}</title>" in logo
    outside = logo.replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"https?:|url\(|<script|<image|@import|@font-face", outside)


@BY_FORCE
def test_a_real_force_is_checked_in_an_instant(file):
    started = time.perf_counter()
    read_force(file)
    assert time.perf_counter() - started < 0.5
