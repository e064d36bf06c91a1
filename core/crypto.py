"""Field encryption: one data key per force, wrapped by the installation's master key.

A value is AES-256-GCM with force, table, column and row as associated data, so that it opens in
the place it was written for and in no other. Keys for other purposes (look-up, audit, codes) are
derived from the same data key by HKDF, each with its own label.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import stat
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

FORMAT = b"\x01"
KEY_ID = 4
NONCE = 12


class KeyProblem(Exception):
    """A key is missing, unreadable or wrong; the text says which file and what to do."""


class Unreadable(Exception):
    """An encrypted value does not open: it was changed, moved, or belongs to another key."""


def new_key() -> bytes:
    """32 random bytes from the operating system."""
    return os.urandom(32)


def read_key_file(path: Path) -> bytes:
    """The key in *path*: 32 bytes as base64, readable by its owner only. Raises KeyProblem."""
    try:
        mode = path.stat().st_mode
        text = path.read_text("ascii").strip()
        key = base64.b64decode(text, validate=True)
    except FileNotFoundError:
        raise KeyProblem(
            f"{path}: no such key file; make one with `trackmycrime keys master {path}`"
        ) from None
    except OSError as error:
        raise KeyProblem(f"{path}: cannot read the key: {error.strerror}") from None
    except ValueError:
        raise KeyProblem(f"{path}: not a key: base64 of 32 bytes is expected") from None
    if len(key) != 32:
        raise KeyProblem(f"{path}: the key has {len(key)} bytes; 32 are needed")
    if len(set(key)) < 8:
        raise KeyProblem(f"{path}: this is not a random key; make a new one")
    if stat.S_IMODE(mode) & 0o077:
        raise KeyProblem(f"{path}: others can read this key; run `chmod 600 {path}`")
    return key


def write_key_file(path: Path) -> bytes:
    """Make a new key in *path*, which must not exist yet, readable by its owner only."""
    key = new_key()
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(base64.b64encode(key) + b"\n")
    return key


@lru_cache(maxsize=4096)
def _associated(force: str, table: str, column: str) -> bytes:
    return f"{force}\x1f{table}\x1f{column}\x1f".encode()


@dataclass(frozen=True)
class ForceKeys:
    """The open keys of one force. Shared between threads; holds no state."""

    force: str
    key_id: bytes
    data_key: bytes

    def __post_init__(self) -> None:
        object.__setattr__(self, "_cipher", AESGCM(self.data_key))
        object.__setattr__(self, "_prefix", FORMAT + self.key_id)
        object.__setattr__(self, "_derived", {})

    def seal(self, table: str, column: str, row: bytes, text: str) -> bytes:
        """*text* encrypted for one cell; *row* is the 16 bytes of the row's id."""
        nonce = os.urandom(NONCE)
        associated = _associated(self.force, table, column) + row
        sealed: bytes = self._cipher.encrypt(nonce, text.encode(), associated)  # type: ignore[attr-defined]
        return self._prefix + nonce + sealed  # type: ignore[attr-defined,no-any-return]

    def open(self, table: str, column: str, row: bytes, value: bytes) -> str:
        """The text that was sealed for this cell. Raises :class:`Unreadable`."""
        start = 1 + KEY_ID
        if value[:start] != self._prefix:  # type: ignore[attr-defined]
            raise Unreadable(f"{table}.{column}: written with a key that is not here")
        associated = _associated(self.force, table, column) + row
        try:
            opened: bytes = self._cipher.decrypt(  # type: ignore[attr-defined]
                value[start : start + NONCE], value[start + NONCE :], associated
            )
        except InvalidTag:
            raise Unreadable(f"{table}.{column}: the value was changed or moved") from None
        return opened.decode()

    def key_for(self, purpose: str) -> bytes:
        """A 32-byte key for one *purpose* (``lookup``, ``audit``, ``codes`` …) of this force."""
        derived: dict[str, bytes] = self._derived  # type: ignore[attr-defined]
        if purpose not in derived:
            label = f"trackmycrime/{self.force}/{purpose}".encode()
            derived[purpose] = HKDF(SHA256(), 32, salt=None, info=label).derive(self.data_key)
        return derived[purpose]

    def mac(self, purpose: str, value: bytes) -> bytes:
        """HMAC-SHA256 of *value* under the force's key for *purpose*."""
        return hmac.digest(self.key_for(purpose), value, hashlib.sha256)


def wrap(master: bytes, force: str, key_id: bytes, data_key: bytes) -> bytes:
    """The force's data key as it is stored: sealed with the master key."""
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(master).encrypt(nonce, data_key, _wrap_label(force, key_id))


def unwrap(master: bytes, force: str, key_id: bytes, wrapped: bytes) -> ForceKeys:
    """Open a stored data key. Raises :class:`KeyProblem` when the master key is another one."""
    label = _wrap_label(force, key_id)
    try:
        data_key = AESGCM(master).decrypt(wrapped[:NONCE], wrapped[NONCE:], label)
    except InvalidTag:
        raise KeyProblem(
            f"the master key does not open the data key of {force}: "
            "TMC_MASTER_KEY_FILE names another key than the one this database was made with"
        ) from None
    return ForceKeys(force, key_id, data_key)


def _wrap_label(force: str, key_id: bytes) -> bytes:
    return b"trackmycrime/wrap/" + force.encode() + b"/" + key_id
