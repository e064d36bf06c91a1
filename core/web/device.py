"""What somebody looks at a page with, as roughly as people speak of it: "phone, Safari".

Nothing else of what a browser says of itself is kept or shown.
"""

from __future__ import annotations

import re

from flask import has_request_context, request
from flask_babel import lazy_gettext as N_
from flask_babel.speaklater import LazyString

UNKNOWN = "unknown"
KINDS = {
    "phone": N_("a phone"),
    "tablet": N_("a tablet"),
    "computer": N_("a computer"),
    UNKNOWN: N_("a device we do not know"),
}
# In this order: nearly all say that they are Chrome and Safari too.
BROWSERS = (
    ("Edge", r"Edg(e|A|iOS)?/"),
    ("Opera", r"OPR/|OPT/|Opera"),
    ("Samsung Internet", r"SamsungBrowser/"),
    ("Firefox", r"Firefox/|FxiOS/"),
    ("Chrome", r"Chrome/|CriOS/"),
    ("Safari", r"Safari/"),
)
MOST = 400  # characters that are looked at


def rough(user_agent: str) -> str:
    """``kind`` or ``kind, browser``: the id of a kind, and the name of a browser that is known."""
    text = user_agent[:MOST]
    browser = next((name for name, sign in BROWSERS if re.search(sign, text)), None)
    return f"{_kind(text)}, {browser}" if browser else _kind(text)


def _kind(text: str) -> str:
    if re.search(r"iPad|Tablet|Silk/", text) or ("Android" in text and "Mobile" not in text):
        return "tablet"
    if re.search(r"iPhone|iPod|Android|Mobile", text):
        return "phone"
    return "computer" if re.search(r"Windows|Macintosh|X11|CrOS|Linux", text) else UNKNOWN


def present() -> str:
    """The device of this request."""
    return rough(request.headers.get("User-Agent", "")) if has_request_context() else UNKNOWN


def words(device: str | None) -> str:
    """A kept device in the reader's language."""
    kind, _, browser = (device or UNKNOWN).partition(", ")
    said: LazyString = KINDS.get(kind, KINDS[UNKNOWN])
    return f"{said}, {browser}" if browser else str(said)
