"""Letters on their way to a real mail server: as they were written, and only to the right person."""

from __future__ import annotations

import email.utils
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from flask import Flask

from core.base import clock
from core.base.mail_server import MailServer as Address
from core.base.settings import load_settings
from core.base.settings_source import SettingsError
from core.hookspecs import Channel, DeliveryState
from core.plugin_host.host import host
from plugins import email_notices
from plugins.email_notices import connections
from tests.conftest import HERTS
from tests.mail import MailServer, sends_through
from tests.plugins.email_notices.letter import LETTER, deliver
from tests.security.checklist import requirement


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
    "to", "sender_name", "sender_address", "subject", "language",
])
def test_a_line_break_in_a_header_sends_nothing(
    sender: Flask, post: MailServer, place: str, break_: str
) -> None:
    hostile = f"{getattr(LETTER, place)}{break_}Bcc: thief@example.net"
    done = deliver(sender, **{place: hostile})
    assert done.state is DeliveryState.FAILED and "line break" in done.reason
    assert "amina" not in done.reason
    assert post.letters == []


@pytest.mark.parametrize("address", [
    "", "amina", "@example.com", "amina@", "a@example.com,b@example.net", "<a@example.com>",
    "a@example.com b@example.net", "Amina <a@example.com>", "a@x,b@example.net", "ŵyn@example.com",
    f"a@{'x' * 70}.com", "a b@example.com",
])
def test_what_is_no_single_address_gets_nothing(
    sender: Flask, post: MailServer, address: str
) -> None:
    assert deliver(sender, to=address).state is DeliveryState.FAILED
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
    deliver(sender, to=f"amina@{domain}", sender_address=f"no-reply@{domain}")
    assert post.envelopes == [(f"no-reply@{reached}", [f"amina@{reached}"])]
    letter = post.letters[0]
    assert letter["To"] == f"amina@{reached}"
    assert letter["From"].addresses[0].domain == letter["Message-ID"].rstrip(">").split("@")[1] == reached


def test_a_text_is_none_of_its_business(sender: Flask, post: MailServer) -> None:
    force, text = host(sender).get(HERTS).force, replace(LETTER, channel=Channel.TEXT)
    with sender.app_context():
        assert email_notices.deliver(force, text) is None
    assert post.letters == []


# --- refused ------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", ["550 5.1.1 <amina@example.com> unknown", "553 no such name"])
def test_a_refused_address_is_for_staff_to_look_at(
    sender: Flask, post: MailServer, answer: str
) -> None:
    post.refusals = [answer]
    done = deliver(sender)
    assert done.state is DeliveryState.FAILED and f"address ({answer[:3]}): check the email" in done.reason
    assert "amina" not in done.reason
    assert deliver(sender).state is DeliveryState.SENT
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
