"""Days as people type them into three boxes."""

from __future__ import annotations

import contextlib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.typed_day import NotADay, months, typed_day


@pytest.mark.parametrize(("day", "month", "year"), [
    ("7", "5", "2026"), ("07", "05", "26"), (" 7 ", " 5 ", " 26 "), ("7", "May", "2026"), ("7", "MAY", "26"),
    ("7", "Mai", "2026"), ("٧", "٥", "٢٠٢٦"), ("7th", "May", "2026"), ("7fed", "Mai", "2026"),
    ("7.", "5", "2026"), ("7 May 2026", "", ""), ("07/05/2026", "", ""), ("2026-05-07", "", ""),
    ("7th of May, 2026", "", ""), ("7.5.26", "", ""),
])
def test_a_day_is_read_however_it_is_typed(day: str, month: str, year: str) -> None:
    assert typed_day(day, month, year) == date(2026, 5, 7)


@pytest.mark.parametrize(("name", "number"), [
    ("January", 1), ("jan", 1), ("Jan.", 1), ("sept", 9), ("Sep", 9), ("September", 9), ("december", 12),
    ("Ionawr", 1), ("ion", 1), ("Chwefror", 2), ("Rhagfyr", 12), ("RHAG", 12),
])
def test_a_month_is_a_word_in_either_language(name: str, number: int) -> None:
    assert typed_day("1", name, "2026").month == number


@pytest.mark.parametrize(("typed", "part"), [
    (("", "5", "2026"), "day"), (("x", "5", "2026"), "day"), (("123", "5", "2026"), "day"),
    (("7", "", "2026"), "month"), (("7", "M", "2026"), "month"), (("7", "5/6", "2026"), "month"),
    (("7", "5", ""), "year"), (("7", "5", "226"), "year"), (("7", "5", "6"), "year"),
    (("7", "5", "0026"), "year"), (("7", "5", "20 26"), "year"), (("7", "5", "-26"), "year"),
    (("7", "5", "²²"), "year"), (("7", "5", "20266"), "year"),
    (("31", "2", "2026"), "day"), (("7", "13", "2026"), "month"), (("0", "5", "2026"), "day"),
    (("32", "5", "2026"), "day"), (("7", "0", "2026"), "month"), (("7", "Ma", "2026"), "month"),
    (("7", "Mayday", "2026"), "month"), (("7th May", "", "2026"), "day"), (("7 May 26 1", "", ""), "day"),
])
def test_what_is_no_day_says_which_box_is_at_fault(typed: tuple[str, str, str], part: str | None) -> None:
    with pytest.raises(NotADay) as wrong:
        typed_day(*typed)
    assert wrong.value.part == part


def test_of_a_birthday_a_year_of_two_figures_would_be_a_guess() -> None:
    assert typed_day("7", "5", "1980", of_this_century=False) == date(1980, 5, 7)
    for day, month, year in (("7", "5", "80"), ("7/5/80", "", ""), ("7", "May", "26")):
        with pytest.raises(NotADay) as wrong:
            typed_day(day, month, year, of_this_century=False)
        assert wrong.value.part == "year"


@given(st.text(max_size=5), st.text(max_size=9), st.text(max_size=5))
def test_whatever_is_typed_is_a_day_or_none(day: str, month: str, year: str) -> None:
    with contextlib.suppress(NotADay):
        assert typed_day(day, month, year).year >= 1800


def test_no_short_name_of_a_month_stands_for_two() -> None:
    assert {number for name, number in months().items() if name.startswith("mai")} == {5}
    assert set(months().values()) == set(range(1, 13))
