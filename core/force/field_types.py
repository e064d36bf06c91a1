"""What may stand in a ``force.toml``: texts, ids, colours, addresses and days, each checked by itself."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, StringConstraints

from core.base.address_syntax import NoAddress
from core.base.email_address import ascii_address
from core.force.fault import fault

WHITE = "#ffffff"
LEAST_CONTRAST = 4.5


def must_be(pattern: str, wrong: str, right: str) -> AfterValidator:
    """A text that fits *pattern* as a whole; else a fault that says what is *wrong*, and *right* instead."""
    whole = re.compile(pattern, re.ASCII)

    def check(value: str) -> str:
        if not whole.fullmatch(value):
            raise fault(f"“{value}” {wrong}", right)
        return value

    return AfterValidator(check)


def _an_address(value: str) -> str:
    """In ASCII and with the domain in small letters: it stands in headers as it is."""
    try:
        written = ascii_address(value)
    except NoAddress:
        written = ""
    if written != value:
        raise fault(f"“{value}” is not an email address", "an address like no-reply@example.org")
    return value


def _one_line(value: str) -> str:
    if not value.isprintable():
        raise fault("holds a line break or a sign that cannot be seen", "one line of plain text")
    return value


def _no_number(value: Any) -> Any:
    if isinstance(value, (int, float)):
        raise fault(f"{value} is not a day", "a day like 2016-04-01")
    return value


def _readable(value: str) -> str:
    if contrast(value, WHITE) < LEAST_CONTRAST:
        raise fault(
            f"white text on {value} cannot be read well: contrast {contrast(value, WHITE):.1f}",
            f"a darker colour, contrast {LEAST_CONTRAST} or more, like {darker(value)}",
        )
    return value


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
Line = Annotated[Text, AfterValidator(_one_line)]
Id = Annotated[str, must_be(
    r"[a-z][a-z0-9]*(-[a-z0-9]+)*", "is not an id",
    "small letters, digits and single dashes, like st-albans")]
Name = Annotated[str, must_be(
    r"[a-z][a-z0-9_]*", "is not a name of a plugin or source",
    "small letters, digits and underscores, like record_feed")]
Colour = Annotated[str, must_be(
    r"#[0-9a-fA-F]{6}", "is not a colour", 'a "#" and six digits, like "#204a5e"',
), AfterValidator(_readable)]
Website = Annotated[str, must_be(
    r"https?://[a-z0-9-]+(\.[a-z0-9-]+)+(/[^\s<>\"]*)?", "is not a web address",
    "a whole address, like https://www.example.org")]
Host = Annotated[str, must_be(
    r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+", "is not a host name",
    "the name alone, in small letters, like track.example.org")]
Phone = Annotated[str, must_be(
    r"\+?[0-9][0-9 ()]{1,18}[0-9]", "is not a phone number",
    "digits and spaces, like 0808 123 4567")]
Email = Annotated[str, AfterValidator(_an_address)]
LogoFile = Annotated[str, must_be(
    r"[A-Za-z0-9_-]+\.svg", "is not a logo file",
    "the name of an .svg file in the force's static folder")]
OnsCode = Annotated[str, must_be(r"[EWNSK]\d{8}", "is not an ONS code", "like E07000103")]
Day = Annotated[date, BeforeValidator(_no_number)]


def contrast(one: str, other: str) -> float:
    """WCAG 2 contrast ratio of two colours ``#rrggbb``, from 1 to 21."""
    lighter, dimmer = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (dimmer + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at:at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def darker(colour: str) -> str:
    """The nearest darker shade of *colour* that carries white text."""
    parts = [int(colour[at:at + 2], 16) for at in (1, 3, 5)]
    for step in range(100, -1, -1):
        shade = "#" + "".join(f"{part * step // 100:02x}" for part in parts)
        if contrast(shade, WHITE) >= LEAST_CONTRAST:
            return shade
    return "#000000"
