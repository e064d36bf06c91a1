"""Letters of a demo: a folder of them, and one as programs make it."""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

ROOT = Path(__file__).parents[3]
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
VICTIM, NEIGHBOUR = "sam@example.com", "alex@example.com"


def a_letter(
    subject: str = "Your code", text: str = "Your code is 123456.", to: str = VICTIM
) -> EmailMessage:
    letter = EmailMessage()
    letter["To"], letter["From"], letter["Subject"] = (
        to,
        "Your force <no-reply@example.org>",
        subject,
    )
    letter.set_content(text)
    return letter
