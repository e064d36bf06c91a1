"""Real mail servers for tests, well behaved or not, and a portal that sends through them."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from pathlib import Path
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from flask import Flask

from core.base.installation import installation
from core.cli.processes.supervisor import free_port
from plugins.email_notices.connections import MAIL


@dataclass
class MailServer:
    """A mail server on this machine, and what it was given.

    ``refusals`` are answered to the next recipients, one each; ``data_refusals`` to the next
    letters. ``while_reading`` is called before a letter is taken; ``hang_up`` ends the connection
    after each letter, ``vague`` before the answer to it.
    """

    url: str = ""
    port: int = 0
    letters: list[EmailMessage] = field(default_factory=list)
    envelopes: list[tuple[str, list[str]]] = field(default_factory=list)
    connections: set[int] = field(default_factory=set)
    greetings: set[str] = field(default_factory=set)
    refusals: list[str] = field(default_factory=list)
    data_refusals: list[str] = field(default_factory=list)
    while_reading: Callable[[], None] | None = None
    hang_up: bool = False
    vague: bool = False

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.refusals:
            return self.refusals.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 fine"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        self.connections.add(cast("tuple[str, int]", session.peer)[1])
        if self.while_reading:
            await asyncio.to_thread(self.while_reading)
        if self.data_refusals:
            return self.data_refusals.pop(0)
        content = cast(bytes, envelope.content)
        self.letters.append(cast(EmailMessage, message_from_bytes(content, policy=SMTP_POLICY)))
        self.envelopes.append((str(envelope.mail_from), list(envelope.rcpt_tos)))
        self.greetings.add(str(session.host_name))
        if self.vague:
            server.transport.abort()
        if self.hang_up:
            asyncio.get_running_loop().call_later(0.02, server.transport.close)
        return "250 taken"


@contextmanager
def mail_server(**options: Any) -> Iterator[MailServer]:
    """A server that speaks plainly; ``tls_context`` offers STARTTLS."""
    port = free_port()
    desk = MailServer(f"smtp://127.0.0.1:{port}?starttls=no", port)
    controller = Controller(desk, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield desk
    finally:
        controller.stop()


@contextmanager
def sends_through(app: Flask, url: str | None) -> Iterator[None]:
    """The portal's ``TMC_SMTP_URL`` for a while."""
    settings = installation(app).settings
    installation(app).settings = settings.model_copy(update={"smtp_url": url})
    MAIL.pop(app)
    try:
        yield
    finally:
        installation(app).settings = settings
        made = MAIL.pop(app)
        for connection in made[1].free if made else ():
            connection.host.close()


def certificate_for(name: str, path: Path) -> Path:
    """A key and a certificate that vouches for itself, in one file."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(who, who, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    path.write_bytes(key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ) + made.public_bytes(pem))
    return path


def server_context(certificate: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context


def only(user: str, password: str) -> Callable[..., AuthResult]:
    """For ``authenticator=``: lets in who knows the password."""

    def ask(server: SMTP, session: Session, envelope: Envelope, how: str, said: Any) -> AuthResult:
        fine = (said.login, said.password) == (user.encode(), password.encode())
        return AuthResult(success=fine, handled=fine)

    return ask
