"""Asking the provider over the network: its own hosts only, over TLS, no redirects, within a time limit.

Written on the standard library: the usual clients follow redirects, have a limit for each piece of an answer
but none for the whole, and connect to wherever a name leads.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Timer
from urllib.parse import urlsplit

SECONDS = 5.0  # for one question and its whole answer
LARGEST = 256 * 1024  # bytes of an answer
PORTS = {"http": 80, "https": 443}


class ProviderAway(Exception):
    """The provider does not answer, or not as a provider does; one word says why."""


@dataclass(frozen=True)
class Reach:
    """Where questions may go: to these hosts. ``own_machine``: also unencrypted to 127.0.0.1, for trying
    out; ``private``: also to an address of the force's own network."""

    hosts: frozenset[str]
    private: bool = False
    own_machine: bool = False

    def refuse_elsewhere(self, url: str) -> None:
        """Raises :class:`ProviderAway` for an address that is not the provider's."""
        parts = urlsplit(url)
        plain = self.own_machine and parts.scheme == "http" and parts.hostname == "127.0.0.1"
        if parts.hostname not in self.hosts or not (plain or parts.scheme == "https"):
            raise ProviderAway("elsewhere")
        if parts.username is not None or parts.fragment:
            raise ProviderAway("elsewhere")

    def allows(self, address: str) -> bool:
        """Whether a connection may be made to this IP address, whatever name led there."""
        found = ipaddress.ip_address(address.partition("%")[0])
        found = getattr(found, "ipv4_mapped", None) or found
        if found.is_loopback:
            return self.own_machine
        if found.is_link_local or found.is_multicast or found.is_unspecified or found.is_reserved:
            return False
        return found.is_global or self.private


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes


def fetch(
    reach: Reach, url: str, *, body: str | None = None, headers: Mapping[str, str] | None = None
) -> Answer:
    """The answer to a GET, or to a POST with this form. Raises :class:`ProviderAway`.

    No transaction may be open: an answer can take seconds.
    """
    reach.refuse_elsewhere(url)
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    asked = {"Accept": "application/json", "Connection": "close", "User-Agent": "TrackMyCrime",
             **(headers or {})}
    try:
        with _connected(reach, parts.scheme, parts.hostname or "", parts.port) as connection:
            connection.request("GET" if body is None else "POST", path, body, asked)
            answer = connection.getresponse()
            said = answer.read(LARGEST + 1)
    except ssl.SSLError as failure:
        raise ProviderAway("certificate") from failure
    except (OSError, http.client.HTTPException, ValueError) as failure:
        raise ProviderAway("no_answer") from failure
    if len(said) > LARGEST:
        raise ProviderAway("too_large")
    if answer.length:  # what it still owed when the time was over
        raise ProviderAway("no_answer")
    if answer.status >= 500 or 300 <= answer.status < 400:
        raise ProviderAway("not_serving")
    return Answer(answer.status, said)


@contextmanager
def _connected(
    reach: Reach, scheme: str, host: str, port: int | None
) -> Iterator[http.client.HTTPConnection]:
    """To an address that was looked at: the name is not looked up a second time."""
    port = port or PORTS[scheme]
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(one[4][0]) for one in found]
    if not addresses or not all(map(reach.allows, addresses)):
        raise ProviderAway("elsewhere")
    line = socket.create_connection((addresses[0], port), timeout=SECONDS)
    # A limit for the whole: a time-out of the socket begins anew with every byte that trickles in.
    end = Timer(SECONDS, _shut, [holder := [line]])
    end.daemon = True
    end.start()
    connection = http.client.HTTPConnection(host, port, timeout=SECONDS)
    try:
        if scheme == "https":
            line = holder[0] = ssl.create_default_context().wrap_socket(line, server_hostname=host)
        connection.sock = line
        yield connection
    finally:
        end.cancel()
        connection.close()
        line.close()


def _shut(holder: list[socket.socket]) -> None:
    with suppress(OSError):
        socket.socket.shutdown(holder[0], socket.SHUT_RDWR)
