"""Comparing what somebody typed with what the record holds. A missing detail never matches."""

from __future__ import annotations

import hmac
import re
import unicodedata
from collections.abc import Collection, Mapping
from datetime import date

from core import is_birth_day

# Letters that no decomposition leads to the plain ones; the second reading is how they are written out.
PLAIN = str.maketrans({
    "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "đ": "d", "ħ": "h", "ı": "i", "ĸ": "k", "ł": "l",
    "ŋ": "n", "ø": "o", "ŧ": "t", "ə": "e", "ɓ": "b", "ɗ": "d", "ƙ": "k", "ƴ": "y", "ʻ": "", "ʼ": "",
})
WRITTEN_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})


def plain_name(text: str) -> str:
    """A name without case, accents, spaces, hyphens and apostrophes; ``mac`` and ``mc`` are one."""
    return next(iter(_readings(text)))


def readings(text: str) -> frozenset[str]:
    """A name as it is compared: Müller is Muller and Mueller."""
    return frozenset(filter(None, _readings(text)))


def _readings(text: str) -> list[str]:
    lower = unicodedata.normalize("NFC", text.casefold())
    return [_letters(lower), _letters(lower.translate(WRITTEN_OUT))]


def _letters(lower: str) -> str:
    apart = unicodedata.normalize("NFKD", lower.translate(PLAIN)).casefold().translate(PLAIN)
    return re.sub(r"^mac(?=.{3})", "mc", "".join(sign for sign in apart if sign.isalnum()))


def plain_code(text: str) -> str:
    """Letters and digits only, in capitals: for postcodes and codes."""
    return re.sub(r"[^A-Z0-9]", "", unicodedata.normalize("NFKC", text).upper())


# Parts of many names, which by themselves name nobody.
PARTICLES = frozenset({
    "al", "bin", "bint", "da", "das", "de", "del", "della", "den", "der", "di", "do", "dos", "du", "el",
    "ibn", "la", "las", "le", "los", "mac", "mc", "op", "san", "ten", "ter", "van", "von", "zu",
})
LONGEST_POSTCODE = 10  # letters and digits, also of other countries
MOST_PARTS = 4  # of what somebody types: a list of guesses is not a name


def same_name(given: str, on_record: str) -> bool:
    """Kindly: either half of a double-barrelled name will do, on either side, and either may be first."""
    theirs, ours = readings(given), readings(on_record)
    if not theirs or not ours:
        return False
    parts = _parts(given)
    halves = frozenset().union(*map(readings, parts)) if len(parts) <= MOST_PARTS else frozenset()
    own_halves = frozenset().union(*map(readings, _parts(on_record)))
    swapped = len(parts) > 1 and sorted(map(plain_name, parts)) == sorted(map(plain_name, _parts(on_record)))
    return bool(theirs & ours or theirs & own_halves or ours & halves or swapped)


def _parts(name: str) -> list[str]:
    """The parts of a name that can stand for it; O', Mac and Mc belong to what follows."""
    joined = re.sub(r"(?i)\b(o|mac|mc)[\s'’ʼ]+(?=\w)", r"\1", name.strip())
    parts = re.split(r"[-\s‐-―]+", joined)
    return [part for part in parts if len(plain_name(part)) > 1 and plain_name(part) not in PARTICLES]


def same_text(given: str, on_record: str) -> bool:
    return bool(given) and hmac.compare_digest(given.encode(), on_record.encode())


def can_match(name: str, on_record: str) -> bool:
    """Whether a detail holds anything to compare: whether the very same text would match it."""
    typed = TYPED[name](on_record) if name in TYPED else True
    return typed and matches((name,), {name: on_record}, {name: on_record})


def _is_postcode(text: str) -> bool:
    """Without a figure it is a remark: NFA, unknown; but for the one whose only figure is like a letter."""
    code = plain_code(text)
    return 3 <= len(code) <= LONGEST_POSTCODE and (not code.isalpha() or code == "GIROAA")


def _is_birth_day(text: str) -> bool:
    try:
        return is_birth_day(date.fromisoformat(text))
    except ValueError:
        return False


TYPED = {"postcode": _is_postcode, "date_of_birth": _is_birth_day}  # what somebody could type


def matches(
    wanted: Collection[str], given: Mapping[str, str], on_record: Mapping[str, str | None]
) -> bool:
    """Whether all *wanted* details agree; every one is compared, whatever the others say."""
    answers = [
        same_name(given.get("surname", ""), on_record.get("surname") or "")
        if name == "surname"
        else same_text(plain_code(given.get(name, "")), plain_code(on_record.get(name) or ""))
        for name in wanted
    ]
    return bool(answers) and all(answers)
