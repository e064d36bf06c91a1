"""References on letters tell ``forces new`` the shape of all, where they can."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.force.reference import compile_pattern, template_fault
from plugins.onboarding.day_like import is_day
from plugins.onboarding.reference_shape import Shape, shapes_of


def shape_of(*examples: str) -> Shape:
    (shape,) = shapes_of(examples, 2026)
    return shape


@pytest.mark.parametrize(("example", "pattern", "template"), [
    ("41/12345/16", r"^41/\d{1,7}/\d{2}$", "41/{number}/{yy}"),
    ("53/12345/27", r"^53/\d{1,7}/\d{2}$", "53/{number}/{yy}"),  # of the year that begins soon
    ("22/12345/16", r"^22/\d{1,7}/\d{2}$", "22/{number}/{yy}"),  # the last part is the year, not 22
    ("36-4711-09", r"^36-\d{1,7}-\d{2}$", "36-{number}-{yy}"),
    ("53 12345 26", r"^53 \d{1,7} \d{2}$", "53 {number} {yy}"),
    ("26/12345", r"^\d{2}/\d{1,7}$", "{yy}/{number}"),
    ("2026/1234", r"^\d{4}/\d{1,7}$", "{yyyy}/{number}"),
    ("1234567/08", r"^\d{1,7}/\d{2}$", "{number}/{yy}"),
    ("20/1/26", r"^20/\d{1,7}/\d{2}$", "20/{number}/{yy}"),
    ("WX/1234/26", r"^WX/\d{1,7}/\d{2}$", "WX/{number}/{yy}"),
    ("5224012345", r"^52\d{2}\d{6}$", "52{yy}{number:06d}"),
    ("5227012345", r"^52\d{2}\d{6}$", "52{yy}{number:06d}"),
    ("22120012345", r"^22\d{2}\d{7}$", "22{yy}{number:07d}"),  # 22 would leave a number of 120 million
    ("20160012345", r"^\d{4}\d{7}$", "{yyyy}{number:07d}"),
    ("5226/123456", r"^52\d{2}/\d{1,7}$", "52{yy}/{number}"),
    ("22/24012345", r"^22/\d{2}\d{6}$", "22/{yy}{number:06d}"),
    ("24000123456", r"^\d{2}\d{9}$", "{yy}{number:09d}"),
    ("12240012345", r"^12\d{2}\d{7}$", "12{yy}{number:07d}"),  # 12 would leave a number of 240 million
    ("SE24012345", r"^SE\d{2}\d{6}$", "SE{yy}{number:06d}"),
    ("CRI/06BB/0012345/24", r"^CRI/06BB/\d{7}/\d{2}$", "CRI/06BB/{number:07d}/{yy}"),
    ("CRI-2024-00123", r"^CRI-\d{4}-\d{1,7}$", "CRI-{yyyy}-{number}"),
    ("07/7654321", r"^\d{2}/\d{1,7}$", None),
    ("53/12345", r"^53/\d{1,7}$", None),
    ("53/12345/77", r"^53/\d{1,7}/\d{2}$", None),
    ("AB*77", r"^AB\*\d{1,7}$", None),
])
def test_an_example_is_read_as_people_who_know_it_read_it(
    example: str, pattern: str, template: str | None
) -> None:
    shape = shape_of(example)
    assert (shape.pattern, shape.template) == (pattern, template)


@pytest.mark.parametrize(("examples", "pattern", "template"), [
    (("53/12345/27", "53/1/25"), r"^53/\d{1,7}/\d{2}$", "53/{number}/{yy}"),
    (("41/12345/16", "42/7/26"), r"^\d{2}/\d{1,7}/\d{2}$", None),  # so 41 is not of all
    (("AB/123/26", "CD/4567/25"), r"^[A-Z]{2}/\d{1,7}/\d{2}$", None),
    (("26123456", "2512345"), r"^\d{2}\d{5,6}$", "{yy}{number:06d}"),
    (("26/1", "25/123456"), r"^\d{2}/\d{1,7}$", "{yy}/{number}"),
    (("9/25", "12345678/26"), r"^\d{1,8}/\d{2}$", "{number}/{yy}"),
])
def test_several_examples_say_what_differs_and_what_does_not(
    examples: tuple[str, ...], pattern: str, template: str | None
) -> None:
    for given_so in (examples, examples[::-1]):
        shape = shape_of(*given_so)
        assert (shape.pattern, shape.template) == (pattern, template)


def test_examples_that_are_written_in_two_ways_are_two_shapes() -> None:
    first, second = shapes_of(["41/12345/16", "5224012345", "41/7/17"], 2026)
    assert (first.examples, second.examples) == (("41/12345/16", "41/7/17"), ("5224012345",))


@pytest.mark.parametrize(("example", "others", "not_these"), [
    ("53/12345/27", ["53/1234/26", "53/1/25", "53/1234567/30"], ["54/1234/26", "53/1234", "53/12345678/26"]),
    ("36-4711-26", ["36-1-27", "36-999999-25"], ["37-4711-26", "4711-26"]),
    ("WX/1234/26", ["WX/7/27", "wx/123456/25"], ["WY/1234/26", "1234/26"]),
    ("5224012345", ["5226999999", "5227000001"], ["5324012345", "52240123"]),
    ("5226/123456", ["5227/1", "5225/99999"], ["5326/123456"]),
    ("CRI-2024-00123", ["CRI-2027-9", "CRI-2025-123456"], ["CRX-2024-123", "2024-00123"]),
])
def test_references_of_other_years_and_numbers_are_taken_and_of_other_forces_not(
    example: str, others: list[str], not_these: list[str]
) -> None:
    pattern = compile_pattern(shape_of(example).pattern)
    assert [one for one in others if not pattern.matches(one)] == []
    assert [one for one in not_these if pattern.matches(one)] == []


ANY = st.from_regex(r"[A-Z0-9/ *.\-]{1,30}", fullmatch=True).filter(lambda t: any(map(str.isdigit, t)))


@given(st.lists(ANY, min_size=1, max_size=4))
def test_shapes_always_fit_their_own_examples_and_what_is_said_of_them(examples: list[str]) -> None:
    shapes = shapes_of(examples, 2026)
    assert sorted(one for shape in shapes for one in shape.examples) == sorted(set(examples))
    for shape in shapes:
        pattern = compile_pattern(shape.pattern)
        assert all(map(pattern.printed.fullmatch, shape.examples))
        assert all(map(pattern.matches, shape.fits))
        assert not any(map(pattern.matches, shape.differs))
        assert shape.template is None or template_fault(shape.template, [pattern]) is None


# --- a day is no reference ------------------------------------------------------------------------


@pytest.mark.parametrize("text", [
    "01/04/2016", "1/4/16", "2016-04-01", "01.04.2016", "1 April 2016", "April 1, 2016", "1st of April 2016",
    "1 Ebrill 2016", "14-Mar-26", "14 Sept 2026", "20160401", "01042016", "04/2016", "March 2026", "2026",
    "2016-04-01T10:00", "14/03/2026 10:30", "Mon 14 March 2026", "03/14/2026", "14 03 2026", "14MAR2026",
    "Dydd Llun 14 Mawrth 2026", "1ST APRIL 2016", "2026/03/14",
])
def test_a_day_is_known_as_one(text: str) -> None:
    assert is_day(text)


@pytest.mark.parametrize("text", [
    "41/12345/16", "53/12345/27", "5224012345", "CRI/06BB/0012345/24", "41/12/26", "12345/16", "MAY123",
    "24*123456", "41 12345 16", "AB/14/03/26", "16000123", "20161399", "99999999", "2016/1234",
    "MAR/12345/26", "1234567", "07/7654321", "01/99/2016", "31/02/2016", "5226", "",
])
def test_a_reference_is_no_day(text: str) -> None:
    assert not is_day(text)
