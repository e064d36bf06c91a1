"""The address of the portal, as letters link to it and as a browser names its host."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit, urlunsplit

from core.base.address_syntax import NoAddress, ascii_domain


def portal_address(text: str) -> str:
    """*text* with its host in ASCII. Raises ``ValueError`` saying what would be right."""
    right = "must be the address of the portal and nothing more, like https://track.example.org"
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ValueError(right) from None
    if not host or not text.isprintable() or " " in text or parts.scheme not in ("http", "https") \
            or port == 0 or "@" in parts.netloc or parts.query or parts.fragment:
        raise ValueError(right)
    place = _ascii_host(host) + (f":{port}" if port else "")
    return urlunsplit((parts.scheme, place, parts.path, "", ""))


def _ascii_host(host: str) -> str:
    try:
        return f"[{ipaddress.IPv6Address(host)}]"
    except ValueError:
        pass
    try:
        return ascii_domain(host)
    except NoAddress:
        raise ValueError("names a host that is none by IDNA 2008") from None
