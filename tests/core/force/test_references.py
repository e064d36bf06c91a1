"""People type crime references in many ways, and patterns must not keep the server busy."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.force.fault import ForceFileError
from core.force.file.reading import build_force
from core.force.reference import PatternFault, compile_pattern, reference_key, short_form
from tests.core.force.force_texts import GOOD


@given(st.text())
def test_a_reference_made_comparable_stays_as_it_is(text):
    once = reference_key(text)
    assert reference_key(once) == once
    assert re.fullmatch("[0-9A-Z]*", once)


def test_a_person_may_type_the_reference_as_they_like():
    force = build_force(GOOD)
    ways = ["41/12345/16", "41 12345 16", "41-12345-16", "411234516",
            " 41 / 12345/16 ", "41–12345–16"]
    assert {force.normalise_reference(way) for way in ways} == {"411234516"}
    assert all(force.looks_like_reference(way) for way in ways)
    for slip in ("41/12345", "42/12345/16", "", "41/12345678/160", "x" * 1000):
        assert not force.looks_like_reference(slip)


SHORT = """
[[references.patterns]]
pattern = '^\\d{2}\\d{9}$'
example = "24000123456"

[[references.patterns]]
pattern = '^\\d{2}\\*\\d{1,6}$'
example = "24*123456"
"""


def with_short_forms(more: str) -> str:
    return GOOD.replace('template = "41/{number}/{yy}"\n', "").replace(
        "\n[[districts]]", f"{SHORT}{more}\n[[districts]]", 1)


def test_who_types_the_reference_short_as_the_letter_has_it_finds_the_same_case():
    force = build_force(with_short_forms("filled_to = 11\n"))
    for way in ("24*123456", "24 * 123456", "24 123456", "24-123456", "24000123456", "24 000123456"):
        assert force.normalise_reference(way) == "24000123456", way
        assert force.looks_like_reference(way), way
    assert force.normalise_reference("24*7") == "24000000007"
    assert force.normalise_reference("41/12345/16") == "411234516"
    assert force.normalise_reference("") == ""
    other = build_force(with_short_forms(""))
    assert other.normalise_reference("24*123456") == "24123456"


@pytest.mark.parametrize(("more", "right"), [
    ("filled_to = 12\n", "how many signs"), ("filled_to = 5\n", "how many signs"),
    ('filled_to = "11"\n', "digits without quotation marks"), ("filled_to = 0\n", "at least 4"),
])
def test_a_short_form_that_is_no_whole_reference_in_full_is_told(more, right):
    with pytest.raises(ForceFileError) as raised:
        build_force(with_short_forms(more))
    (problem,) = raised.value.problems
    assert problem.key == "references.patterns[3].filled_to"
    assert right in problem.right


def test_noughts_go_where_the_pattern_has_a_star_of_its_own():
    for pattern in (r"^\d{2}/\d{1,6}$", r"^\d{2}(?:\*)?\d{1,6}$", r"^\d\*\d\*\d$"):
        compile_pattern(pattern)
        with pytest.raises(PatternFault, match="noughts"):
            short_form(pattern, 11)


def test_made_references_have_the_force_s_shape_and_end_where_the_numbers_do():
    force = build_force(GOOD)
    assert force.make_reference(7, 2021) == "41/7/21"
    assert force.looks_like_reference(force.make_reference(9_999_999, 2000))
    with pytest.raises(ValueError, match="too large"):
        force.make_reference(10_000_000, 2021)


def test_a_force_without_a_known_shape_takes_what_could_be_a_reference():
    start, end = GOOD.index("[references]"), GOOD.index("[[districts]]")
    force = build_force(GOOD[:start] + GOOD[end:])
    assert force.looks_like_reference("AB/123/20")
    assert not force.looks_like_reference("hello")
    with pytest.raises(ValueError, match="template"):
        force.make_reference(1, 2021)


@pytest.mark.parametrize(("pattern", "reference"), [
    (r"^(?:01/\d{1,8}|\d{7})/\d{2}$", "01/1234567/24"),
    (r"^\d{2}(?:\d{9}|\*\d{1,6})$", "24*123456"),
    (r"^IML[ -]?\d{6,7}$", "IML 1234567"),
    (r"^CRI/06[A-Z]{2}/\d{7}/\d{2}$", "CRI/06BB/0012345/24"),
    (r"^(?:log )?\d{1,5} of \d{1,2}/\d{1,2}/\d{4}$", "log 1234 of 11/04/2025"),
])
def test_patterns_of_the_country_s_forces_are_understood(pattern, reference):
    compiled = compile_pattern(pattern)
    assert compiled.printed.fullmatch(reference)
    assert compiled.matches(reference_key(reference).lower())


@pytest.mark.parametrize("pattern", [
    r"^(\d+)+$", r"^(\d|\d\d)+$", r"^(a|aa){1,20}$", r"^\d+\d+\d+\d+$", "^" + "a?" * 20 + "$",
    r"^((\d{1,9}){1,9}){1,9}$",
])
def test_a_pattern_that_would_keep_the_server_busy_is_refused(pattern):
    with pytest.raises(PatternFault, match="too many ways"):
        compile_pattern(pattern)
