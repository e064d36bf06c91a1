"""The two kinds of code: six digits that are sent, and ten signs that an officer hands over.

Of letters and digits that are taken for each other the second kind has one only, and what people
type is read so: O for 0, I and L for 1, S for 5.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from uuid import UUID

from core import ascii_digits, keys
from plugins.sign_in.postcodes import plain_code

SENT_LENGTH, HANDED_LENGTH = 6, 10
ALPHABET = "23456789ACDEFHJKMNPRTUVWXY"
# Six figures, with a space or a hyphen between them perhaps, and no letter or figure beside them.
_SENT = re.compile(r"(?<![^\W_])(?<![0-9][ -])[0-9](?:[ -]?[0-9]){5}(?![ -]?[0-9])(?![^\W_])")
TAKEN_FOR = str.maketrans("OQILZSGB", "00112568")


def new_sent_code() -> str:
    return f"{secrets.randbelow(10**SENT_LENGTH):0{SENT_LENGTH}d}"


def new_handed_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(HANDED_LENGTH))


def typed_code(text: str) -> str:
    """A code as it is compared: without spaces and hyphens, and kind to signs that look alike.

    From what was pasted around a code that was sent ("Your code is 123 456.") the code alone is read; so
    it is never taken for one that an officer hands over.
    """
    text = unicodedata.normalize("NFKC", ascii_digits(text))
    alone = _SENT.findall(text)
    if len(alone) == 1 and re.search(r"[^\W\d_]{2}", text):
        return plain_code(alone[0])
    return plain_code(text).translate(TAKEN_FOR)


def is_handed(typed: str) -> bool:
    return len(typed) == HANDED_LENGTH


def handed_hash(row: UUID, code: str) -> bytes:
    return keys().mac("codes", row.bytes + code.encode(), at=row)


def sent_hash(row: UUID, code: str, contacts: str) -> bytes:
    """A code works for as long as the *contacts* on the record are those it was sent with."""
    return keys().mac("codes", row.bytes + f"{code} {contacts}".encode(), at=row)
