"""The primitives: AES-256-GCM for values and for wrapped keys, HMAC-SHA256 for look-up and proof.

A value is sealed with force, table, column and row as associated data, so that it opens in the
place it was written for and in no other. Which key is used when is said in :mod:`core.storage.keys.purposes`.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Callable, Iterable
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

# The first byte of all that is sealed: another cipher would get another, and values say which they are.
FORMAT = b"\x01"
KEY = 32
# Enough to tell the few keys of a force apart. It proves nothing: whether a key fits, the cipher says.
KEY_ID = 4
# As NIST SP 800-38D has it for GCM. Drawn by chance, so one key may seal 2**32 values, and no more.
NONCE = 12


class KeyProblem(Exception):
    """A key is missing, unreadable or wrong; the text says which file and what to do."""


class Unreadable(Exception):
    """An encrypted value does not open: it was changed, moved, or belongs to another key."""


class Moved(Unreadable):
    """The key is here, and the value is not what was sealed for this place with it."""


def new_key() -> bytes:
    """32 random bytes from the operating system."""
    return os.urandom(KEY)


def new_key_id() -> bytes:
    return os.urandom(KEY_ID)


def key_id_of(value: bytes) -> bytes:
    """The id of the key that a sealed value was sealed with."""
    return value[1 : 1 + KEY_ID]


@lru_cache(maxsize=4096)
def _associated(force: str, table: str, column: str) -> bytes:
    # A sign that no name holds stands between them, so that no two places are written alike.
    return f"{force}\x1f{table}\x1f{column}\x1f".encode()


def _nobody(table: str) -> None:
    pass


class DataKey:
    """Seals and opens the fields of one force; shows its bytes to nobody.

    ``told`` hears the table of what is opened, before it is: there is no way to open past it.
    """

    __slots__ = ("_cipher", "_force", "_prefix", "_told")

    def __init__(
        self, force: str, key_id: bytes, key: bytes, told: Callable[[str], None] = _nobody
    ) -> None:
        self._force, self._cipher, self._prefix = force, AESGCM(key), FORMAT + key_id
        self._told = told

    def seal(self, table: str, column: str, row: bytes, text: str) -> bytes:
        """*text* encrypted for one cell; *row* is the 16 bytes of the row's id."""
        nonce = os.urandom(NONCE)
        associated = _associated(self._force, table, column) + row
        return self._prefix + nonce + self._cipher.encrypt(nonce, text.encode(), associated)

    def open(self, table: str, column: str, row: bytes, value: bytes) -> str:
        """The text that was sealed for this cell with this key. Raises :class:`Moved`."""
        return self.open_many(table, column, [(row, value)])[0]

    def open_many(
        self, table: str, column: str, cells: Iterable[tuple[bytes, bytes]]
    ) -> list[str]:
        """The texts of several rows of one column. Raises :class:`Moved`."""
        self._told(table)
        start, place, decrypt = 1 + KEY_ID, _associated(self._force, table, column), self._cipher.decrypt
        try:
            return [
                decrypt(value[start : start + NONCE], value[start + NONCE :], place + row).decode()
                for row, value in cells
            ]
        except (InvalidTag, ValueError):  # too short, or no text: how it was spoilt is nobody's business
            raise Moved(f"{table}.{column}: the value was changed or moved") from None


class MacKey:
    """HMAC-SHA256 with one key, which it shows to nobody."""

    __slots__ = ("_key",)

    def __init__(self, key: bytes) -> None:
        self._key = key

    def mac(self, value: bytes) -> bytes:
        return hmac.digest(self._key, value, hashlib.sha256)


def wrap(master: bytes, force: str, purpose: str, key_id: bytes, key: bytes) -> bytes:
    """A key of the force as it is stored: sealed with the master key, for this purpose only."""
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(master).encrypt(nonce, key, _label(force, purpose, key_id))


def unwrap(master: bytes, force: str, purpose: str, key_id: bytes, wrapped: bytes) -> bytes | None:
    """The stored key; None when it was wrapped with another master key, or for something else."""
    label = _label(force, purpose, key_id)
    try:
        return AESGCM(master).decrypt(wrapped[:NONCE], wrapped[NONCE:], label)
    except (InvalidTag, ValueError):
        return None


def _label(force: str, purpose: str, key_id: bytes) -> bytes:
    """Data keys keep the label that they had before other purposes had keys of their own."""
    inside = "" if purpose == "data" else f"{purpose}/"
    return f"trackmycrime/wrap/{force}/{inside}".encode() + key_id
