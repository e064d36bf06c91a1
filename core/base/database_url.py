"""The address of a database that is not on this machine: encrypted, and its certificate checked."""

from __future__ import annotations

import ipaddress
import os
import ssl
from collections.abc import Iterator

import sqlalchemy as sa
from psycopg.conninfo import make_conninfo


def checked(address: str) -> str:
    """*address* with the server's certificate checked, unless the database is on this machine.

    Raises ``ValueError`` for an address that asks for less.
    """
    url = sa.make_url(address)
    if all(_is_here(host) for host in _hosts(url)):
        return address
    mode = url.query.get("sslmode", "verify-full")
    if mode != "verify-full":
        raise ValueError(f"sslmode={mode} does not check the database's certificate: leave it out, "
                         "or write sslmode=verify-full")
    added = {"sslmode": "verify-full"}
    if "sslrootcert" not in url.query:
        added["sslrootcert"] = os.environ.get("PGSSLROOTCERT") or _trusted_here()
    return url.update_query_dict(added).render_as_string(hide_password=False)


def conninfo(address: str) -> str:
    """*address* for what speaks to libpq without SQLAlchemy: keyword by keyword.

    SQLAlchemy's own text of an address is none for libpq, which keeps the ``+`` of an encoded space.
    """
    url = sa.make_url(address)
    _, given = url.get_dialect()().create_connect_args(url)
    return make_conninfo(**given)


def _trusted_here() -> str:
    """What this machine trusts; the driver brings an OpenSSL of its own, which does not know it."""
    return ssl.get_default_verify_paths().cafile or "system"


def _hosts(url: sa.URL) -> Iterator[str]:
    for given in (url.host, url.query.get("host"), url.query.get("hostaddr")):
        for part in (given,) if isinstance(given, str) else given or ():
            yield from part.split(",")


def _is_here(host: str) -> bool:
    """A socket, or an address that does not leave this machine."""
    if host == "localhost" or host.startswith(("/", "@")) or not host:
        return True
    try:
        return ipaddress.ip_address(host.split("%")[0]).is_loopback
    except ValueError:
        return False
