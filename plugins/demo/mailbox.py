"""The demo's mail server: takes every letter and delivers none; ``python -m plugins.demo.mailbox``.

It is a real SMTP server, so that the demo and the tests send mail just as production does.
"""

from __future__ import annotations

import argparse
import logging
import signal
import socket
import ssl
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from plugins.demo.letters import Mailbox

LARGEST = 1024 * 1024
MOST_RECIPIENTS = 100
IDLE_SECONDS = 60.0
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

logger = logging.getLogger(__name__)


class _Desk:
    """What aiosmtpd asks at each step; it calls these methods by their names."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Kept for the demo's mailbox"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        content = envelope.content or b""
        raw = content if isinstance(content, bytes) else content.encode()
        try:
            self._mailbox.keep(envelope.mail_from or "", envelope.rcpt_tos, raw)
        except OSError as error:
            logger.error("A letter could not be kept: %s", error)
            return "452 4.3.1 The mailbox cannot write the letter down; try again later"
        return "250 2.0.0 Kept in the demo's mailbox"


class MailboxServer:
    """The mail server in a thread of this process, storing what it is sent in *store*.

    STARTTLS is offered when a *tls_context* is given. A port in use is an ``OSError`` of ``start``.
    """

    def __init__(
        self, host: str, port: int, store: Path, *, tls_context: ssl.SSLContext | None = None
    ) -> None:
        self._address = (host, port)
        self._controller = Controller(
            _Desk(Mailbox(store)),
            hostname=host,
            port=port,
            data_size_limit=LARGEST,
            enable_SMTPUTF8=True,
            ident="Demo mailbox",
            timeout=IDLE_SECONDS,
            tls_context=tls_context,
        )

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()

    def start(self) -> None:
        socket.create_server(self._address).close()  # the controller takes 5 s to say "in use"
        self._controller.start()

    def stop(self) -> None:
        self._controller.stop()


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m plugins.demo.mailbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--store", type=Path, required=True, help="folder for the letters")
    given = parser.parse_args(argv)
    signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)  # before the thread: it inherits this
    try:
        given.store.mkdir(parents=True, exist_ok=True, mode=0o700)
        with MailboxServer(given.host, given.port, given.store):
            signal.sigwait(STOP_SIGNALS)
    except (OSError, OverflowError) as error:
        sys.stderr.write(f"mailbox: {given.host}:{given.port}, {given.store}: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
