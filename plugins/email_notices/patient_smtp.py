"""SMTP with the time-outs of RFC 5321, 4.5.3.2, and a word on whether a letter may have been taken."""

from __future__ import annotations

import select
import smtplib
import socket
import ssl
from typing import Any

from core.notices import hand_over

CONNECT = 30.0  # seconds, for the network to reach the server; the RFC leaves that open
MINUTE = 60.0
# How long a server may think, in seconds (RFC 5321, 4.5.3.2.1 to 4.5.3.2.6).
INITIAL_220, MAIL, RCPT, DATA_INITIATION = 5 * MINUTE, 5 * MINUTE, 5 * MINUTE, 2 * MINUTE
DATA_BLOCK, DATA_TERMINATION = 3 * MINUTE, 10 * MINUTE
OTHER = 5 * MINUTE  # EHLO, STARTTLS, AUTH and RSET: as long as for the commands before them
QUIT = 10.0  # nothing is lost with an answer that nobody waits for
PATIENCE = {"mail": MAIL, "rcpt": RCPT, "data": DATA_INITIATION, "quit": QUIT}


class PerhapsDelivered(Exception):
    """The server had all of the letter, and its answer did not come."""


class PatientSMTP(smtplib.SMTP):
    """Waits as long as the RFC asks for; each wait by its name, so that tests can make it short.

    From the last byte of a letter until its answer is read, all that goes wrong is
    :class:`PerhapsDelivered`. An answer, whichever, is one: the letter was taken or it was not.
    """

    sock: socket.socket | ssl.SSLSocket | None
    _step = ""

    def _get_socket(self, host: str, port: int, timeout: float) -> Any:
        made = super()._get_socket(host, port, CONNECT)  # type: ignore[misc]
        made.settimeout(INITIAL_220)
        return made

    def putcmd(self, cmd: str, args: str = "") -> None:
        self._step = cmd.partition(" ")[0].lower()
        if self.sock is not None:
            self.sock.settimeout(PATIENCE.get(self._step, OTHER))
        super().putcmd(cmd, args)

    def send(self, s: Any) -> None:
        if self._step != "block":
            super().send(s)
            return
        if self.sock is not None:
            self.sock.settimeout(DATA_BLOCK)
        hand_over.begin()
        super().send(s)  # without its last byte the server has no letter
        self._step = "end"

    def getreply(self) -> tuple[int, bytes]:
        if self._step == "end":
            return self._whether_taken()
        code, text = super().getreply()
        if self._step == "data" and code == 354:
            self._step = "block"
        return code, text

    def _whether_taken(self) -> tuple[int, bytes]:
        sock, self._step = self.sock, ""
        try:
            if sock is not None and not _answers_soon(sock):
                hand_over.let_go()
                sock.settimeout(DATA_TERMINATION)
            code, text = super().getreply()
        except (smtplib.SMTPException, OSError) as failure:
            raise PerhapsDelivered from failure
        if not 200 <= code < 600:
            raise PerhapsDelivered
        return code, text


class PatientSMTPS(PatientSMTP, smtplib.SMTP_SSL):
    """The same, encrypted from the first byte."""


def _answers_soon(sock: socket.socket | ssl.SSLSocket) -> bool:
    waiting = isinstance(sock, ssl.SSLSocket) and sock.pending()
    return bool(waiting or select.select([sock], [], [], hand_over.QUICK)[0])
