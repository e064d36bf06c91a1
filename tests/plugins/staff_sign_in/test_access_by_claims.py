"""Roles, units and leavers: what the provider's claims say decides anew at every sign-in."""

from __future__ import annotations

from typing import Any

import pytest

from core.storage.db import db
from core.testing import run_command
from plugins.staff_sign_in import identities
from plugins.staff_sign_in.settings import values_of
from tests.people import take as taken_in
from tests.plugins.staff_sign_in.door import Door
from tests.security.audited import audited
from tests.security.checklist import requirement


def why(door: Door, **claims: Any) -> str:
    """Why somebody with these claims is not let in; they are told that they have no access."""
    answer = door.sign_in(**claims)
    assert answer.status_code == 403 and "you have no access to this portal" in answer.text
    return str(door.audited("staff_sign_in_refused")[-1]["why"])


@pytest.mark.parametrize(("roles", "role"), [
    (["Portal.Officer"], "officer"), (["Portal.Supervisor", "Portal.Officer"], "supervisor"),
    (["Portal.Officer", "Portal.Admin"], "force_admin"), ("Portal.Supervisor", "supervisor"),
])
def test_who_has_several_roles_has_the_most(door: Door, roles: Any, role: str) -> None:
    door.signed_in(roles=roles)
    assert door.staff()["O1"].role == role


@requirement("B7")
def test_another_role_tells_from_the_next_request_of_a_visit_that_goes_on(door: Door) -> None:
    browser = door.signed_in(roles=["Portal.Supervisor"])
    assert browser.get("/desk/reviews").status_code == 200
    door.signed_in(roles=["Portal.Officer"])
    assert browser.get("/desk/reviews").status_code == 404
    assert [row["role"] for row in door.audited("role_set")] == ["supervisor", "officer"]


@requirement("B7")
@pytest.mark.parametrize("claims", [
    {"roles": None}, {"roles": []}, {"roles": ["Other.App"]}, {"roles": ["portal.officer"]},
    {"acct": 1}, {"acct": "1"}, {"employeeid": None}, {"employeeid": ["O1", "O2"]},
])
def test_whoever_left_is_refused_and_every_visit_of_theirs_ends(door: Door, claims: dict[str, Any]) -> None:
    first, second = door.signed_in(roles=["Portal.Admin"]), door.signed_in(roles=["Portal.Admin"])
    why(door, **claims)
    assert door.sessions() == 0 and door.staff()["O1"].role == "officer"
    for browser in (first, second):
        assert browser.get("/desk/").headers["Location"] == "/midshire/staff/sign-in"
    (row,) = door.audited("staff_sign_in_access_ended")
    assert (row["by"], row["visits"]) == ("claims", 2)
    door.signed_in()  # whoever comes back has their role again


def test_a_stranger_without_a_role_leaves_nothing_behind(door: Door) -> None:
    assert why(door, roles=[]) == "no_role"
    assert door.staff() == {}


@requirement("B4")
def test_an_id_of_the_record_system_that_another_signs_in_as_is_taken(door: Door) -> None:
    door.signed_in()
    assert why(door, sub="subject-2") == "taken"
    assert door.sessions() == 1


@requirement("B4")
def test_somebody_who_is_somebody_else_all_at_once_is_refused(door: Door) -> None:
    door.signed_in()
    door.signed_in(sub="subject-2", employeeid="O2")
    assert why(door, sub="subject-2", employeeid="O1") == "changed"
    assert why(door, sub="subject-2", employeeid="O3") == "changed"
    assert sorted(door.staff()) == ["O1", "O2"]


def test_the_unit_is_as_the_claim_has_it_and_as_the_record_system_calls_it(door: Door) -> None:
    for department, unit in (("NW-CID", "North West CID"), ("Traffic", "Traffic"), (None, None)):
        door.signed_in(department=department)
        assert door.look(lambda: door.staff()["O1"].unit) == unit
    assert len(door.audited("unit_changed")) == 3


def test_an_officer_whom_the_record_system_named_keeps_their_name_and_cases(door: Door) -> None:
    from core.testing import allocated, officer, recorded

    sam = officer(name="Sam From The Record")
    taken_in(door.app, recorded(district="north-side"), allocated(officer=sam), force="midshire")
    browser = door.signed_in(name="Sam From The Provider")
    assert door.look(lambda: door.staff()["O1"].name) == "Sam From The Record"
    assert "Amina Khan" in browser.get("/desk/").text or "41/1/24" in browser.get("/desk/").text


# --- at once, by an administrator -----------------------------------------------------------------


@requirement("B7")
@audited("staff_sign_in_access_ended", "staff_sign_in_access_given", "staff_sign_in_refused")
def test_an_administrator_ends_an_access_at_once_whatever_the_claims_say(door: Door) -> None:
    browser = door.signed_in()
    said = run_command(door.app, "staff", "end-access", "O1", "--force", "midshire", ends=0).output
    assert "visits that went on: 1" in said
    assert browser.get("/desk/").status_code == 303
    assert why(door) == "ended"
    run_command(door.app, "staff", "give-access", "O1", "--force", "midshire", ends=0)
    door.signed_in()


def test_whoever_gets_a_new_account_is_known_again_when_an_administrator_says_so(door: Door) -> None:
    door.signed_in()
    assert why(door, sub="new account") == "taken"
    run_command(door.app, "staff", "give-access", "O1", "--force", "midshire", ends=0)
    assert door.sessions() == 0
    door.signed_in(sub="new account")


@pytest.mark.parametrize("words", [("end-access", "O9"), ("give-access", "O9")])
def test_nobody_is_told_so(door: Door, words: tuple[str, ...]) -> None:
    said = run_command(door.app, "staff", *words, "--force", "midshire", ends=1)
    assert "O9: nobody has signed in at midshire by this id" in said.output


def test_a_force_without_the_plugin_is_told_what_to_write(door: Door) -> None:
    said = run_command(door.app, "staff", "setup-code", "--force", "hertfordshire", ends=1)
    assert "hertfordshire has no [plugins.staff_sign_in]" in said.output


# --- what is kept ---------------------------------------------------------------------------------


def test_the_subject_is_sealed(door: Door) -> None:
    door.signed_in()
    import sqlalchemy as sa

    (kept,) = door.look(lambda: list(db.session.execute(sa.select(
        identities.Identity.issuer, identities.Identity.subject_sealed, identities.Identity.subject_key))))
    assert kept.issuer == door.provider.issuer
    assert b"subject-1" not in kept.subject_sealed + kept.subject_key


@pytest.mark.parametrize(("claims", "name", "values"), [
    ({"roles": ["a", "b", 3, None, {}]}, "roles", {"a", "b", "3"}), ({}, "roles", set()),
    ({"realm_access": {"roles": ["a"]}}, "realm_access.roles", {"a"}), ({"a.b": "c"}, "a.b", {"c"}),
    ({"a": "text"}, "a.b", set()), ({"verified": True}, "verified", {"true"}), ({"a": {}}, "a", set()),
])
def test_the_values_of_a_claim(claims: dict[str, Any], name: str, values: set[str]) -> None:
    assert values_of(claims, name) == values
