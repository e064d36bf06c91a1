"""The two kinds of code: six digits that are sent, and ten signs that an officer hands over.

Of letters and digits that are taken for each other the second kind has one only, and what people
type is read so: O for 0, I and L for 1, S for 5.
"""

from __future__ import annotations

import secrets
from uuid import UUID

from core import keys
from plugins.sign_in.matching import plain_code

SENT_LENGTH, HANDED_LENGTH = 6, 10
ALPHABET = "23456789ACDEFHJKMNPRTUVWXY"
TAKEN_FOR = str.maketrans("OQILZSGB", "00112568")


def new_sent_code() -> str:
    return f"{secrets.randbelow(10**SENT_LENGTH):0{SENT_LENGTH}d}"


def new_handed_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(HANDED_LENGTH))


def typed_code(text: str) -> str:
    """A code as it is compared: without spaces and hyphens, and kind to signs that look alike."""
    return plain_code(text).translate(TAKEN_FOR)


def is_handed(typed: str) -> bool:
    return len(typed) == HANDED_LENGTH


def handed_hash(row: UUID, code: str) -> bytes:
    return keys().mac("codes", row.bytes + code.encode(), at=row)


def sent_hash(row: UUID, code: str, contacts: str) -> bytes:
    """A code works for as long as the *contacts* on the record are those it was sent with."""
    return keys().mac("codes", row.bytes + f"{code} {contacts}".encode(), at=row)
