"""Sends notices as emails, with Flask-Mail, through the mail server of ``TMC_SMTP_URL``."""

from __future__ import annotations

from smtplib import SMTPRecipientsRefused

from core.force import Force
from core.hookspecs import Channel, Delivery, DeliveryState, RenderedNotice, hookimpl
from plugins.email_notices.connections import open_connection
from plugins.email_notices.envelope import CannotDeliver, message_of
from plugins.email_notices.patient_smtp import PerhapsDelivered

NAME = "email_notices"
VERSION = "0.1.0"
PROVIDES = ("letters",)
CHANNELS = (Channel.EMAIL,)
SETTINGS = None
LOG_IN_FIRST = 530


@hookimpl
def deliver(force: Force, notice: RenderedNotice) -> Delivery | None:
    if notice.channel is not Channel.EMAIL:
        return None
    try:
        message = message_of(notice)
        with open_connection() as connection:
            connection.send(message)
    except CannotDeliver as reason:
        return Delivery(DeliveryState.FAILED, reason=str(reason))
    except PerhapsDelivered:
        return Delivery(DeliveryState.PERHAPS_SENT)
    except SMTPRecipientsRefused as refused:
        code, text = next(iter(refused.recipients.values()))
        if not is_about_the_address(code, text):
            raise
        return Delivery(DeliveryState.FAILED, reason=(
            f"the mail service refuses this address ({code}): check the email on the record"))
    return Delivery(DeliveryState.SENT, by="email")


def is_about_the_address(code: int, text: bytes) -> bool:
    """Refused for good, and not because of who sends it (RFC 3463 class 5.7, or no log-in)."""
    return 500 <= code < 600 and code != LOG_IN_FIRST and not text.startswith(b"5.7.")
