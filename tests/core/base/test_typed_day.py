"""Days as people type them into three boxes."""

from __future__ import annotations

import contextlib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.base.typed_day import NotADay, months, typed_day


@pytest.mark.parametrize(("day", "month", "year"), [
    ("7", "5", "2026"), ("07", "05", "26"), (" 7 ", " 5 ", " 26 "), ("7", "May", "2026"), ("7", "MAY", "26"),
    ("7", "Mai", "2026"), ("٧", "٥", "٢٠٢٦"), ("7th", "May", "2026"), ("7fed", "Mai", "2026"),
    ("7.", "5", "2026"), ("7 May 2026", "", ""), ("07/05/2026", "", ""), ("2026-05-07", "", ""),
    ("7th of May, 2026", "", ""), ("7.5.26", "", ""), ("2026/05/07", "", ""), ("2026.5.7", "", ""),
    ("May 7, 2026", "", ""), ("may 7th 2026", "", ""), ("Mai 7, 2026", "", ""), ("07052026", "", ""),
    ("20260507", "", ""), ("7 o Fai 2026", "", ""), ("7fed o fai, 2026", "", ""), ("7", "o Fai", "2026"),
    ("7", "of May", "2026"), ("7", "mis Mai", "2026"), ("07.", "05.", "2026."), ("7 Fai 2026", "", ""),
    ("7ed", "Mai", "2026"), ("7", "ym Mai", "2026"), ("7,", "May,", "2026,"), ("“7”", "'May'", "(2026)"),
    ("\u200e7", "\u200e5", "\u200e2026"), ("\u200e07/05/2026\u200e", "", ""), ("(7 May 2026).", "", ""),
])
def test_a_day_is_read_however_it_is_typed(day: str, month: str, year: str) -> None:
    assert typed_day(day, month, year) == date(2026, 5, 7)


@pytest.mark.parametrize(("name", "number"), [
    ("January", 1), ("jan", 1), ("Jan.", 1), ("sept", 9), ("Sep", 9), ("September", 9), ("december", 12),
    ("Ionawr", 1), ("ion", 1), ("Chwefror", 2), ("Rhagfyr", 12), ("RHAG", 12), ("Fawrth", 3), ("o Fawrth", 3),
    ("Fai", 5), ("o Fehefin", 6), ("feh", 6), ("Orffennaf", 7), ("Orff.", 7), ("yng Ngorffennaf", 7),
    ("Fedi", 9), ("o Dachwedd", 11), ("yn Nhachwedd", 11), ("Thachwedd", 11), ("Ragfyr", 12),
    ("o Ionawr", 1), ("o Awst", 8),
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
    (("7", "Mayday", "2026"), "month"), (("7", "o", "2026"), "month"), (("7", "Fa", "2026"), "month"),
    (("7", "of", "2026"), "month"), (("7", "..", "2026"), "month"), (("05/17/1980", "", ""), "month"),
    (("17131980", "", ""), "month"), (("1705198", "", ""), "day"), (("May 32, 2026", "", ""), "day"),
    (("7th May", "", "2026"), "day"), (("7 May 26 1", "", ""), "day"),
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


@pytest.mark.parametrize("number", range(1, 32))
def test_every_ordinal_of_either_language_is_its_day(number: int) -> None:
    """As they are written: 1af, 2il, 3ydd, 5ed … 31ain; 1st, 2nd, 3rd, 4th … 31st."""
    small = ("af", "il", "ydd", "ydd", "ed", "ed", "fed", "fed", "fed", "fed", "eg", "fed", "eg", "eg", "fed",
             "eg", "eg", "fed", "eg", "fed")
    for typed in (f"{number}{small[number - 1] if number <= 20 else 'ain'}", f"{number}th", f"{number}."):
        for day in (typed, typed.upper(), f" {typed} "):
            assert typed_day(day, "1", "1980", of_this_century=False) == date(1980, 1, number)
        assert typed_day(f"{typed} o Ionawr 1980", "", "") == date(1980, 1, number)
    for other in ("2ail", "3edd", "4edd", "3ydd"):
        assert typed_day(other, "1", "1980").day == int(other[0])


@given(st.dates(date(1900, 1, 1), date(2026, 12, 31)),
       st.sampled_from(["%d%m%Y", "%Y%m%d", "%Y/%m/%d", "%d %m %Y"]))
def test_a_day_in_one_box_is_that_day_and_no_other(born: date, written: str) -> None:
    assert typed_day(born.strftime(written), "", "", of_this_century=False) == born


@given(st.text(max_size=5), st.text(max_size=9), st.text(max_size=5))
def test_whatever_is_typed_is_a_day_or_none(day: str, month: str, year: str) -> None:
    with contextlib.suppress(NotADay):
        assert typed_day(day, month, year).year >= 1800


def test_no_short_name_of_a_month_stands_for_two() -> None:
    assert {number for name, number in months().items() if name.startswith("mai")} == {5}
    assert set(months().values()) == set(range(1, 13))
