"""Staff are told who cannot sign in, and why: by what sends codes and compares details."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from flask import Flask

from core.hookspecs import Channel
from core.testing import allocated, officer, person, recorded
from tests.people import meet, officer_browser, take
from tests.plugins.sign_in.ways_in import plugin_set


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
    ({"name": {"given": "José", "family": "Garc?a"}}, "a letter of the surname on the record was lost"),
    ({"name": {"given": None, "family": "Unknown male"}}, "the surname on the record is only a remark"),
    ({"name": {"given": None, "family": "Ltd"}}, "the surname on the record is only a remark"),
    *(({"postcode": one}, "the postcode on the record is only a part of one")
      for one in ("WD17", "WD17 1", "WD17 1A?")),
    ({"postcode": "NFA 1"}, "the postcode on the record holds nothing that can be compared"),
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
    {"postcode": "1 WD17 1AA"}, {"postcode": "M01 1AE"}, {"postcode": "WD17 1AA UK"},
    {"postcode": "WD17 1AA (old)"}, {"name": {"given": "Jo", "family": "Khan - do not contact"}},
    {"name": {"family": "Acme Ltd"}}, {"name": {"family": "Khan 01"}},
    {"postcode": "GIR 0AA"}, {"postcode": "gir oaa"},
    {"name": {"family": "Ng"}}, {"name": {"family": "Ó"}}, {"name": {"family": "陳"}},
    {"email": None, "phone": "07700 900123", "safe_contact": {"channels": ["email", "sms"]}},
])
def test_who_can_be_reached_and_compared_can_sign_in(
    app: Flask, more: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.plugin_host.calls.Asking.channels", lambda self: frozenset(Channel))
    take(app, recorded(people=[person(**more)]), allocated(officer=officer()))
    rows = officer_browser(app, meet(app).staff).get("/desk/people.csv").text
    assert ",yes," in rows


def who_can(app: Flask, *people: dict[str, Any]) -> list[tuple[str, str]]:
    """Of each in turn whether they can sign in, and why not."""
    take(app, recorded(people=list(people)), allocated(officer=officer()))
    table = officer_browser(app, meet(app).staff).get("/desk/people.csv").text.lstrip("\ufeff")
    return [(row["can_sign_in"], row["why_not"]) for row in csv.DictReader(io.StringIO(table))]


def test_of_people_who_are_alike_those_behind_the_fourth_are_told_that_they_cannot(app: Flask) -> None:
    alike = [person(n, name={"given": f"Sara{n}", "family": "Khan"}, email=f"s{n}@example.com")
             for n in range(1, 7)]
    told = who_can(app, *alike, person(7, name={"given": "Omar", "family": "Akhtar"}, email="o@example.com"))
    assert [can for can, _ in told] == ["yes"] * 4 + ["no"] * 2 + ["yes"]
    assert all("too many people on this case have the same details" in why for _, why in told[4:6])


def test_father_and_son_of_one_mailbox_read_that_only_an_officers_code_will_do(app: Flask) -> None:
    both = [person(n, name={"given": "John", "family": "Khan"}, email="home@example.com", date_of_birth=born)
            for n, born in ((1, "1955-02-03"), (2, "1990-02-03"))]
    with app.app_context(), plugin_set(details=("crime_reference", "surname", "postcode")):
        told = who_can(app, *both)
    assert [can for can, _ in told] == ["no", "no"]
    assert all("only a code that an officer hands over tells them apart" in why for _, why in told)


@pytest.mark.parametrize(("names", "emails", "can"), [
    ([{"given": "Amina"}, {}], ["home@example.com", "Home@example.com"], ["yes", "no"]),
    ([{}, {"given": "Amina"}], ["home@example.com", "home@example.com"], ["no", "yes"]),
    ([{}, {}], ["home@example.com", "home@example.com"], ["yes", "no"]),
    ([{"given": "Amina"}, {}], ["amina@example.com", "sara@example.com"], ["yes", "yes"]),
    ([{"given": "Amina"}, {"given": "Sara"}], ["home@example.com", "home@example.com"], ["yes", "yes"]),
])
def test_a_twin_without_a_given_name_who_shares_a_mailbox_is_told_that_she_cannot(
    app: Flask, names: list[dict[str, str]], emails: list[str], can: list[str]
) -> None:
    told = who_can(app, *(person(n, name={"family": "Khan", **name}, email=email)
                          for n, (name, email) in enumerate(zip(names, emails, strict=True), 1)))
    assert [one for one, _ in told] == can
    assert all(("no given name is on the record to tell them apart" in why) is (one == "no")
               for one, why in told)


def test_a_father_and_a_son_of_other_birthdays_both_can(app: Flask) -> None:
    told = who_can(app, person(1, name={"family": "Khan"}, email="home@example.com"),
                   person(2, name={"family": "Khan"}, email="home@example.com", date_of_birth="2004-01-02"))
    assert [can for can, _ in told] == ["yes", "yes"]
