"""Letters on their way to a real mail server: safely, once, and only to the right person."""

from __future__ import annotations

import email.utils
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event, Thread
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask

from core import CannotDeliver, Letter, PerhapsDelivered, clock, hand_over, host
from core.sending.mail_server import MailServer as Address
from core.settings import SettingsError, load_settings
from plugins.email_notices import connections, patient_smtp
from tests.conftest import HERTS
from tests.live import wait_until
from tests.mail import MailServer, certificate_for, mail_server, only, sends_through, server_context
from tests.security.checklist import requirement

LETTER = Letter(
    notice_id=UUID(int=7), to_address="amina@example.com", sender_name="Heddlu'r Gogledd, Cymru",
    sender_address="no-reply@force.example", subject="Côd newydd", text="Côd:\n\n123456\n",
    html="<p>Côd:</p><p>123456</p>", language="cy",
)


@pytest.fixture
def sender(portal: Flask, post: MailServer) -> Iterator[Flask]:
    with sends_through(portal, post.url):
        yield portal


def deliver(app: Flask, **changes: Any) -> Any:
    force = host(app).get(HERTS)
    with app.app_context():
        return force.hook.deliver_notice(force=force.force, letter=replace(LETTER, **changes))


def test_a_letter_arrives_as_it_was_written(sender: Flask, post: MailServer) -> None:
    before = clock.now().replace(microsecond=0)
    assert deliver(sender).by == "email"
    (letter,) = post.letters
    assert post.envelopes == [("no-reply@force.example", ["amina@example.com"])]
    assert letter["To"] == "amina@example.com"
    (sent_by,) = letter["From"].addresses
    assert (sent_by.display_name, sent_by.addr_spec) == (
        "Heddlu'r Gogledd, Cymru", "no-reply@force.example"
    )
    assert letter["Subject"] == "Côd newydd"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Content-Language"] == "cy"
    sent_at = email.utils.parsedate_to_datetime(letter["Date"])
    assert before <= sent_at <= clock.now()
    assert letter.get_content_type() == "multipart/alternative"
    plain, html = letter.iter_parts()
    assert plain.get_content().replace("\r\n", "\n") == "Côd:\n\n123456\n"
    assert "<p>123456</p>" in html.get_content()


def test_the_same_notice_always_has_the_same_message_id(sender: Flask, post: MailServer) -> None:
    deliver(sender)
    deliver(sender)
    deliver(sender, notice_id=uuid4())
    first, again, other = (letter["Message-ID"] for letter in post.letters)
    assert first == again == f"<{UUID(int=7)}@force.example>"
    assert other != first


def test_the_name_of_our_machine_is_not_told(sender: Flask, post: MailServer) -> None:
    deliver(sender)
    assert post.greetings == {"[127.0.0.1]"}


@requirement("E8")
@pytest.mark.parametrize("break_", ["\r\n", "\r", "\n", "\0", "\u2028", "\u2029", "\x85", "\x0b"])
@pytest.mark.parametrize("place", [
    "to_address", "sender_name", "sender_address", "subject", "language",
])
def test_a_line_break_in_a_header_sends_nothing(
    sender: Flask, post: MailServer, place: str, break_: str
) -> None:
    hostile = f"{getattr(LETTER, place)}{break_}Bcc: thief@example.net"
    with pytest.raises(CannotDeliver, match="line break") as caught:
        deliver(sender, **{place: hostile})
    assert "amina" not in str(caught.value)
    assert post.letters == []


@pytest.mark.parametrize("address", [
    "", "amina", "@example.com", "amina@", "a@example.com,b@example.net", "<a@example.com>",
    "a@example.com b@example.net", "Amina <a@example.com>", "a@x,b@example.net", "ŵyn@example.com",
    f"a@{'x' * 70}.com", "a b@example.com",
])
def test_what_is_no_single_address_gets_nothing(
    sender: Flask, post: MailServer, address: str
) -> None:
    with pytest.raises(CannotDeliver):
        deliver(sender, to_address=address)
    assert post.letters == []


