"""A letter as an email: plain text and HTML, and headers that hold what they should and no more."""

from __future__ import annotations

import unicodedata
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from flask_mail import Message

from core.base import ascii_address, clock
from core.hookspecs import RenderedNotice

BREAKS_A_LINE = {"Cc", "Zl", "Zp", "Cs"}  # control characters, line and paragraph separators


class CannotDeliver(Exception):
    """The letter can never go; the text is the reason for staff, and names nobody."""


class LetterMessage(Message):
    """Flask-Mail's message, built with the modern classes of ``email``."""

    def __init__(self, mail: EmailMessage, to: Address, sender: Address) -> None:
        super().__init__(mail["Subject"], [to.addr_spec], sender=sender.addr_spec)
        self.mail = mail

    def _message(self) -> EmailMessage:  # type: ignore[override]
        return self.mail


def message_of(letter: RenderedNotice) -> LetterMessage:
    """Raises :class:`CannotDeliver` when a value would not stay in its header."""
    to = address(letter.to, "the email on the record")
    sender = address(letter.sender_address, "the sender's address", letter.sender_name)
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"] = sender, to
    mail["Subject"] = one_line(letter.subject, "the subject")
    mail["Date"] = format_datetime(clock.now())
    # The same at each try: a mail service that took it already can know it again.
    mail["Message-ID"] = f"<{letter.notice_id}@{sender.domain}>"
    # RFC 3834: no mailbox answers by itself that its owner is away.
    mail["Auto-Submitted"] = "auto-generated"
    # RFC 5322 has lines of 998 bytes at most; a paragraph may be longer, and servers would break it.
    mail.set_content(letter.text, cte="quoted-printable")
    mail.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    mail["Content-Language"] = one_line(letter.language, "the language")
    return LetterMessage(mail, to, sender)


def address(value: str, what: str, name: str = "") -> Address:
    """One address, in ASCII: what is handed on is never written otherwise by a library."""
    name = one_line(name, "the sender's name")
    try:
        whole = ascii_address(one_line(value, what))
        found = Address(name, addr_spec=whole)
    except (HeaderParseError, IndexError, ValueError):
        raise CannotDeliver(f"{what} is no address that letters can be sent to") from None
    if found.addr_spec != whole:
        raise CannotDeliver(f"{what} is no address that letters can be sent to")
    return found


def one_line(value: str, what: str) -> str:
    if any(unicodedata.category(character) in BREAKS_A_LINE for character in value):
        raise CannotDeliver(f"{what} holds a line break or another control character")
    return value
