"""Numbers that texts may go to."""

from __future__ import annotations

import pytest

from core.base.phone import text_number


@pytest.mark.parametrize("written", [
    "07400 123456", "07400-123-456", "(07400) 123456", "+44 7400 123456", "0044 7400 123456",
    "+44 (0)7400 123456", " 07400123456 ",
])
def test_a_mobile_is_known_however_it_is_written(written: str) -> None:
    assert text_number(written) == "+447400123456"


@pytest.mark.parametrize("written", [
    None, "", "07400", "07400 123456 x12", "01923 123456", "+44 1923 123456", "070 1234 5678",
    "0900 123 4567", "+353 85 012 3456", "+33612345678", "07781 123456", "07624 123456", "999", "abc",
])
def test_no_other_number_is_taken(written: str | None) -> None:
    assert text_number(written) is None


def test_a_force_can_add_countries_and_then_mobiles_there_are_taken() -> None:
    assert text_number("+353 85 012 3456", ("+353",)) == "+353850123456"
    assert text_number("07781 123456", ("+447781",)) == "+447781123456"
    assert text_number("+353 1 679 6000", ("+353",)) is None
    assert text_number("+33612345678", ("+353",)) is None


def test_samples_have_numbers_that_belong_to_nobody() -> None:
    assert text_number("07700 900001") == "+447700900001"
    assert text_number("07700 9000011") is None
