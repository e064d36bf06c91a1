"""Comparing what somebody typed with what the record holds. A missing detail never matches."""

from __future__ import annotations

import hmac
from collections.abc import Collection, Mapping
from datetime import date

from core.base import is_birth_day
from plugins.sign_in.names import same_name
from plugins.sign_in.postcodes import can_be_postcode, postcode_readings


def same_text(given: str, on_record: str) -> bool:
    # In equal time: how much of a guess is right must not show in how long it takes.
    return bool(given) and hmac.compare_digest(given.encode(), on_record.encode())


def same_postcode(given: str, on_record: str) -> bool:
    """Whether both can mean the same postcode."""
    return bool(postcode_readings(given) & postcode_readings(on_record))


def can_match(name: str, on_record: str) -> bool:
    """Whether a detail holds anything to compare: whether the very same text would match it."""
    typed = on_record.partition("\n")[0]
    could = TYPED[name](typed) if name in TYPED else True
    return could and matches((name,), {name: typed}, {name: on_record})


def _is_birth_day(text: str) -> bool:
    try:
        return is_birth_day(date.fromisoformat(text))
    except ValueError:
        return False


SAME = {"surname": same_name, "postcode": same_postcode}
TYPED = {"postcode": can_be_postcode, "date_of_birth": _is_birth_day}  # what somebody could type


def matches(
    wanted: Collection[str], given: Mapping[str, str], on_record: Mapping[str, str | None]
) -> bool:
    """Whether all *wanted* details agree; every one is compared, whatever the others say."""
    answers = [
        SAME.get(name, same_text)(given.get(name, ""), on_record.get(name) or "") for name in wanted
    ]
    return bool(answers) and all(answers)
