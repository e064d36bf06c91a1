"""A day as somebody typed it into the boxes for day, month and year."""

from __future__ import annotations

import re
from datetime import date
from functools import cache

from babel.dates import get_month_names

from core.base.ascii_digits import ascii_digits
from core.base.fields import AROUND
from core.base.languages import installed

# With the endings that a day has in either language: 7th, 7fed.
_DAY = re.compile(
    r"([0-9]{1,2})\s*(?:st|nd|rd|th|af|ain|fed|ed|edd|il|ail|ydd|dd|eg|g)?\.?", re.IGNORECASE)
_YEAR = re.compile(r"[0-9]{2}|[0-9]{4}")
_WHOLE = (
    re.compile(  # 7 May 1980, 7fed o Fai 1980, 07/05/1980
        r"(?P<day>[0-9]{1,2}[a-z]{0,3})[\s./-]{1,3}(?:of?\s+)?(?P<month>[0-9]{1,2}|[^\W\d_]{3,10}\.?)"
        r"[\s,./-]{1,3}(?P<year>[0-9]{2,4})", re.IGNORECASE),
    re.compile(r"(?P<year>[0-9]{4})[./-](?P<month>[0-9]{1,2})[./-](?P<day>[0-9]{1,2})"),
    re.compile(  # May 7, 1980
        r"(?P<month>[^\W\d_]{3,10})\.?\s+(?P<day>[0-9]{1,2}[a-z]{0,3})[\s,]{1,3}(?P<year>[0-9]{4})",
        re.IGNORECASE),
    re.compile(r"(?P<year>(?:18|19|20)[0-9]{2})(?P<month>0[1-9]|1[0-2])(?P<day>[0-3][0-9])"),
    re.compile(r"(?P<day>[0-3][0-9])(?P<month>[0-9]{2})(?P<year>[0-9]{4})"),
)
_BEFORE_A_MONTH = re.compile(r"(?:of?|mis|y[mn]|yng)\s+")
# As months begin after other Welsh words: o Fai, ym Medi, yng Ngorffennaf, yn Nhachwedd.
MUTATED = {
    "fawrth": 3, "fai": 5, "fehefin": 6, "orffennaf": 7, "ngorffennaf": 7, "fedi": 9, "dachwedd": 11,
    "nhachwedd": 11, "thachwedd": 11, "ragfyr": 12,
}
FIRST_YEAR = 1800  # before it, figures are missing: 226 for 2026


class NotADay(ValueError):
    """What was typed is no day; ``part`` is the box at fault: day, month, year, or None for all."""

    def __init__(self, part: str | None = None) -> None:
        super().__init__(f"not a {part or 'day'}")
        self.part = part


def typed_day(day: str, month: str, year: str, *, of_this_century: bool = True) -> date:
    """The day of three boxes, of any script's figures; the month may be a word.

    A year of two figures is *of this century*, or else no year: a birthday would be a guess. A whole
    day in the first box ("7 May 1980", "07/05/1980", "1980-05-07", "07051980") is that day, when the others
    are empty. Raises :class:`NotADay`, which names the first box at fault.
    """
    day, month, year = (ascii_digits(one).strip(AROUND) for one in (day, month, year))
    if not month and not year:
        whole = next(filter(None, (form.fullmatch(day) for form in _WHOLE)), None)
        day, month, year = whole.group("day", "month", "year") if whole else (day, month, year)
    if not (found := _DAY.fullmatch(day)) or not 1 <= int(found[1]) <= 31:
        raise NotADay("day")
    number = _month(month)
    if number is None or not 1 <= number <= 12:
        raise NotADay("month")
    full = int(year) if _YEAR.fullmatch(year) else 0
    if len(year) == 2 and full and of_this_century:
        full += 2000
    if full < FIRST_YEAR:
        raise NotADay("year")
    try:
        return date(full, number, int(found[1]))
    except ValueError:
        raise NotADay("day") from None  # 31 February: the month has no such day


def _month(typed: str) -> int | None:
    """By its figures, its name, or what only one name begins with (three letters at least)."""
    word = typed.strip(".").casefold()
    if re.fullmatch(r"[0-9]{1,2}", word):
        return int(word)
    word = _BEFORE_A_MONTH.sub("", word, count=1)
    names = months() | MUTATED
    if word in names:
        return names[word]
    numbers = {number for name, number in names.items() if len(word) > 2 and name.startswith(word)}
    return numbers.pop() if len(numbers) == 1 else None


@cache
def months() -> dict[str, int]:
    """Names of months, whole and short, in the languages of the portal, in small letters."""
    return {
        name.strip(".").casefold(): number
        for language in ("en_GB", *installed()) for width in ("wide", "abbreviated")
        for number, name in get_month_names(width, locale=language).items()
    }
