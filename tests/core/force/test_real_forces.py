"""The forces of this installation: faultless, and fair to the people they serve."""

from __future__ import annotations

import json
import math
import os
import re
import tomllib
from html import escape
from itertools import combinations
from pathlib import Path

import pytest

from core.force.field_types import WHITE, contrast
from core.force.file.lacks import missing_to_go_live
from core.force.file.reading import read_force

ROOT = Path(__file__).parents[3]
REAL = sorted((ROOT / "forces").glob("*/force.toml"))
BY_FORCE = pytest.mark.parametrize("file", REAL, ids=lambda file: file.parent.name)
FACTS = ROOT.parent / "shared" / "data" / "forces.json"
BESIDE = pytest.mark.skipif(
    not FACTS.is_file() and os.environ.get("CI") != "true",
    reason="the facts about forces are not beside this checkout, in ../shared/data",
)
# The ids of data.police.uk, and our own for Scotland, which is not there.
IDS = [
    "avon-and-somerset", "bedfordshire", "btp", "cambridgeshire", "cheshire", "city-of-london",
    "cleveland", "cumbria", "derbyshire", "devon-and-cornwall", "dorset", "durham", "dyfed-powys",
    "essex", "gloucestershire", "greater-manchester", "gwent", "hampshire", "hertfordshire",
    "humberside", "kent", "lancashire", "leicestershire", "lincolnshire", "merseyside",
    "metropolitan", "norfolk", "north-wales", "north-yorkshire", "northamptonshire",
    "northern-ireland", "northumbria", "nottinghamshire", "police-scotland", "south-wales",
    "south-yorkshire", "staffordshire", "suffolk", "surrey", "sussex", "thames-valley",
    "warwickshire", "west-mercia", "west-midlands", "west-yorkshire", "wiltshire",
]
WITH_SAMPLE_PEOPLE = {"hertfordshire", "avon-and-somerset"}
LEAST_DIFFERENCE = 10  # in CIELAB; people tell two colours apart from about 2 on


def test_all_forty_six_forces_are_there():
    assert [file.parent.name for file in REAL] == IDS


@BY_FORCE
def test_a_real_force_is_faultless(file):
    force = read_force(file)
    assert force.status == "draft"
    assert missing_to_go_live(force)


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
    if force.nation == "Scotland":
        assert "police_uk" not in force.plugins  # data.police.uk has no files of it
        return
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
    assert f"<title id=\"title\">{escape(read_force(file).name, quote=False)}</title>" in logo
    outside = logo.replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"https?:|url\(|<script|<image|@import|@font-face", outside)


# --- nobody is taken for another, and nothing unconfirmed is shown ------------------------------


def test_no_two_forces_look_or_write_alike():
    forces = [read_force(file) for file in REAL]
    colours = [c for force in forces for c in (force.brand.colour, force.brand.accent)]
    assert len(colours) == len(set(colours))
    for key in ("name", "short_name", "website"):
        assert len({getattr(force, key) for force in forces}) == len(forces), key
    senders = [s for f in forces for s in (f.email_sender.address, f.email_sender.discreet_address)]
    assert len(senders) == len(set(senders))


def test_people_can_see_that_they_are_at_another_force():
    colours = {read_force(file).id: read_force(file).brand.colour for file in REAL}
    for (one, first), (other, second) in combinations(colours.items(), 2):
        apart = math.dist(_lab(first), _lab(second))
        assert apart >= LEAST_DIFFERENCE, (one, first, other, second, apart)


