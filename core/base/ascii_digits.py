"""Decimal digits of any script as the ten of ASCII: people type those that their keyboard has."""

from __future__ import annotations

import re
import unicodedata

_DIGIT = re.compile(r"[^\x00-\x7f]")


def ascii_digits(text: str) -> str:
    """*text* with ``١٢٣``, ``१२३``, ``１２３`` as ``123``; all else stays as it is."""
    if text.isascii():
        return text
    return _DIGIT.sub(lambda sign: _value(sign[0]), text)


def _value(sign: str) -> str:
    value = unicodedata.decimal(sign, None)
    return sign if value is None else str(value)
