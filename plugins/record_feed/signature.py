"""Standard Webhooks v1 signatures: HMAC-SHA256 over ``id.timestamp.body``, the bytes as they came.

The package ``standardwebhooks`` signs in tests, but its check asks its own clock, decodes the body first,
and stumbles over malformed headers; so the check is here (decision 40).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from datetime import datetime

from werkzeug.datastructures import Headers

PREFIX = "whsec_"
# As the libraries of Standard Webhooks have it: clocks differ, and what was overheard is soon of no use.
TOLERANCE = 300  # seconds, to either side
MOST_SIGNATURES = 10
_SECONDS = re.compile(r"[0-9]{1,12}")


def new_secret() -> str:
    """A new key as its sender gets it: ``whsec_`` and base64 of 32 random bytes."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def key_bytes(secret: str) -> bytes:
    """The bytes of a ``whsec_…``. Raises ``ValueError`` when it is none."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except ValueError:
        raise ValueError("not a signing key: whsec_ and base64 are expected") from None
    # Standard Webhooks: 24 to 64 bytes.
    if len(key) < 24:
        raise ValueError("the signing key is too short")
    return key


def sign(key: bytes, message_id: str, seconds: str, body: bytes) -> str:
    """The signature of one delivery, ``v1,…``."""
    signed = b".".join((message_id.encode("latin-1", "replace"), seconds.encode(), body))
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


def signer(keys: Sequence[bytes], headers: Headers, body: bytes, now: datetime) -> int | None:
    """Which of *keys* signed this delivery, None when none did or its time is not now.

    Every key is tried against every signature, right or wrong, so that the answer takes the same
    time.
    """
    message_id = headers.get("webhook-id", "")
    seconds = headers.get("webhook-timestamp", "")
    given = headers.get("webhook-signature", "").split(" ")[:MOST_SIGNATURES]
    timely = bool(_SECONDS.fullmatch(seconds)) and abs(int(now.timestamp()) - int(seconds)) <= TOLERANCE
    found = None
    for place, key in enumerate(keys):
        # What came may be as long as a header, and to leave the sum out would show in the time.
        expected = sign(key, message_id, seconds if timely else "0", body).encode()
        for one in given:
            if hmac.compare_digest(expected, one.encode("latin-1", "replace")):
                found = place
    return found if timely and message_id else None
