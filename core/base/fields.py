"""Values that come from outside: texts, lines, moments, days, as they are taken and kept.

Every message of a fault says what is wrong and never repeats the value.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    StringConstraints,
)

from core.base import clock
from core.base.email_address import ascii_address

CLOCKS_DIFFER = timedelta(minutes=5)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
OLDEST = 120  # years that nobody becomes
MOST_MARKS = 30  # on one letter, as Unicode's "stream-safe" text has it; no writing comes near
# What stands around a value that is copied out of a sentence or a letter, and marks of direction that nobody
# sees: Windows shows a day with one.
AROUND = (" \t\n\r\u00a0\u202f.,;:!?…()[]{}<>\"'‘’‚‛“”„«»‹›"
          "\u200b\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2068\u2069\ufeff")

# RFC 3339, and what ISO 8601 has beside it: an offset without colon, a comma before the fraction
_MOMENT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]([0-9]{2}:[0-9]{2})(:[0-9]{2})?([.,][0-9]{1,9})?"
    r" ?(?:([Zz])|([+-][0-9]{2}):?([0-9]{2})?)"
)
_DAY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[Tt ]00:00(?::00(?:[.,]0+)?)?)?")
# The year first, then the month: no other order is written so. Midnight may have the zone of its day.
_BIRTHDAY = re.compile(
    r"([0-9]{4})(?:([-/.])([0-9]{1,2})\2([0-9]{1,2})|([0-9]{2})([0-9]{2}))"
    r"(?:[Tt ]00:00(?::00(?:[.,]0+)?)?)? ?(?:[Zz]|[+-]00:?00)?"
)
_WINDOWS = {n: bytes([n]).decode("cp1252", "ignore") or chr(n) for n in range(0x80, 0xA0)}
_BLANKS = re.compile(r"[ \t\u00a0\u2000-\u200a\u202f\u3000]+")


# Letters and symbols to Unicode, and blank to everybody.
_UNSEEN = frozenset("\u115f\u1160\u2800\u3164\uffa0")


def shows_nothing(text: str) -> bool:
    """Whether nobody could read anything in *text*: it is blanks, marks and joiners only."""
    return not any(unicodedata.category(sign)[0] in "LNPS" and sign not in _UNSEEN for sign in text)


def clean_text(text: str) -> str:
    """*text* in NFC. Raises ``ValueError`` for control characters, lone surrogates and heaps of accents."""
    if text.isascii() and text.isprintable():
        return text
    if _CONTROL.search(text):
        raise ValueError("holds a control character")
    if text.isascii():
        return text
    if _heaped(text):
        raise ValueError(f"holds a letter with more than {MOST_MARKS} accents")
    return unicodedata.normalize("NFC", text)


def _heaped(text: str) -> bool:
    """Putting the marks of a letter in order takes the square of their number."""
    marks = 0
    for sign in text:
        marks = marks + 1 if unicodedata.combining(sign) else 0
        if marks > MOST_MARKS:
            return True
    return False


def clean_line(text: str) -> str:
    """One line of clean text, trimmed. Raises ``ValueError`` as :func:`clean_text`, and for a line break."""
    text = clean_text(text).strip()
    if not text.isprintable() and re.search(r"[\r\n\u2028\u2029]", text):
        raise ValueError("holds a line break")
    return text


def _single_blanks(text: str) -> str:
    return _BLANKS.sub(" ", text) if "  " in text or not text.isprintable() else text


def not_blank(text: str) -> str:
    """*text*, if there is any. Raises ``ValueError``."""
    if not text:
        raise ValueError("is blank")
    return text


def _digits_as_text(value: Any) -> Any:
    """A number that a record system keeps as one; a fraction is none of these."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _as_it_looks(value: Any) -> Any:
    """Signs of Windows (cp1252) that came as control characters, and line breaks of Word."""
    if not isinstance(value, str) or value.isprintable():
        return value
    return value.translate(_WINDOWS | {0x0B: "\n", 0x0C: "\n"})


def _as_one_line(value: Any) -> Any:
    """Likewise, where no line may break."""
    if not isinstance(value, str) or value.isprintable():
        return value
    return _as_it_looks(value.translate({0x0B: " ", 0x0C: " "}))


def _written_moment(value: Any) -> Any:
    if isinstance(value, datetime):
        return value
    found = _MOMENT.fullmatch(value.strip()) if isinstance(value, str) else None
    if not found:
        raise ValueError("is not a moment with its zone, like 2024-03-01T10:00:00Z")
    day, minute, second, fraction, zulu, hours, minutes = found.groups()
    zone = "Z" if zulu else f"{hours}:{minutes or '00'}"
    return f"{day}T{minute}{second or ':00'}{(fraction or '').replace(',', '.')}{zone}"


