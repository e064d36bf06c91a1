"""Whose request it is, as far as an address can say: one name for one visitor, whoever forwarded it.

The outermost layer of the application puts it in place, so that everything that reads
``request.remote_addr`` reads the same.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

NO_ADDRESS = "unknown"  # all that is no address is one visitor; RFC 7239 has the same word for it
NETWORK_BITS = 64  # of IPv6: what one household or machine has
_NETWORK = f"/{NETWORK_BITS}"
# RFC 7239, section 6: a proxy may write a word of its own for the port, which begins with “_”.
_PORT = re.compile(r"(:([0-9]{0,5}|_[\w.\-]*))?", re.ASCII)


def client_address(said: str | None) -> str:
    """The address that *said* stands for: IPv4 as it is, IPv6 as its /64, all else one visitor.

    Read are a bare address, one with a port, in brackets, with a zone, in quotes, as ``for=``
    (RFC 7239), and IPv4 within IPv6. What this answers, given again, stays as it is.
    """
    pairs = dict(part.strip().lower().partition("=")[::2] for part in (said or "").split(";"))
    host = _without_port(pairs.get("for", said or "").strip().strip('"').strip())
    if ":" in host:
        host = host.partition("%")[0].removesuffix(_NETWORK)
    try:
        found = ipaddress.ip_address(host)
    except ValueError:
        return NO_ADDRESS
    if isinstance(found, ipaddress.IPv6Address):
        # ::ffff:192.0.2.1 is the visitor 192.0.2.1, however a proxy listens.
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, NETWORK_BITS), strict=False))
    return str(found)


def _without_port(text: str) -> str:
    """The host of ``host:port``; nothing when what stands there is no port."""
    if text.startswith("["):
        host, bracket, rest = text[1:].partition("]")
        return host if bracket and _PORT.fullmatch(rest) else ""
    host, colon, port = text.partition(":")
    if colon and ":" not in port:
        return host if _PORT.fullmatch(f":{port}") else ""
    return text


class ClientAddress:
    """WSGI middleware: REMOTE_ADDR is the client's, as the nearest *proxies* trusted proxies say.

    With fewer entries in X-Forwarded-For than there are proxies nobody said who it is: then it is
    whoever sent the request here. Entries are parted at commas only: a quote that a caller opens does not
    swallow what our own proxy adds.
    """

    def __init__(self, wsgi: WSGIApplication, proxies: int) -> None:
        self.wsgi, self.proxies = wsgi, proxies

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        entries = environ.get("HTTP_X_FORWARDED_FOR", "").split(",")
        said = environ.get("REMOTE_ADDR")
        if self.proxies and "HTTP_X_FORWARDED_FOR" in environ and len(entries) >= self.proxies:
            # From the end: what stands before the entries of our own proxies anybody may have written.
            said = entries[-self.proxies]
        environ["REMOTE_ADDR"] = client_address(said)
        return self.wsgi(environ, start_response)
