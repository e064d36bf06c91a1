"""The hours in which it is safe to write to somebody, as record systems say them."""

from __future__ import annotations

from datetime import time
from typing import Any

import pytest

from core.cases.safe_contact import SafeContact
from core.intake.reading import read_data, read_envelope
from core.intake.shapes import NotUnderstood
from core.testing import person, recorded


def read_safe_contact(said: dict[str, Any]) -> SafeContact:
    data: Any = read_data(read_envelope(recorded(people=[person(safe_contact=said)])))
    found: SafeContact = data.people[0].safe_contact
    return found


@pytest.mark.parametrize(("written", "hour"), [
    ("22:00", time(22)), ("9:00", time(9)), (" 09:30 ", time(9, 30)), ("09:30:15", time(9, 30, 15)),
    ("00:00", time(0)), ("23:59:59.999999", time(23, 59, 59, 999999)),
])
def test_hours_that_are_safe_are_read_as_people_write_them(written: str, hour: time) -> None:
    safe = read_safe_contact({"not_before": written, "not_after": written})
    assert (safe.not_before, safe.not_after) == (hour, hour)
    assert SafeContact.model_validate_json(safe.model_dump_json()) == safe


@pytest.mark.parametrize("written", [
    22, 0, 2200, 9.5, True, "22", "2200", "9am", "24:00", "22:60", "22.00", "22:00Z", "22:00+01:00",
    "2026-11-20T22:00:00", ["22:00"], {"hour": 22},
])
@pytest.mark.parametrize("name", ["not_before", "not_after"])
def test_an_hour_that_may_mean_another_waits(name: str, written: Any) -> None:
    """22 as a number was once 22 seconds past midnight, which let letters come at any hour."""
    with pytest.raises(NotUnderstood, match=f"safe_contact/{name}: is not an hour, like 22:00"):
        read_safe_contact({name: written})
