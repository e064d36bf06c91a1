"""Where letters are handed in: the mail server that ``TMC_SMTP_URL`` names."""

from __future__ import annotations

import ipaddress
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from core.base.address_syntax import NoAddress, ascii_domain

PORTS = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True)
class MailServer:
    """``tls`` is ``starttls``, ``at_once`` (smtps) or ``none`` (this machine only)."""

    host: str
    port: int
    tls: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    @classmethod
    def of(cls, url: str) -> MailServer:
        """Raises ``ValueError`` saying what would be right."""
        parts = urlsplit(url)
        if parts.scheme not in PORTS or not parts.hostname:
            raise ValueError("must be smtp://user:password@host:587 or smtps://user:password@host:465")
        try:
            port = parts.port or PORTS[parts.scheme]
        except ValueError:
            port = 0
        if not port or parts.path.strip("/") or parts.fragment:
            # the wrong part may be one of the password, so it is not shown
            raise ValueError("must end with a port, like :587; in a password, write / as %2F, "
                             "? as %3F and # as %23")
        return cls(
            _ascii_host(parts.hostname), port, _tls(parts.scheme, parts.hostname, parts.query),
            unquote(parts.username) if parts.username else None,
            unquote(parts.password) if parts.password else None,
        )

    def connect(
        self, plain: Callable[..., smtplib.SMTP] = smtplib.SMTP,
        encrypted: Callable[..., smtplib.SMTP] = smtplib.SMTP_SSL, **more: Any,
    ) -> smtplib.SMTP:
        """A connection, logged in where there is a user; nothing of it is left open when that fails.

        The certificate is checked against what this machine trusts (``SSL_CERT_FILE`` says otherwise), by
        TLS 1.2 or later, except on this machine where the address says so. *plain* and *encrypted* make it,
        and are given *more*, like ``timeout`` in seconds. Raises OSError and smtplib.SMTPException.
        """
        checks = ssl.create_default_context()
        if self.tls == "at_once":
            server = encrypted(self.host, self.port, context=checks, **more)
        else:
            server = plain(self.host, self.port, **more)
        try:
            if self.tls == "starttls":
                server.starttls(context=checks)
            if self.user and self.password:
                server.login(self.user, self.password)
        except BaseException:
            server.close()
            raise
        return server


def _ascii_host(host: str) -> str:
    """Libraries write a name that is not ASCII as IDNA 2003 has it; so they never see one."""
    try:
        return host if host.isascii() else ascii_domain(host)
    except NoAddress:
        raise ValueError("names a mail server that is none by IDNA 2008") from None


def _tls(scheme: str, host: str, query: str) -> str:
    asked = parse_qsl(query, keep_blank_values=True)
    if not asked:
        return "at_once" if scheme == "smtps" else "starttls"
    if scheme != "smtp" or asked != [("starttls", "no")]:
        raise ValueError("after ? only starttls=no is known, and only with smtp://")
    if not _on_this_machine(host):
        raise ValueError("starttls=no is for a mail server on this machine (127.0.0.1, ::1, "
                         "localhost); letters to any other go encrypted: leave ?starttls=no out")
    return "none"


def _on_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
