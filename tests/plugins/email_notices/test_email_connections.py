"""The connection to a real mail server: kept, timed, encrypted, and honest about what was taken."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

import pytest
from flask import Flask

from core.hookspecs import DeliveryState
from core.notices import hand_over
from plugins.email_notices import connections, patient_smtp
from tests.live import wait_until
from tests.mail import MailServer, certificate_for, mail_server, only, sends_through, server_context
from tests.plugins.email_notices.letter import deliver

# --- the connection -----------------------------------------------------------------------------


def test_one_connection_carries_many_letters(sender: Flask, post: MailServer) -> None:
    for _ in range(5):
        deliver(sender)
    assert (len(post.letters), len(post.connections)) == (5, 1)


def test_as_many_connections_as_letters_at_once(sender: Flask, post: MailServer) -> None:
    post.while_reading = lambda: wait_until(lambda: len(post.connections) > 1, 60, "no second")
    with ThreadPoolExecutor(3) as threads:
        list(threads.map(lambda _: deliver(sender), range(12)))
    assert len(post.letters) == 12
    assert 2 <= len(post.connections) <= 3


def test_a_connection_that_was_idle_is_made_anew(
    sender: Flask, post: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(sender)
    monkeypatch.setattr(connections, "IDLE_SECONDS", -1)
    deliver(sender)
    assert len(post.connections) == 2


def test_a_server_that_hangs_up_after_each_letter_loses_none(
    sender: Flask, post: MailServer
) -> None:
    post.hang_up = True
    for _ in range(3):
        deliver(sender)
        kept = connections.MAIL.get(sender)[1].free[-1]
        wait_until(lambda kept=kept: not kept.is_of_use(), 60, "the server never hung up")
    assert (len(post.letters), len(post.connections)) == (3, 3)


# What the RFC asks for, in minutes, and after which of our lines a server says nothing.
WAITS = {
    "INITIAL_220": (5, ""), "OTHER": (5, "EHLO"), "MAIL": (5, "MAIL"), "RCPT": (5, "RCPT"),
    "DATA_INITIATION": (2, "DATA"), "DATA_TERMINATION": (10, "."),
}


@pytest.mark.parametrize("name", [*WAITS, "DATA_BLOCK"])
def test_a_server_may_think_for_as_long_as_the_rfc_says(name: str) -> None:
    minutes = {**WAITS, "DATA_BLOCK": (3, "")}[name][0]
    assert getattr(patient_smtp, name) == minutes * 60


@pytest.mark.parametrize("name", WAITS)
def test_a_silent_server_is_given_up_after_the_wait_of_that_step(
    portal: Flask, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    patience = {"MAIL": "mail", "RCPT": "rcpt", "DATA_INITIATION": "data"}.get(name)
    if patience:
        monkeypatch.setitem(patient_smtp.PATIENCE, patience, 0.1)
    else:
        monkeypatch.setattr(patient_smtp, name, 0.1)
    with raw_server(silent_after=WAITS[name][1]) as server, sends_through(portal, server.url):
        whole = name == "DATA_TERMINATION"
        if whole:
            assert deliver(portal).state is DeliveryState.PERHAPS_SENT
            return
        with pytest.raises(OSError):  # noqa: PT011 - smtplib has several
            deliver(portal)


@pytest.mark.parametrize("answer", ["", "25", "what?", "250-2.0.0 taken", "999 taken"])
def test_a_server_that_breaks_off_in_its_answer_to_a_letter_has_perhaps_taken_it(
    portal: Flask, answer: str
) -> None:
    with raw_server(final=answer.encode()) as server, sends_through(portal, server.url):
        assert deliver(portal).state is DeliveryState.PERHAPS_SENT
        assert len(server.letters) == 1


@pytest.mark.parametrize("line", ["", "EHLO", "MAIL", "RCPT", "DATA"])
def test_a_server_that_hangs_up_before_it_has_the_letter_has_surely_not_taken_it(
    portal: Flask, line: str
) -> None:
    with raw_server(hangs_up_after=line) as server, sends_through(portal, server.url):
        with pytest.raises(OSError):  # noqa: PT011 - smtplib has several
            deliver(portal)
        assert server.letters == []


def test_a_server_that_thinks_for_long_gets_the_letter_once(
    sender: Flask, post: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hand_over, "QUICK", 0.01)
    post.while_reading = lambda: time.sleep(0.1)
    assert deliver(sender).by == "email"
    assert deliver(sender).by == "email"
    assert (len(post.letters), len(post.connections)) == (2, 1)


@dataclass
class RawServer:
    """A mail server of a few lines, which breaks off where it is told to."""

    url: str = ""
    letters: list[bytes] = field(default_factory=list)


@contextmanager
def raw_server(
    *, silent_after: str | None = None, hangs_up_after: str | None = None, final: bytes | None = None
) -> Iterator[RawServer]:
    """It stops after the line that begins so (an empty one: before its greeting), or ends with *final*."""
    server, over = RawServer(), Event()

    def stops(line: bytes) -> bool:
        begins = line[:4].decode().strip().upper() or None
        if silent_after is not None and begins == (silent_after or None):
            over.wait(20)
            return True
        return hangs_up_after is not None and begins == (hangs_up_after or None)

    def talk(connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as lines:
            if stops(b""):
                return
            connection.sendall(b"220 here\r\n")
            for line in lines:
                if stops(line):
                    return
                if not line.upper().startswith(b"DATA"):
                    connection.sendall(b"250 fine\r\n")
                    continue
                connection.sendall(b"354 go on\r\n")
                server.letters.append(b"".join(iter(lines.readline, b".\r\n")))
                if stops(b"."):
                    return
                connection.sendall(b"250 taken\r\n" if final is None else final)
                if final is not None:
                    return

    with socket.create_server(("127.0.0.1", 0)) as listening:
        server.url = f"smtp://127.0.0.1:{listening.getsockname()[1]}?starttls=no"
        thread = Thread(target=lambda: talk(listening.accept()[0]), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            over.set()
            thread.join(20)


# --- encrypted ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certificate_for("localhost", tmp_path_factory.mktemp("tls") / "localhost.pem")


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_a_mail_server_nobody_vouches_for_gets_no_letter(
    portal: Flask, certificate: Path, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    context = server_context(certificate)
    how = {"tls_context": context, "require_starttls": True}
    with mail_server(**how if scheme == "smtp" else {"ssl_context": context}) as server:
        with sends_through(portal, f"{scheme}://localhost:{server.port}"):
            with pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED"):
                deliver(portal)
            assert server.letters == []
            monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
            deliver(portal)
            deliver(portal)
        assert (len(server.letters), len(server.connections)) == (2, 1)


def test_a_certificate_for_another_name_is_refused(
    portal: Flask, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with mail_server(tls_context=server_context(certificate)) as server:
        url = f"smtp://127.0.0.1:{server.port}"
        wrong = pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED")
        with sends_through(portal, url), wrong:
            deliver(portal)
        assert server.letters == []


def test_without_starttls_neither_letter_nor_password_goes(
    portal: Flask, post: MailServer
) -> None:
    url = f"smtp://me:secret@127.0.0.1:{post.port}"
    with sends_through(portal, url), pytest.raises(OSError, match="STARTTLS"):
        deliver(portal)
    assert post.letters == []


def test_we_log_in_once_the_way_is_encrypted(
    portal: Flask, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    options = {"tls_context": server_context(certificate), "auth_required": True,
               "authenticator": only("me", "p/w@?")}
    with mail_server(**options) as server:
        url = f"smtp://me:wrong@localhost:{server.port}"
        with sends_through(portal, url), pytest.raises(OSError, match="535"):
            deliver(portal)
        with sends_through(portal, f"smtp://me:p%2Fw%40%3F@localhost:{server.port}"):
            deliver(portal)
        assert len(server.letters) == 1