@pytest.mark.parametrize(("domain", "reached"), [
    ("tŷ.example", "xn--t-foa.example"),
    ("straße.example", "xn--strae-oqa.example"),
    ("βόλος.example", "xn--nxasmm1c.example"),
    ("نامه\u200cای.example", "xn--mgba3gch31f060k.example"),
    ("exam\u00adple.example", "example.example"),
    ("ＳＨＯＰ．example", "shop.example"),
])
def test_a_letter_goes_to_the_domain_that_is_written_and_to_no_other(
    sender: Flask, post: MailServer, domain: str, reached: str
) -> None:
    """Not as Python's own codec has it, in the envelope or in the letter's headers."""
    deliver(sender, to_address=f"amina@{domain}", sender_address=f"no-reply@{domain}")
    assert post.envelopes == [(f"no-reply@{reached}", [f"amina@{reached}"])]
    letter = post.letters[0]
    assert letter["To"] == f"amina@{reached}"
    assert letter["From"].addresses[0].domain == letter["Message-ID"].rstrip(">").split("@")[1] == reached


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
        time.sleep(0.05)
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
        with pytest.raises(PerhapsDelivered if whole else OSError) as caught:
            deliver(portal)
        assert isinstance(caught.value, PerhapsDelivered) == whole


@pytest.mark.parametrize("answer", ["", "25", "what?", "250-2.0.0 taken", "999 taken"])
def test_a_server_that_breaks_off_in_its_answer_to_a_letter_has_perhaps_taken_it(
    portal: Flask, answer: str
) -> None:
    with raw_server(final=answer.encode()) as server, sends_through(portal, server.url):
        with pytest.raises(PerhapsDelivered):
            deliver(portal)
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


# --- refused ------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", ["550 5.1.1 <amina@example.com> unknown", "553 no such name"])
def test_a_refused_address_is_for_staff_to_look_at(
    sender: Flask, post: MailServer, answer: str
) -> None:
    post.refusals = [answer]
    with pytest.raises(CannotDeliver, match=f"address .{answer[:3]}.: check the email") as caught:
        deliver(sender)
    assert "amina" not in str(caught.value)
    deliver(sender)
    assert (len(post.letters), len(post.connections)) == (1, 1)


@pytest.mark.parametrize("answer", [
    "450 4.2.1 try later", "550 5.7.1 relaying denied", "530 5.5.1 log in first", "421 going down",
])
def test_other_refusals_are_tried_again(sender: Flask, post: MailServer, answer: str) -> None:
    post.refusals = [answer]
    with pytest.raises(OSError):  # noqa: PT011
        deliver(sender)
    deliver(sender)
    assert len(post.letters) == 1


@pytest.mark.parametrize("answer", ["451 4.3.0 disk full", "554 5.6.0 no"])
def test_a_letter_refused_as_a_whole_is_tried_again(
    sender: Flask, post: MailServer, answer: str
) -> None:
    post.data_refusals = [answer]
    with pytest.raises(OSError):  # noqa: PT011
        deliver(sender)
    deliver(sender)
    assert len(post.letters) == 1


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


# --- the setting --------------------------------------------------------------------------------


def test_the_setting_says_where_and_how() -> None:
    assert Address.of("smtp://mail.example") == Address("mail.example", 587, "starttls")
    assert Address.of("smtps://u%40x:p%2F@mail.example") == Address(
        "mail.example", 465, "at_once", "u@x", "p/"
    )
    assert Address.of("smtp://[::1]:25?starttls=no") == Address("::1", 25, "none")
    assert "p/" not in repr(Address.of("smtps://u:p%2F@mail.example"))


@pytest.mark.parametrize(("url", "said"), [
    ("http://mail.example", "must be smtp://"),
    ("smtp://", "must be smtp://"),
    ("smtp://mail.example?starttls=no", "on this machine"),
    ("smtp://127.0.0.1.example?starttls=no", "on this machine"),
    ("smtp://10.0.0.1?starttls=no", "on this machine"),
    ("smtps://127.0.0.1?starttls=no", "only starttls=no"),
    ("smtp://mail.example?tls=no", "only starttls=no"),
    ("smtp://me:sec/ret@mail.example", "must end with a port"),
    ("smtp://mail.example/inbox", "must end with a port"),
])
def test_a_wrong_setting_stops_the_start_without_telling_the_password(url: str, said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings({
            "TMC_MODE": "demo", "TMC_DATABASE_URL": "postgresql://x@y/z", "TMC_SMTP_URL": url,
        })
    assert said in str(caught.value)
    assert str(caught.value).startswith("TMC_SMTP_URL: ")
    assert "sec" not in str(caught.value)


def test_without_a_mail_server_letters_wait(portal: Flask) -> None:
    with sends_through(portal, None), pytest.raises(connections.NoMailServer, match="TMC_SMTP_URL"):
        deliver(portal)
