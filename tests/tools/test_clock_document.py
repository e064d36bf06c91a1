"""The document of the law's terms is made from the tables that the portal keeps to."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import pytest

from tools.clock_document import DOCUMENT, NATIONS, document

DUTIES = [
    pytest.param(duty, id=f"{name}: {duty.key}")
    for name, clock in NATIONS for edition in clock.editions for duty in edition.duties]


def test_what_people_read_of_the_clock_is_what_it_does() -> None:
    assert DOCUMENT.read_text() == document(), "run: python -m tools.clock_document"


def test_every_row_of_every_nation_is_in_it() -> None:
    sections = re.split(r"^## ", document(), flags=re.MULTILINE)[1:]
    assert len(sections) == len(NATIONS)
    for text, (_, clock) in zip(sections, NATIONS, strict=True):
        shown = re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)
        assert sorted(shown) == sorted(duty.key for edition in clock.editions for duty in edition.duties)


@pytest.mark.parametrize("duty", DUTIES)
def test_each_row_says_where_it_was_read_and_fits_a_table(duty: Any) -> None:
    assert urlsplit(duty.source).scheme in ("https", "http") and urlsplit(duty.source).netloc
    assert "|" not in f"{duty.right}{duty.what}{duty.teller}{duty.note}{duty.not_opened}"
