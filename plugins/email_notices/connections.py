"""Connections to the mail server: kept open, and used for one letter after the other."""

from __future__ import annotations

import select
import smtplib
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Lock

from flask import Flask, current_app
from flask_mail import Connection, Mail

from core.base import State, installation
from plugins.email_notices.patient_smtp import PatientSMTP, PatientSMTPS

IDLE_SECONDS = 30.0
LETTERS_EACH = 100  # many mail servers end a connection after some more
OURSELVES = "[127.0.0.1]"  # what we greet with; our machine's name would stand in every letter


class SafeConnection(Connection):
    """Flask-Mail's connection, with time-outs and the mail server's certificate checked."""

    host: smtplib.SMTP
    since: float

    def configure_host(self) -> smtplib.SMTP:
        server = installation().settings.mail_server
        assert server
        return server.connect(PatientSMTP, PatientSMTPS, local_hostname=OURSELVES)

    def is_of_use(self) -> bool:
        """A mail server that speaks unasked, between two letters, is ending the connection."""
        if self.num_emails >= LETTERS_EACH or time.monotonic() - self.since > IDLE_SECONDS:
            return False
        sock = self.host.sock
        return sock is not None and not select.select([sock], [], [], 0)[0]

    def end(self) -> None:
        with suppress(smtplib.SMTPException, OSError):
            self.host.quit()


@dataclass
class Kept:
    """The free connections of this process, the last used on top: as many as jobs run at once."""

    free: list[SafeConnection] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def take(self, mail: Mail) -> SafeConnection:
        while True:
            with self.lock:
                found = self.free.pop() if self.free else None
            if found is None:
                made: SafeConnection = SafeConnection(mail).__enter__()
                return made
            if found.is_of_use():
                return found
            found.end()

    def give_back(self, connection: SafeConnection) -> None:
        connection.since = time.monotonic()
        with self.lock:
            self.free.append(connection)


@contextmanager
def open_connection() -> Iterator[SafeConnection]:
    """A connection for one letter; kept for the next unless something went wrong with it."""
    mail, kept = MAIL.get()
    connection = kept.take(mail)
    try:
        yield connection
    except smtplib.SMTPRecipientsRefused:
        kept.give_back(connection)
        raise
    except BaseException:
        connection.host.close()  # without a word: the mail server may no longer answer
        raise
    kept.give_back(connection)


def make_mail() -> tuple[Mail, Kept]:
    """Flask-Mail, set up when the first letter goes, and its connections. Raises :class:`NoMailServer`."""
    if installation().settings.mail_server is None:
        raise NoMailServer("TMC_SMTP_URL is not set")
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    app.config.update(MAIL_DEBUG=False, MAIL_SUPPRESS_SEND=False)
    return Mail(app), Kept()


MAIL = State("email_notices", make_mail)


class NoMailServer(RuntimeError):
    """Letters cannot go: no mail server is set."""
