"""A reference is read without the words that people copy with it; letters of the force's own shape stay."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from core.force.file.reading import read_force
from core.force.model import Force
from core.plugin_host.host import host

FORCES = Path(__file__).resolve().parents[3] / "forces"


def force(name: str) -> Force:
    return read_force(FORCES / name / "force.toml")


LABELS = (
    "Crime ref: ", "crime reference ", "Crime Reference Number: ", "No. ", "No ", "no", "CR ", "CR",
    "CR: ", "Ref ", "REF", "Ref. no. ", "Ref#", "#", "Reference ", "My crime number is ", "Crime no ",
    "CRN: ", "URN ", "Case ref ", "The reference number is: ", "Police ref - ", "Cyf ", "Cyf: ",
    "Cyfeirnod: ", "Cyfeirnod trosedd ", "Rhif trosedd: ", "Rhif y drosedd ",
    "Rhif cyfeirnod y drosedd: ", "Cyfeirnod fy achos: ", "№ ",
)
OWN = (
    ("hertfordshire", "41/1/24"), ("avon-and-somerset", "5224012345"), ("police-scotland", "CR/0123456/24"),
    ("greater-manchester", "CRI/06BB/0012345/24"),
    ("cleveland", "SE24012345"), ("northern-ireland", "RM24012345"), ("northumbria", "012345A/24"),
    ("devon-and-cornwall", "CR/012345/22"), ("surrey", "PR/45240012345"), ("derbyshire", "24*123456"),
    ("gwent", "2400123456"),
)


def before(reference: str) -> list[str]:
    """Letters are one word with letters that follow them."""
    return [one for one in LABELS if not (one[-1].isalpha() and reference[0].isalpha())]


@pytest.mark.parametrize(("name", "reference"), OWN)
def test_a_label_before_a_reference_is_no_part_of_it(name: str, reference: str) -> None:
    one = force(name)
    for label in before(reference):
        typed = f"{label}{reference}"
        assert one.looks_like_reference(typed), typed
        assert one.reference_meaning(typed) == one.reference_meaning(reference), typed
        assert one.normalise_reference(reference) in one.reference_keys(typed), typed
        assert one.reference_meaning(typed.upper()) == one.reference_meaning(reference), typed


AROUND = (
    "{}.", "{},", "{} .", "({})", "[{}]", "“{}”", '"{}"', "'{}'", "<{}>", "«{}»", "{};", "{}:", "{}!", "{}…",
    "{}\n", "\u200e{}\u200e", "\u2066{}\u2069", "\ufeff{}\u200b", "Crime ref: {}.", "Crime ref: ({})",
    "Ref: “{}”.", "Your crime reference is {}.", "Eich cyfeirnod yw “{}”.",
)


@pytest.mark.parametrize(("name", "reference"), [*OWN, ("durham", "12345/24")])
def test_what_stands_around_a_reference_in_a_letter_is_no_part_of_it(name: str, reference: str) -> None:
    one = force(name)
    for around in AROUND:
        typed = around.format(reference)
        assert one.looks_like_reference(typed), ascii(typed)
        assert one.reference_meaning(typed) == one.reference_meaning(reference), ascii(typed)
        assert one.normalise_reference(reference) in one.reference_keys(typed), ascii(typed)


@pytest.mark.parametrize(("name", "typed"), [
    ("hertfordshire", "RM 41/1/24"), ("hertfordshire", "Khan 41/1/24"), ("hertfordshire", "1 41/1/24"),
    ("hertfordshire", "Crime ref"), ("hertfordshire", "CR"), ("police-scotland", "0123456/24"),
    ("northern-ireland", "24012345"), ("northern-ireland", "Ref 24012345"),
    ("hertfordshire", "41/1/24 and 41/2/24"), ("hertfordshire", "41/1/24 (theft)"),
    ("hertfordshire", "41/1."),
])
def test_other_letters_are_part_of_what_was_typed_and_asked_about(name: str, typed: str) -> None:
    assert not force(name).looks_like_reference(typed)
    own = dict(OWN)[name]
    assert force(name).reference_meaning(typed) != force(name).reference_meaning(own)


@pytest.mark.parametrize(("name", "typed"), [
    ("hertfordshire", "41/1/24/"), ("derbyshire", "24*123456*"),
])
def test_a_sign_that_may_stand_for_a_missing_part_is_asked_about(name: str, typed: str) -> None:
    assert not force(name).looks_like_reference(typed)


def test_where_the_shape_is_not_known_only_words_for_a_reference_are_left_out() -> None:
    one = force("durham")
    for typed in ("Crime ref: 12345/24", "Reference number 12345/24", "Cyfeirnod: 12345/24"):
        assert one.reference_meaning(typed) == one.reference_meaning("12345/24")
        assert one.normalise_reference("12345/24") in one.reference_keys(typed)
    for other in ("CR 12345/24", "DHM-12345/24", "REF12345/24", "A12345/24"):
        assert one.reference_meaning(other) != one.reference_meaning("12345/24")


@pytest.mark.parametrize(("name", "typed", "asked"), [
    ("hertfordshire", "41123452026", True), ("hertfordshire", "4112026", True),
    ("hertfordshire", "41/12345/2026", False), ("hertfordshire", "411234526", False),
    ("hertfordshire", "41 12345 2026", False), ("hertfordshire", "41/1234520/26", False),
    ("hertfordshire", "Crime ref 41123452026", True), ("avon-and-somerset", "5220201234", False),
    ("kent", "46123452026", True), ("west-midlands", "20/12320/26", False),
    ("west-midlands", "2012320", False),
])
def test_what_can_mean_two_crimes_is_asked_about(name: str, typed: str, asked: bool) -> None:
    """Without its strokes, 41/12345/2026 looks like 41/1234520/26."""
    assert force(name).looks_like_reference(typed) is not asked


def test_no_reference_of_the_portals_forces_is_read_as_another_ones(portal: Flask) -> None:
    for installed in host(portal).installed.values():
        one = installed.force
        for shape in one.references.patterns:
            made = {one.reference_meaning(f"{label}{shape.example}") for label in before(shape.example)}
            assert made == {one.reference_meaning(shape.example)}
