"""Whether a text is a day, so that it is not taken for something else: 01/04/2016, 1 April 2016, 20160401."""

from __future__ import annotations

import re
from datetime import date
from functools import cache

from babel.dates import get_day_names

from core.base import installed_languages, months

_WORDS = re.compile(r"[^\W\d_]+")
_NUMBERS = re.compile(r"\d+")
_APART = re.compile(r"\s*[\d\w]+(?:(?:\s*[/.,-]\s*|\s+)\w+)*\s*")
_OF_DAYS = frozenset({"st", "nd", "rd", "th", "of", "the", "o", "t", "z", "am", "pm", "dydd"})
FIRST, LAST = 1900, 2100


def is_day(text: str) -> bool:
    """Whether *text* is a day, a month of a year, or a year, as people in the United Kingdom write one.

    Days come first, last or second (14/03/2026, 2026-03-14, 03/14/26), in figures or with the month in
    English or Welsh, with a time or without.
    """
    text = re.sub(r"[T ]\d{1,2}:\d\d(:\d\d)?(\.\d+)?\s*(Z|[ap]m)?$", "", text.strip(), flags=re.IGNORECASE)
    if not _APART.fullmatch(text):
        return False
    numbers = _NUMBERS.findall(text)
    words = [word.casefold() for word in _WORDS.findall(text)]
    named = [months()[word] for word in words if word in months()]
    if any(word not in months() and word not in _OF_DAYS and word not in _week() for word in words):
        return False
    if len(named) == 1:
        return 1 <= len(numbers) <= 2 and _with_month(numbers, named[0])
    return not words and _in_figures(numbers)


def _with_month(numbers: list[str], month: int) -> bool:
    if len(numbers) == 1:
        return len(numbers[0]) == 4 and _fits(int(numbers[0]), month, 1)
    return any(_fits(_year(year), month, int(day)) for day, year in (numbers, numbers[::-1])
               if len(day) <= 2)


def _in_figures(numbers: list[str]) -> bool:
    if len(numbers) == 1 and len(numbers[0]) == 4:
        return FIRST <= int(numbers[0]) <= LAST
    if len(numbers) == 1 and len(numbers[0]) == 8:
        run = numbers[0]
        return (_fits(int(run[:4]), int(run[4:6]), int(run[6:]))
                or _fits(int(run[4:]), int(run[2:4]), int(run[:2])))
    if len(numbers) == 2:
        return any(len(year) == 4 and len(month) <= 2 and _fits(int(year), int(month), 1)
                   for month, year in (numbers, numbers[::-1]))
    if len(numbers) != 3 or max(map(len, numbers)) > 4:
        return False
    first, second, third = numbers
    if len(first) == 4:
        return len(second) <= 2 and len(third) <= 2 and _fits(int(first), int(second), int(third))
    return len(first) <= 2 and len(second) <= 2 and len(third) in (2, 4) and any(
        _fits(_year(third), int(month), int(day)) for day, month in ((first, second), (second, first)))


def _year(digits: str) -> int:
    return int(digits) if len(digits) == 4 else 2000 + int(digits) if len(digits) == 2 else 0


def _fits(year: int, month: int, day: int) -> bool:
    try:
        return FIRST <= date(year, month, day).year <= LAST
    except ValueError:
        return False


@cache
def _week() -> frozenset[str]:
    return frozenset(
        name.strip(".").casefold()
        for language in ("en_GB", *installed_languages()) for width in ("wide", "abbreviated")
        for name in get_day_names(width, locale=language).values()
    )
