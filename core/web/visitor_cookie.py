"""What is remembered of somebody who only reads: in their own browser, sealed, and not in a row here.

The cookie of a force holds a token of 32 bytes. Either it is chance, and the table of sessions knows
its hash; or, before there is anything to keep on the server, it is the language that was chosen, the
seed of form tokens and the hour, sealed with the session key for this one force. Nobody else can tell
which of them it is, read it, or make one.
"""

from __future__ import annotations

import base64
import secrets
import struct
from collections.abc import Mapping, MutableMapping
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

from core.base import clock

CSRF, LANGUAGE = "csrf_token", "language"  # all that is remembered
SEED = 12  # bytes of chance, in hex the session's csrf_token
LASTS = 12  # hours: as long as what a former session key made is taken
HOURS = 1 << 16  # the clock of the cookie goes round in seven years
_SHAPE = struct.Struct(f">{SEED}s2sH")


def give_seed(session: MutableMapping[str, Any]) -> None:
    """A seed for form tokens that the cookie has room for; the one that is there stays."""
    if CSRF not in session:
        session[CSRF] = secrets.token_hex(SEED)


def fits(session: Mapping[str, Any]) -> bool:
    """Whether nothing in *session* has to be kept on the server."""
    return session.keys() <= {CSRF, LANGUAGE} and _is_seed(session.get(CSRF)) and (
        # A language whose code is longer has no room here and is kept on the server.
        len(str(session.get(LANGUAGE, "")).encode()) in (0, 2))


def _is_seed(value: Any) -> bool:
    try:
        return value is None or len(bytes.fromhex(value)) == SEED
    except (TypeError, ValueError):
        return False


def sealed(session: Mapping[str, Any], force: str) -> str:
    """The cookie that remembers *session*, which fits, at the force of this id."""
    plain = _SHAPE.pack(
        bytes.fromhex(session.get(CSRF) or secrets.token_hex(SEED)),
        str(session.get(LANGUAGE, "")).encode(), _hour(),
    )
    cookie = _cipher(current_app.config["SECRET_KEY"], force).encrypt(plain, None)
    return base64.urlsafe_b64encode(cookie).rstrip(b"=").decode()


def opened(cookie: str, force: str) -> tuple[dict[str, Any], bool] | None:
    """What *cookie* of that force remembers, and whether it should be sealed anew; None if it is no such."""
    try:
        # 32 bytes are 43 signs, and one that pads, which the cookie does without.
        value = base64.urlsafe_b64decode(f"{cookie}=")
    except ValueError:
        return None
    config = current_app.config
    for key in (config["SECRET_KEY"], *(config["SECRET_KEY_FALLBACKS"] or ())):
        try:
            seed, language, hour = _SHAPE.unpack(_cipher(key, force).decrypt(value, None))
        except (InvalidTag, struct.error, ValueError):
            continue
        # A cookie from the future, of a machine whose clock is ahead, is as old as can be.
        age = (_hour() - hour) % HOURS
        if age > LASTS:
            return {}, False
        chosen = {LANGUAGE: language.decode()} if language.strip(b"\0") else {}
        return {CSRF: seed.hex(), **chosen}, age > 0
    return None


def _hour() -> int:
    return int(clock.now().timestamp() // 3600) % HOURS


@lru_cache(maxsize=256)
def _cipher(key: str, force: str) -> AESSIV:
    info = f"trackmycrime/visitor/{force}".encode()
    # SIV (RFC 5297) needs no nonce, for which 32 bytes have no room; it takes two keys of 32 bytes.
    return AESSIV(HKDF(SHA256(), 64, salt=None, info=info).derive(key.encode()))
