"""Comparing what somebody typed with what the record holds. A missing detail never matches."""

from __future__ import annotations

import hmac
import re
import unicodedata
from collections.abc import Collection, Mapping


def plain_name(text: str) -> str:
    """A name without case, accents, spaces, hyphens and apostrophes."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in letters if sign.isalnum())


def plain_code(text: str) -> str:
    """Letters and digits only, in capitals: for postcodes and codes."""
    return re.sub(r"[^A-Z0-9]", "", text.upper())


# Parts of many names, which by themselves name nobody.
PARTICLES = frozenset({
    "al", "bin", "bint", "da", "das", "de", "del", "della", "den", "der", "di", "do", "dos", "du", "el",
    "ibn", "la", "las", "le", "los", "mac", "mc", "op", "san", "ten", "ter", "van", "von", "zu",
})
MOST_PARTS = 4  # of what somebody types: a list of guesses is not a name


def same_name(given: str, on_record: str) -> bool:
    """Kindly: either half of a double-barrelled name will do, on either side."""
    theirs, ours = plain_name(given), plain_name(on_record)
    if not theirs or not ours:
        return False
    parts = _parts(given)
    return theirs == ours or theirs in _parts(on_record) or (
        len(parts) <= MOST_PARTS and ours in parts
    )


def _parts(name: str) -> list[str]:
    """The parts of a name that can stand for it."""
    parts = [plain_name(part) for part in re.split(r"[-\s‐–]+", name.strip())]
    return [part for part in parts if len(part) > 1 and part not in PARTICLES]


def same_text(given: str, on_record: str) -> bool:
    return bool(given) and hmac.compare_digest(given.encode(), on_record.encode())


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
