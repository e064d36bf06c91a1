"""Staff are told who cannot sign in, and why: by what sends codes and compares details."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from flask import Flask

from tests.builders import allocated, officer, person, recorded
from tests.people import meet, officer_browser, take


@pytest.mark.parametrize(("more", "why"), [
    ({"email": "o’brien@example.com"}, "no address that letters can be sent to"),
    ({"email": "amina\u200b@example.com"}, "no address that letters can be sent to"),
    ({"email": "amina..b@example.com"}, "no address that letters can be sent to"),
    ({"email": "a" * 65 + "@example.com"}, "no address that letters can be sent to"),
    ({"email": "amina@☕.example"}, "no address that letters can be sent to"),
    ({"email": "none"}, "no address that letters can be sent to"),
    ({"email": None, "phone": "01438 757000"}, "no way to send a code"),
    ({"name": {"given": ".", "family": "."}}, "the surname on the record holds no letter"),
    ({"name": {"given": "(unknown)", "family": "-’-"}}, "the surname on the record holds no letter"),
    ({"postcode": "---"}, "the postcode on the record holds nothing"),
    ({"postcode": "NFA"}, "the postcode on the record holds nothing"),
    ({"postcode": "Unknown"}, "the postcode on the record holds nothing"),
    ({"postcode": ""}, "no postcode on the record"),
    ({"postcode": "ВМ1 1АА"}, "the postcode on the record holds nothing"),
    ({"date_of_birth": "unknown"}, "the date of birth on the record cannot be compared"),
    ({"date_of_birth": "1900-01-01"}, "the date of birth on the record cannot be compared"),
    ({"date_of_birth": "1899-12-30"}, "the date of birth on the record cannot be compared"),
    ({"date_of_birth": None}, "no date of birth on the record"),
    ({"safe_contact": {"silent": True}}, "no way to send a code"),
])
def test_whom_no_code_reaches_or_no_detail_fits_is_told_to_staff_everywhere(
    app: Flask, more: dict[str, Any], why: str
) -> None:
    """Asked of what sends and matches; in the table, on the case and beside the code to hand over."""
    take(app, recorded(people=[person(**more)]), allocated(officer=officer()))
    met = meet(app)
    desk = officer_browser(app, met.staff)
    (row,) = list(csv.DictReader(io.StringIO(desk.get("/desk/people.csv").text.lstrip("\ufeff"))))
    assert row["can_sign_in"] == "no" and why in row["why_not"]
    for page in (f"/desk/case/{met.case}", f"/desk/case/{met.case}/sign-in-code/{met.people['P1']}"):
        assert why in desk.get(page).text


@pytest.mark.parametrize("more", [
    {"name": {"given": "Suparmi", "family": "."}}, {"name": {"given": "Suparmi", "family": "-"}},
    {}, {"email": "amina@straße.example"}, {"email": "amina@example.com "}, {"postcode": "d02 x285"},
    {"postcode": "GIR 0AA"}, {"postcode": "gir oaa"},
    {"name": {"family": "Ng"}}, {"name": {"family": "Ó"}}, {"name": {"family": "陳"}},
    {"email": None, "phone": "07700 900123", "safe_contact": {"channels": ["email", "sms"]}},
])
def test_who_can_be_reached_and_compared_can_sign_in(
    app: Flask, more: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.sending.ways.HOOKS", dict.fromkeys(("email", "sms"), "deliver_notice"))
    take(app, recorded(people=[person(**more)]), allocated(officer=officer()))
    rows = officer_browser(app, meet(app).staff).get("/desk/people.csv").text
    assert ",yes," in rows
