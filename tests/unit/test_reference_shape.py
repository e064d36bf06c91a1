"""One reference on a letter tells ``forces new`` the shape of all, where it can."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.force_file.reference import compile_pattern, template_fault
from core.force_file.reference_shape import shape_of


@pytest.mark.parametrize(("example", "pattern", "template"), [
    ("41/12345/16", r"^41/\d{1,7}/\d{2}$", "41/{number}/{yy}"),
    ("5224012345", r"^52\d{2}\d{6}$", "52{yy}{number:06d}"),
    ("24000123456", r"^\d{2}\d{9}$", "{yy}{number:09d}"),
    ("12240012345", r"^12\d{2}\d{7}$", "12{yy}{number:07d}"),  # 24 is nearer to now than 12
    ("SE24012345", r"^SE\d{2}\d{6}$", "SE{yy}{number:06d}"),
    ("CRI/06BB/0012345/24", r"^CRI/06BB/\d{7}/\d{2}$", "CRI/06BB/{number:07d}/{yy}"),
    ("CRI-2024-00123", r"^CRI-\d{4}-\d{1,7}$", "CRI-{yyyy}-{number}"),
    ("07/7654321", r"^\d{2}/\d{7}$", None),
    ("AB*77", r"^AB\*\d{2}$", None),
])
def test_an_example_is_read_as_people_who_know_it_read_it(
    example: str, pattern: str, template: str | None
) -> None:
    shape = shape_of(example, 2026)
    assert (shape.pattern, shape.template) == (pattern, template)


@given(st.from_regex(r"[A-Z0-9/ *.\-]{1,30}", fullmatch=True).filter(lambda t: any(map(str.isdigit, t))))
def test_a_shape_always_fits_its_own_example(example: str) -> None:
    shape = shape_of(example, 2026)
    pattern = compile_pattern(shape.pattern)
    assert pattern.printed.fullmatch(example)
    assert shape.template is None or template_fault(shape.template, [pattern]) is None
