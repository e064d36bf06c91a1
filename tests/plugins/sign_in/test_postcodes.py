"""Postcodes as people and clerks write them; a part of one is told as a part, whoever types it."""

from __future__ import annotations

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from plugins.sign_in.matching import can_match, same_postcode
from plugins.sign_in.postcodes import AREAS, can_be_postcode, missing_part
from tests.conftest import HERTS
from tests.pages import Browser
from tests.plugins.sign_in.ways_in import RIGHT

# Either side may have it.
READ = (
    "WD17 1AA", "wd171aa", "WD17 1AA UK", "WD17 1AA, UK", "WD17 1AA, England", "WD17 1AA United Kingdom",
    "1 WD17 1AA", "WD17 1AA (old)", "Watford WD17 1AA", "Watford, WD171AA", "WD17 IAA UK", "WD17 1AA Lloegr",
    "WD17 1AA or WD17 1AA", "WD17 1AA.",
)
NOT_ITS = ("WD17 1AA or WD17 1AB", "WD17 1AB UK", "UK", "WD17", "1AA", "1 WD17", "WD17 1", "WD17 1A?",
           "A17 1AA")
HALF = (
    ("WD17", "end"), ("wd17", "end"), ("WD17 1", "end"), ("WD17 1A", "end"), ("WD17 1A?", "end"),
    ("M1", "end"), ("EC1A", "end"), ("W1A 1", "end"), ("WD17, UK", "end"), ("1AA", "start"), ("9XY", "start"),
)
NONE = ("NFA 1", "NFA", "unknown", "Watford", "1", "12", "old 1", "WD", "XQ1", "---")
OTHER_COUNTRIES = ("D02 X285", "1010", "75001", "SW-1234", "K1A 0B1", "101", "1234 AB", "BFPO 58", "FIQQ 1ZZ",
                   "GX11 1AA", "CH-8001", "SE-123 45", "HM 12", "A65 F4E2", "BT1 5GS")


@pytest.mark.parametrize("text", READ)
def test_a_postcode_is_read_with_what_stands_beside_it(text: str) -> None:
    assert same_postcode(text, "WD17 1AA") and same_postcode("WD17 1AA", text)
    assert can_match("postcode", text)


@pytest.mark.parametrize("text", NOT_ITS)
def test_another_postcode_or_half_of_one_is_not_it(text: str) -> None:
    assert not same_postcode(text, "WD17 1AA") and not same_postcode("WD17 1AA", text)


@pytest.mark.parametrize(("one", "other"), [
    ("M01 1AE", "M1 1AE"), ("L08 1AA", "L8 1AA"), ("CF03 2AA", "CF3 2AA"),
])
def test_a_nought_before_the_district_does_not_count(one: str, other: str) -> None:
    assert same_postcode(one, other) and same_postcode(other, one) and can_match("postcode", one)


def test_a_nought_that_is_a_letter_stays_one() -> None:
    assert same_postcode("S014 2AR", "SO14 2AR") and not same_postcode("S01 4AR", "S1 4AR")
    assert not same_postcode("CR0 2YR", "CR2 2YR")


@pytest.mark.parametrize(("text", "missing"), HALF)
def test_half_a_postcode_is_told_by_the_half_that_is_missing(
    app: Flask, text: str, missing: str
) -> None:
    """Also by letters that are no postcode: by its shape alone, so that it tells nothing of the record."""
    assert missing_part(text) == missing and not can_match("postcode", text)
    answer = Browser(app, HERTS).post("/sign-in", {**RIGHT, "postcode": text})
    assert answer.status_code == 400
    assert {"end": "The end of your postcode is missing", "start": "The beginning of your postcode is missing"
            }[missing] in answer.text


@pytest.mark.parametrize("text", NONE)
def test_what_can_be_no_postcode_is_none(app: Flask, text: str) -> None:
    assert not can_be_postcode(text) and not can_match("postcode", text)
    answer = Browser(app, HERTS).post("/sign-in", {**RIGHT, "postcode": text})
    assert answer.status_code == 400 and "Enter your postcode, like SG1 1AA" in answer.text


@pytest.mark.parametrize("text", OTHER_COUNTRIES)
def test_postcodes_of_other_countries_are_compared_as_they_stand(app: Flask, text: str) -> None:
    assert can_be_postcode(text) and missing_part(text) is None and can_match("postcode", text)
    assert Browser(app, HERTS).post("/sign-in", {**RIGHT, "postcode": text}).status_code == 303


@given(st.sampled_from(sorted(AREAS)), st.integers(1, 9), st.integers(0, 9), st.sampled_from(["AA", "XY"]))
def test_every_postcode_of_the_country_is_whole_and_read_as_itself_beside_a_word(
    area: str, district: int, sector: int, unit: str
) -> None:
    whole = f"{area}{district} {sector}{unit}"
    assert can_be_postcode(whole) and missing_part(whole) is None
    for text in (f"{whole} UK", f"7 {whole}", f"{whole} (old)"):
        assert same_postcode(text, whole)
        assert not same_postcode(text, f"{area}{district} {(sector + 1) % 10}{unit}")
    assert missing_part(f"{area}{district}") == "end"
