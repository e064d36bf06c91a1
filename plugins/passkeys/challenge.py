"""The question that a device signs: kept in the server's session, used once, old after five minutes."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from flask import request, session

from core.base import Settings, clock
from core.plugin_host import the_force

KEY, HANDLE = "passkeys_challenge", "passkeys_handle"
LASTS = timedelta(minutes=5)
# WebAuthn level 3, 13.4.3, asks for 16 at least.
LENGTH = 64  # bytes


def new(purpose: str) -> bytes:
    """A fresh challenge for this browser; the one before it ends. ``purpose``: ``add`` or ``use``."""
    made = secrets.token_bytes(LENGTH)
    until = clock.now() + LASTS
    session[KEY] = [purpose, made.hex(), until.isoformat()]
    return made


def take(purpose: str) -> bytes | None:
    """This browser's challenge, which is used up by it; None if there is none that still holds."""
    # Used up whatever comes of it: nobody answers the same question twice.
    kept_for, made, until = session.pop(KEY, ("", "", ""))
    if kept_for != purpose or datetime.fromisoformat(until) <= clock.now():
        return None
    return bytes.fromhex(made)


def site(settings: Settings) -> tuple[str, str]:
    """(the name that passkeys are bound to, the origin that browsers say).

    The name is one of the force's own hosts, else the shared host of the configuration; a request
    does not choose it, but in the demo, which answers to every name.
    """
    host = request.host.rsplit(":", 1)[0].lower()
    if settings.demo:
        return host, f"{request.scheme}://{request.host}"
    if host in {name.lower() for name in the_force().hosts}:
        return host, f"https://{request.host}"
    shared = urlsplit(settings.base_url or "")
    return shared.hostname or "", f"{shared.scheme}://{shared.netloc}"
