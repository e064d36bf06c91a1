"""The demo's mail server and the page that shows its letters, with real SMTP."""

from __future__ import annotations

import json
import signal
import smtplib
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.base import clock
from core.cli.processes.supervisor import free_port, listening
from plugins.demo.letters import Letter, Mailbox, letters, mailbox_json
from plugins.demo.mailbox import LARGEST, MailboxServer
from tests.plugins.demo.letters_stored import NEIGHBOUR, NOON, ROOT, VICTIM, a_letter


@pytest.fixture
def post(store: Path) -> Iterator[smtplib.SMTP]:
    """A connection to the mail server."""
    port = free_port()
    with (
        MailboxServer("127.0.0.1", port, store),
        smtplib.SMTP("127.0.0.1", port, timeout=60) as post,
    ):
        yield post


def the_letter(store: Path) -> Letter:
    (letter,) = letters(store)
    return letter


def raw(post: smtplib.SMTP, content: bytes) -> None:
    post.sendmail("sender@example.org", [VICTIM], content)


def test_a_letter_arrives_as_it_was_written(post: smtplib.SMTP, store: Path) -> None:
    sent = a_letter("Eich côd – newydd", "Helo,\n\n.line with a dot\nŵyneb\n")
    sent.add_alternative("<p>Helo</p>", subtype="html")
    before = datetime.now(UTC)
    post.send_message(sent)
    (letter,) = mailbox_json(store)
    assert list(letter) == ["to", "from", "subject", "sent_at", "text", "html"]
    assert letter["to"] == VICTIM
    assert letter["from"] == "Your force <no-reply@example.org>"
    assert letter["subject"] == "Eich côd – newydd"
    assert letter["text"] == "Helo,\n\n.line with a dot\nŵyneb\n"
    assert letter["html"] == "<p>Helo</p>\n"
    assert letter["sent_at"].endswith("Z")
    assert before <= datetime.fromisoformat(letter["sent_at"]) <= datetime.now(UTC)


def test_the_newest_letter_is_first_and_each_person_finds_their_own(store: Path) -> None:
    mailbox = Mailbox(store)
    for minutes, to in enumerate([VICTIM, NEIGHBOUR, VICTIM]):
        with clock.travel(NOON + timedelta(minutes=minutes)):
            mailbox.keep("s@example.org", [to], bytes(a_letter(f"Number {minutes}", to=to)))
    assert [letter.subject for letter in letters(store)] == ["Number 2", "Number 1", "Number 0"]
    assert [letter.subject for letter in letters(store, "SAM@example.com ")] == [
        "Number 2",
        "Number 0",
    ]
    assert letters(store, "sam@example") == []
    assert letters(store)[0].sent_at == "2026-11-23T12:02:00.000Z"


def test_letters_of_one_moment_keep_their_order(store: Path) -> None:
    with clock.travel(NOON):
        for number in range(20):
            Mailbox(store).keep("", [VICTIM], bytes(a_letter(str(number))))
    assert [letter.subject for letter in letters(store)] == [str(n) for n in reversed(range(20))]


def test_an_empty_mailbox_has_no_letters(store: Path) -> None:
    assert letters(store) == []


def test_who_it_went_to_is_what_the_envelope_says(post: smtplib.SMTP, store: Path) -> None:
    post.sendmail(
        "x@example.org", [VICTIM, NEIGHBOUR], b"To: mayor@example.com\r\nSubject: Hi\r\n\r\nHi\r\n"
    )
    assert the_letter(store).to == f"{VICTIM}, {NEIGHBOUR}"
    assert the_letter(store).from_ == "x@example.org"
    assert len(letters(store, NEIGHBOUR)) == 1
    assert letters(store, "mayor@example.com") == []


def test_half_written_letters_and_other_files_are_not_shown(store: Path) -> None:
    Mailbox(store).keep("", [VICTIM], bytes(a_letter()))
    (whole,) = store.iterdir()
    assert whole.stat().st_mode & 0o077 == 0
    (store / "20990101T000000-half.part").write_bytes(whole.read_bytes()[:40])
    (store / "20990101T000000-foreign.eml").write_bytes(b"Subject: not ours\r\n\r\n")
    assert len(letters(store)) == 1


