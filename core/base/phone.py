"""Telephone numbers that text messages may go to: mobiles of the United Kingdom, and what a force adds."""

from __future__ import annotations

import re
from collections.abc import Collection

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType, ValidationResult

COUNTRY = "GB"
# Words that only say what the number is. Any other may say whose it is, or that no text should go.
_BESIDE = re.compile(
    r"[(\[]?\b(?:home|mobile|mob|cell|telephone|tel|phone|symudol|cartref|ffôn)\b[.:]?[)\]]?", re.IGNORECASE)
NOBODYS = "+447700900"  # kept free by Ofcom for stories and samples; belongs to nobody


def holds_a_number(written: str) -> bool:
    """Whether somebody could call it, perhaps after reading what stands beside it: ``01438 757000 work``."""
    return 5 <= sum(sign.isdecimal() for sign in written) <= 20


def is_whole(written: str) -> bool:
    """Whether it has as many figures as a mobile or landline of its country, with the code of its area.

    A number that is in no plan yet counts too: ranges are opened faster than lists of them get here.
    """
    try:
        number = phonenumbers.parse(written, COUNTRY)
    except NumberParseException:
        return False
    return not number.extension and ValidationResult.IS_POSSIBLE in (
        phonenumbers.is_possible_number_for_type_with_reason(number, kind)
        for kind in (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE))


def text_number(written: str | None, also: Collection[str] = ()) -> str | None:
    """The number as ``+447…`` if a text may go there, else None.

    A text goes to mobiles of the United Kingdom; never to pagers, personal or premium numbers.
    The Channel Islands, the Isle of Man and other countries are abroad: only numbers that begin with
    one of *also* (``+353``), and are mobiles there, are taken.
    """
    try:
        number = phonenumbers.parse(_BESIDE.sub(" ", written or "").strip(), COUNTRY)
    except NumberParseException:
        return None
    if re.search(r"[^\W\d_]", _BESIDE.sub(" ", written or "")):
        return None  # phonenumbers reads letters as the figures of the same key
    plain = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    if number.extension:
        return None
    if plain.startswith(NOBODYS) and len(plain) == len(NOBODYS) + 3:
        return plain
    kind = phonenumbers.number_type(number)
    if kind not in (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE):
        return None
    at_home = phonenumbers.region_code_for_number(number) == COUNTRY
    return plain if at_home or plain.startswith(tuple(also)) else None
