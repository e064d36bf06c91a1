"""Comparing what somebody typed with what the record holds. A missing detail never matches."""

from __future__ import annotations

import hmac
from collections.abc import Collection, Mapping
from datetime import date

from core import is_birth_day
from plugins.sign_in.names import same_name
from plugins.sign_in.postcodes import LONGEST_POSTCODE, plain_code, postcode_readings


def same_text(given: str, on_record: str) -> bool:
    return bool(given) and hmac.compare_digest(given.encode(), on_record.encode())


def same_postcode(given: str, on_record: str) -> bool:
    """Whether both can mean the same postcode."""
    return bool(postcode_readings(given) & postcode_readings(on_record))


def can_match(name: str, on_record: str) -> bool:
    """Whether a detail holds anything to compare: whether the very same text would match it."""
    typed = TYPED[name](on_record) if name in TYPED else True
    return typed and matches((name,), {name: on_record}, {name: on_record})


def _is_postcode(text: str) -> bool:
    """Without a figure it is a remark: NFA, unknown; but for the one whose only figure is like a letter."""
    code = plain_code(text)
    return 3 <= len(code) <= LONGEST_POSTCODE and (not code.isalpha() or code == "GIROAA")


def _is_birth_day(text: str) -> bool:
    try:
        return is_birth_day(date.fromisoformat(text))
    except ValueError:
        return False


SAME = {"surname": same_name, "postcode": same_postcode}
TYPED = {"postcode": _is_postcode, "date_of_birth": _is_birth_day}  # what somebody could type


def matches(
    wanted: Collection[str], given: Mapping[str, str], on_record: Mapping[str, str | None]
) -> bool:
    """Whether all *wanted* details agree; every one is compared, whatever the others say."""
    answers = [
        SAME.get(name, same_text)(given.get(name, ""), on_record.get(name) or "") for name in wanted
    ]
    return bool(answers) and all(answers)