def test_a_letter_cannot_pretend_when_it_came_or_for_whom(post: smtplib.SMTP, store: Path) -> None:
    forged = json.dumps({"at": "2000-01-01T00:00:00+00:00", "from": "", "to": [NEIGHBOUR]})
    raw(post, f"X-Demo-Mailbox: {forged}\r\nSubject: x\r\n\r\nx\r\n".encode())
    assert the_letter(store).to == VICTIM
    assert the_letter(store).moment.year > 2000


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\r\n",
        b"no headers at all",
        b"Subject: \xff\xfe\r\n\r\n\xff\xfe text",
        b"Subject: =?no-such-set?q?x?=\r\nContent-Type: text/plain; charset=no-such-set\r\n\r\nx",
        b"Subject: =?utf-8?b?!!!?=\r\nContent-Type: text/plain; charset=hex\r\n\r\nzz",
        b'Subject: =?utf-8?b?a?=\r\nContent-Type: text/plain; charset="utf-8\x00"\r\n\r\nx',
        b"Content-Type: text/plain; charset=idna\r\n\r\n\xff",
        b"Content-Transfer-Encoding: base64\r\n\r\n!!!not base64!!!",
        b"Content-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 x\r\n\x01\xff",
        b"Content-Type: multipart/mixed\r\n\r\nno boundary",
        b"Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n--a\r\n--a--",
        b"Content-Type: message/rfc822\r\n\r\n" * 3 + b"Subject: x\r\n\r\n",
        b"From: " + b"<" * 900 + b"\r\nSubject: " + b"=?utf-8?q?=0A?= " * 50 + b"\r\n\r\nx",
        b"Content-Type: text/plain; charset*0*=x''%; charset*1=y\r\n\r\nx",
    ],
)
def test_a_broken_letter_hides_no_other(post: smtplib.SMTP, store: Path, content: bytes) -> None:
    raw(post, content)
    post.send_message(a_letter())
    whole, broken = letters(store)
    assert whole.subject == "Your code"
    for value in (broken.to, broken.from_, broken.subject):
        assert value.isprintable()
    json.dumps(mailbox_json(store), ensure_ascii=False).encode()


def test_line_breaks_and_turned_writing_stay_out_of_headers(
    post: smtplib.SMTP, store: Path
) -> None:
    raw(
        post,
        b"Subject: =?utf-8?q?a=0D=0ABcc:_b=E2=80=AEc=00?=\r\nFrom: =?utf-8?q?d=0Ae?=\r\n"
        b"\r\nx\x00\x1by",
    )
    letter = the_letter(store)
    assert letter.subject == "a Bcc: bc"
    assert letter.from_ == "d e"
    assert letter.text == "xy\n"


def test_parts_within_parts_without_end_are_read_as_they_came(store: Path) -> None:
    depth = 5000
    nested = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n)
        for n in range(depth)
    )
    Mailbox(store).keep("", [VICTIM], nested)
    assert "boundary=b1" in the_letter(store).text


def test_a_letter_of_many_parts_is_read(store: Path) -> None:
    many = b"Content-Type: multipart/mixed; boundary=a\r\n\r\n" + b"--a\r\n\r\n" * (LARGEST // 8)
    Mailbox(store).keep("", [VICTIM], many)
    assert the_letter(store).to == VICTIM


def test_a_huge_letter_is_refused_and_an_ordinary_one_then_taken(
    post: smtplib.SMTP, store: Path
) -> None:
    with pytest.raises((smtplib.SMTPDataError, smtplib.SMTPSenderRefused)) as caught:
        raw(post, b"Subject: huge\r\n\r\n" + b"x" * 70 + b"\r\n" * LARGEST)
    assert caught.value.smtp_code == 552
    post.send_message(a_letter())
    assert the_letter(store).subject == "Your code"


def test_too_many_recipients_are_refused(post: smtplib.SMTP, store: Path) -> None:
    refused = post.sendmail("s@example.org", [f"p{n}@example.com" for n in range(101)], b"x")
    assert list(refused) == ["p100@example.com"]


def test_a_mailbox_that_cannot_write_asks_to_try_again(post: smtplib.SMTP, store: Path) -> None:
    store.write_text("a file where the folder should be")
    with pytest.raises(smtplib.SMTPDataError) as caught:
        post.send_message(a_letter())
    assert caught.value.smtp_code == 452


def test_starttls_is_offered_with_a_certificate_only(
    post: smtplib.SMTP, store: Path, certificate: Path
) -> None:
    post.ehlo()
    assert not post.has_extn("starttls")
    offered = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    offered.load_cert_chain(certificate)
    port = free_port()
    with (
        MailboxServer("127.0.0.1", port, store, tls_context=offered),
        smtplib.SMTP("localhost", port, timeout=60) as secure,
    ):
        secure.starttls(context=ssl.create_default_context(cafile=str(certificate)))
        secure.send_message(a_letter("Kept secret on the way"))
    assert the_letter(store).subject == "Kept secret on the way"


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A key and a certificate for ``localhost``, in one file."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    path = tmp_path / "localhost.pem"
    path.write_bytes(key.private_bytes(pem, pkcs8, plain) + made.public_bytes(pem))
    return path


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_mail_process_serves_until_it_is_asked_to_stop(store: Path, number: int) -> None:
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "plugins.demo.mailbox",
        "--port",
        str(port),
        "--store",
        str(store),
    ]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        deadline = time.monotonic() + 60
        while not listening(port)() and time.monotonic() < deadline:
            time.sleep(0.05)
        with smtplib.SMTP("127.0.0.1", port, timeout=60) as post:
            post.send_message(a_letter())
        process.send_signal(number)
        assert process.communicate(timeout=60)[1] == ""
    assert process.returncode == 0
    assert the_letter(store).subject == "Your code"


def test_a_port_in_use_is_named_in_one_line(store: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        command = [
            sys.executable,
            "-m",
            "plugins.demo.mailbox",
            "--port",
            str(port),
            "--store",
            str(store),
        ]
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
        )
    assert done.returncode == 1
    assert done.stderr.startswith(f"mailbox: 127.0.0.1:{port}, ")
    assert done.stderr.count("\n") == 1