def _lab(colour: str) -> tuple[float, float, float]:
    """A colour as CIE 1976 L*a*b*, in which distance is what the eye sees (D65 white)."""
    part = [int(colour[at:at + 2], 16) / 255 for at in (1, 3, 5)]
    r, g, b = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in part]
    x = (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505
    y = 0.2126 * r + 0.7152 * g + 0.0722 * b
    z = (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089
    fx, fy, fz = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


@BY_FORCE
def test_white_words_on_a_real_forces_colours_can_be_read(file):
    brand = read_force(file).brand
    assert contrast(brand.colour, WHITE) >= 4.5
    assert contrast(brand.accent, WHITE) >= 4.5
    assert "Our own choice" in (brand.note or "")


@BY_FORCE
def test_letters_of_a_real_force_reach_nobody_until_it_gives_its_addresses(file):
    force = read_force(file)
    assert force.email_sender.address.endswith(".example")
    assert force.email_sender.discreet_address.endswith(".example")
    assert force.hosts == ()


@BY_FORCE
def test_only_the_two_forces_with_sample_people_are_in_the_demo(file):
    force = read_force(file)
    assert ("demo" in force.plugins) == (force.id in WITH_SAMPLE_PEOPLE)


@BY_FORCE
def test_references_of_a_real_force_have_the_shape_that_people_are_told(file):
    force = read_force(file)
    references = force.references
    assert references.help
    for entry in references.patterns:
        assert force.looks_like_reference(entry.example)
    if references.patterns:
        assert references.patterns[0].example in str(references.help)
        made = {force.make_reference(number, 2026) for number in (1, 2, 54321)}
        assert len(made) == 3
        assert all(force.looks_like_reference(reference) for reference in made)
    else:
        assert any("the shape of crime references" in line for line in force.to_confirm)
        assert references.template is None


@BY_FORCE
def test_a_real_bilingual_force_says_everything_in_both_languages(file):
    force = read_force(file)
    assert ("cy" in force.languages) == (force.nation == "Wales" or force.id == "btp")
    if "cy" in force.languages:
        assert not [lack for lack in missing_to_go_live(force) if "the Welsh is missing" in lack]
        assert force.name_in("cy").startswith("Heddlu")


def test_the_source_of_district_names_and_codes_is_credited():
    readme = " ".join((ROOT / "README.md").read_text().split())
    assert (
        "contains public sector information, and National Statistics data, licensed under the"
        " Open Government Licence v3.0"
    ) in readme


# --- the facts, as they were gathered -----------------------------------------------------------


@pytest.fixture(scope="module")
def facts() -> dict[str, dict]:
    return {one["id"]: one for one in json.loads(FACTS.read_text())}


@BESIDE
@BY_FORCE
def test_a_real_force_is_as_the_facts_say(file, facts):
    force = read_force(file)
    fact = facts[force.id]
    for key in ("name", "short_name", "nation", "website", "non_emergency"):
        assert getattr(force, key) == fact[key], key
    assert list(force.languages) == fact["languages"]
    assert force.names.by_language.get("cy") == fact.get("name_cy")
    assert force.ons_code == fact.get("ons_code")
    assert force.governed_by == fact["pcc_or_mayor_office"]
    assert [(d.id, d.name, d.ons_code) for d in force.districts] == [
        (d["id"], d["name"], d.get("ons_code")) for d in fact["districts"]
    ]
    for district, known in zip(force.districts, fact["districts"], strict=True):
        assert set(known.get("former_districts", ())) <= set(district.former_districts)
        assert known.get("name_cy") in (None, district.names.by_language.get("cy"))


@BESIDE
@BY_FORCE
def test_every_reference_that_the_facts_give_is_understood(file, facts):
    force = read_force(file)
    fact = facts[force.id]
    assert bool(force.references.patterns) == bool(fact["crime_reference_pattern"])
    if fact["crime_reference_example"]:
        assert force.looks_like_reference(fact["crime_reference_example"])
        assert re.fullmatch(fact["crime_reference_pattern"], force.make_reference(12345, 2026))


@BESIDE
@BY_FORCE
def test_the_earlier_tracker_of_a_real_force_is_in_its_notes(file, facts):
    force = read_force(file)
    known = facts[force.id]["trackmycrime"]
    assert ("Earlier tracker" in (force.notes or "")) == bool(known)
    if known and known["since"]:
        assert known["since"][:4] in force.notes
        assert force.phases[0].opens.isoformat().startswith(known["since"])


@BESIDE
@BY_FORCE
def test_support_of_a_real_force_is_what_a_source_says(file, facts):
    force = read_force(file)
    fact = facts[force.id]
    known = [fact["victim_service"], *fact["specialist_services"], fact["fallback_support"]]
    sourced = [one for one in known if one and one["confidence"] == "sourced"]
    shown = {(s.phone or "").replace(" ", "") for s in force.support} - {""}
    numbers = {one["phone"].replace(" ", "") for one in sourced if one.get("phone")}
    assert numbers <= shown
    assert shown <= numbers | {"03001232040"}  # Report Fraud, which is national
    assert ("03001232040" in shown) == (force.nation != "Scotland")
    if fact["victim_service"]["confidence"] != "sourced":
        assert fact["victim_service"]["name"] not in {s.name for s in force.support}


@BESIDE
def test_no_number_that_nobody_has_verified_stands_in_any_file(facts):
    unverified = {
        re.sub(r"\D", "", said["number"])
        for fact in facts.values()
        for one in (fact["victim_service"], *fact["specialist_services"])
        if (said := (one or {}).get("phone_unverified"))
    }
    assert len(unverified) > 20
    for file in REAL:
        digits = re.sub(r"(?<=\d) (?=\d)", "", file.read_text())
        assert not [number for number in unverified if number in digits], file
