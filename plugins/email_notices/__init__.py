"""Sends notices as emails, with Flask-Mail, through the mail server of ``TMC_SMTP_URL``."""

from __future__ import annotations

from smtplib import SMTPRecipientsRefused

from core.force import Force
from core.hookspecs import Delivered, Letter, hookimpl
from core.notices import CannotDeliver
from plugins.email_notices.connections import open_connection
from plugins.email_notices.envelope import message_of

NAME = "email_notices"
VERSION = "0.1.0"
PROVIDES = ("letters",)
SETTINGS = None
LOG_IN_FIRST = 530


@hookimpl
def deliver_notice(force: Force, letter: Letter) -> Delivered:
    message = message_of(letter)
    try:
        with open_connection() as connection:
            connection.send(message)
    except SMTPRecipientsRefused as refused:
        code, text = next(iter(refused.recipients.values()))
        if is_about_the_address(code, text):
            raise CannotDeliver(
                f"the mail service refuses this address ({code}): check the email on the record"
            ) from None
        raise
    return Delivered(by="email")


def is_about_the_address(code: int, text: bytes) -> bool:
    """Refused for good, and not because of who sends it (RFC 3463 class 5.7, or no log-in)."""
    return 500 <= code < 600 and code != LOG_IN_FIRST and not text.startswith(b"5.7.")
