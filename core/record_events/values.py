"""What record systems write in single fields, read as it is meant, before the shapes see it."""

from __future__ import annotations

import re
from datetime import time
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator

from core.fields import Line, key
from core.sending.phone import holds_a_number

_HOUR = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,6})?)?)")


def listed(value: Any) -> Any:
    """A list; some record systems write one as a text: ``email, sms``."""
    if not isinstance(value, str):
        return value
    for sign in ";|":
        value = value.replace(sign, ",")
    return [part for one in value.split(",") if (part := one.strip())]


def read_phone(text: str) -> str:
    text = text.removeprefix("tel:").strip()
    if not holds_a_number(text):
        raise ValueError("is no phone number")
    return text


def read_postcode(text: str) -> str:
    signs = "".join(filter(str.isalnum, text)).upper()
    figures = any(map(str.isdecimal, signs)) or signs == "GIROAA"  # none: NFA, unknown
    if not 3 <= len(signs) <= 10 or not figures:
        raise ValueError("is no postcode, like SG1 1AA")
    return text


WELSH = frozenset({"cy", "cym", "wel", "welsh", "cymraeg"})


def read_language(value: Any) -> Any:
    """People who speak neither of the portal's languages read it in English."""
    if not isinstance(value, str):
        return value
    return "cy" if value.strip().replace("_", "-").partition("-")[0].casefold() in WELSH else "en"


def read_hour(value: Any) -> Any:
    """An hour of the day as people write it. A bare 22 could be an hour or a second; a zone needs a day."""
    if isinstance(value, time) and value.tzinfo is None:
        return value
    found = _HOUR.fullmatch(value.strip()) if isinstance(value, str) else None
    if not found:
        raise ValueError("is not an hour, like 22:00")
    return f"{found[1]:0>2}:{found[2]}"


def read_exact(value: Any) -> Any:
    """What says that the hour is known is unset; people are shown it then."""
    said = value.strip().casefold() if isinstance(value, str) else None
    return None if said in ("exact", "hour", "minute", "second", "time", "datetime") else value


def read_version(value: Any) -> Any:
    return "1.0" if isinstance(value, float) and value == 1 else value


def read_media_type(value: Any) -> Any:
    """Without what may follow it: ``application/json; charset=utf-8``."""
    return value.partition(";")[0].strip().lower() if isinstance(value, str) else value


Hour = Annotated[time, BeforeValidator(read_hour)]
Precision = Annotated[Literal["day", "month"], key("day", "month")]
Phone = Annotated[Line, AfterValidator(read_phone)]
Postcode = Annotated[Line, AfterValidator(read_postcode)]
