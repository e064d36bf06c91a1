"""Email addresses: which can be written to here, and the form in which letters go and are compared."""

from __future__ import annotations

from flask import has_app_context

from core.base import address_syntax
from core.base.address_syntax import NoAddress
from core.base.installation import installation


def ascii_address(text: str) -> str:
    """*text* as it is written on a letter's envelope: ``ada@xn--strae-oqa.example``.

    Raises :class:`NoAddress`, whose words never repeat *text*.
    """
    return address_syntax.ascii_address(text, _made_up_allowed())


def comparable(text: str | None) -> str:
    """What two spellings of one address have in common; what is no address stands for itself."""
    if not text:
        return ""
    try:
        return ascii_address(text).casefold()
    except NoAddress:
        return text.strip().casefold()


def is_address(text: str | None) -> bool:
    """Whether letters can be sent to it."""
    try:
        return bool(text and ascii_address(text))
    except NoAddress:
        return False


def _made_up_allowed() -> bool:
    """In the demo, in tests and where no portal runs; a real force's people have real addresses."""
    return not has_app_context() or installation().settings.demo
