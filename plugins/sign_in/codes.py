"""The two kinds of code: six digits that are sent, and ten signs that an officer hands over.

Of letters and digits that are taken for each other the second kind has one only, and what people
type is read so: O for 0, I and L for 1, S for 5. Both are read from what was pasted around them.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from itertools import pairwise
from uuid import UUID

from core.base import ascii_digits
from core.storage import force_keys
from plugins.sign_in.postcodes import plain_code

SENT_LENGTH, HANDED_LENGTH = 6, 10
ALPHABET = "23456789ACDEFHJKMNPRTUVWXY"
# Figures with a space or a hyphen between them perhaps: one code, several of six, or something else.
_FIGURES = re.compile(r"[0-9]+(?:[ -][0-9]+)*")
_WORD = re.compile(r"[A-Z0-9]+")
_DASHES = re.compile("[‐-―−]")
TAKEN_FOR = str.maketrans("OQILZSGB", "00112568")


def new_sent_code() -> str:
    return f"{secrets.randbelow(10**SENT_LENGTH):0{SENT_LENGTH}d}"


def new_handed_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(HANDED_LENGTH))


def typed_code(text: str) -> str:
    """A code as it is compared: without spaces and hyphens, and kind to signs that look alike.

    From what was pasted around a code ("Your code is 123 456.") the code alone is read, unless there are
    several: see :func:`has_several`.
    """
    found = _codes_in(text)
    return found.pop() if len(found) == 1 else plain_code(text).translate(TAKEN_FOR)


def has_several(text: str) -> bool:
    """Whether different codes stand there: which one was meant would be a guess."""
    return len(_codes_in(text)) > 1


def _codes_in(text: str) -> set[str]:
    text = _DASHES.sub("-", unicodedata.normalize("NFKC", ascii_digits(text)).upper())
    whole, apart = plain_code(text).translate(TAKEN_FOR), _six_figures(text, glued=False)
    if len(whole) == SENT_LENGTH and whole.isdigit():
        return {whole}
    if len(whole) == HANDED_LENGTH and set(whole) <= set(ALPHABET) and not apart:
        return {whole}
    handed = _handed_in(text)
    for code in handed.values():
        text = text.replace(code, " ")
    return set(handed) | (_six_figures(text, glued=True))


def _six_figures(text: str, *, glued: bool) -> set[str]:
    """The codes of six figures; also those with a letter beside them, when *glued*."""
    found: set[str] = set()
    for each in _FIGURES.finditer(text):
        beside = text[max(each.start() - 1, 0):each.start()] + text[each.end():each.end() + 1]
        if "/" in beside or (not glued and any(map(str.isalpha, beside))):  # a reference, a date; a word
            continue
        groups = re.split("[ -]", each[0])
        lengths = {len(one) for one in groups}
        if lengths == {SENT_LENGTH // 2} and len(groups) % 2 == 0:  # 123 456, or several of these
            groups = [first + second for first, second in zip(groups[::2], groups[1::2], strict=True)]
        elif lengths != {SENT_LENGTH}:
            groups = ["".join(groups)]
        found.update(one for one in groups if len(one) == SENT_LENGTH)
    return found


def _handed_in(text: str) -> dict[str, str]:
    """Of each officer's code in a text how it stands there: in one piece first, then in two.

    In one piece it has a figure, else it is a word; so has each half of two that a space parts.
    """
    words = list(_WORD.finditer(text))
    one = [each[0] for each in words if len(each[0]) == HANDED_LENGTH and _has_figure(each[0])]
    pairs = [text[first.start():second.end()] for first, second in pairwise(words)
             if len(first[0]) == len(second[0]) == HANDED_LENGTH // 2]
    joined = [each for each in pairs if each[5:-5] == "-"]
    parted = [each for each in pairs
              if each[5:-5] == " " and _has_figure(each[:5]) and _has_figure(each[-5:])]
    for ways in (one + joined, parted):
        found = {code: each for each in ways
                 if set(code := plain_code(each).translate(TAKEN_FOR)) <= set(ALPHABET)}
        if found:
            return found
    return {}


def _has_figure(text: str) -> bool:
    return any(map(str.isdigit, text))


def is_handed(typed: str) -> bool:
    return len(typed) == HANDED_LENGTH


def handed_hash(row: UUID, code: str) -> bytes:
    return force_keys().mac("codes", row.bytes + code.encode(), at=row)


def sent_hash(row: UUID, code: str, contacts: str) -> bytes:
    """A code works for as long as the *contacts* on the record are those it was sent with."""
    return force_keys().mac("codes", row.bytes + f"{code} {contacts}".encode(), at=row)