def _in_utc(value: datetime) -> datetime:
    """In years that calendars of every zone can hold."""
    if not 1900 <= value.year <= 2200:
        raise ValueError("is not in the years 1900 to 2200")
    return value.astimezone(UTC)


def _written_day(value: Any) -> Any:
    """Midnight without a zone is that day; with one it may be the day before."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    found = _DAY.fullmatch(value.strip()) if isinstance(value, str) else None
    if not found:
        raise ValueError("is not a day, like 2024-03-01")
    return found[1]


def _written_birthday(value: Any) -> Any:
    found = _BIRTHDAY.fullmatch(value.strip()) if isinstance(value, str) else None
    if not found:
        return value
    year, _, month, day, *joined = found.groups()
    return "-".join((year, f"{month or joined[0]:0>2}", f"{day or joined[1]:0>2}"))


def _not_to_come(value: datetime) -> datetime:
    if value > clock.now() + CLOCKS_DIFFER:
        raise ValueError("is in the future")
    return value


def is_birth_day(day: date) -> bool:
    """Whether somebody who lives now can have been born then; 1900-01-01 stands for “not known”."""
    today = clock.today()
    return date(today.year - OLDEST, 1, 1) <= day <= today


def _of_a_life(value: date) -> date:
    if not is_birth_day(value):
        raise ValueError("is in the future, or more than a lifetime ago")
    return value


def _address(text: str) -> str:
    """As the record has it, for people to read; letters go to :func:`core.base.ascii_address`."""
    text = text.removeprefix("mailto:").rstrip(".")
    ascii_address(text)
    return text


def key(*known: str, also: Callable[[str], str] = str) -> BeforeValidator:
    """One of *known*, however its words are joined and whatever their case: ``Under investigation``."""
    return BeforeValidator(key_reader(known, also))


@cache
def key_reader(known: tuple[str, ...], also: Callable[[str], str] = str) -> Callable[[Any], Any]:
    """What reads a value as one of *known*, and leaves as it is what is none of them; as :func:`key` does."""
    folded = {_folded(one): one for one in known}

    def read(value: Any) -> Any:
        if value in known:
            return value
        return folded.get(_folded(also(value)), value) if isinstance(value, str) else value

    return read


def _folded(text: str) -> str:
    return re.sub(r"[\s_-]+", "", text).casefold()


Moment = Annotated[AwareDatetime, BeforeValidator(_written_moment), AfterValidator(_in_utc)]
PastMoment = Annotated[Moment, AfterValidator(_not_to_come)]
Day = Annotated[date, BeforeValidator(_written_day)]
BirthDay = Annotated[Day, BeforeValidator(_written_birthday), AfterValidator(_of_a_life)]
AsItLooks = BeforeValidator(_as_it_looks)
Text = Annotated[str, AsItLooks, StringConstraints(max_length=20_000), AfterValidator(clean_text)]
Line = Annotated[
    str, BeforeValidator(_as_one_line), BeforeValidator(_digits_as_text), StringConstraints(max_length=500),
    AfterValidator(clean_line), AfterValidator(_single_blanks), AfterValidator(not_blank),
]
Id = Annotated[
    str, BeforeValidator(_digits_as_text), StringConstraints(max_length=200),
    AfterValidator(clean_line), AfterValidator(not_blank),
]
Email = Annotated[
    str, StringConstraints(max_length=320), AfterValidator(clean_line), AfterValidator(not_blank),
    AfterValidator(_address),
]

SEPARATOR = "\x1f"  # between the parts of a stamp; no part can hold it


class Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


def stamp_of(moment: datetime, sequence: str, event_id: str) -> str:
    """What orders news of one source by (time, sequence, id), as one text; *moment* bears a zone."""
    text = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")
    return SEPARATOR.join((text, sequence, event_id))


def time_of(stamp: str) -> datetime:
    """When it happened that has this stamp (UTC)."""
    return datetime.fromisoformat(stamp.partition(SEPARATOR)[0]).replace(tzinfo=UTC)


def listed(value: Any) -> Any:
    """A list; some record systems write one as a text: ``email, sms``."""
    if not isinstance(value, str):
        return value
    for sign in ";|":
        value = value.replace(sign, ",")
    return [part for one in value.split(",") if (part := one.strip())]


def read_version(value: Any) -> Any:
    return "1.0" if isinstance(value, float) and value == 1 else value


def read_media_type(value: Any) -> Any:
    """Without what may follow it: ``application/json; charset=utf-8``."""
    return value.partition(";")[0].strip().lower() if isinstance(value, str) else value
