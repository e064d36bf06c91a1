"""Steps of signing in by their values: pace, turns, the brake, whom details find, who can sign in."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from core.audit.models import AuditEntry
from core.base import clock
from core.cases.models import Case, Person
from core.notices.models import Notice
from core.plugin_host.host import plugin_settings
from core.storage.db import db, force_scope
from plugins.sign_in import finding, limits, old, rules, sending
from plugins.sign_in.limits import Pace, Steps, pace_of
from plugins.sign_in.matching import can_match
from plugins.sign_in.models import Attempt
from tests.conftest import HERTS
from tests.plugins.sign_in.ways_in import ON_RECORD
from tests.rows import case, person

NOW = datetime(2024, 6, 12, 12, 5, tzinfo=UTC)
SECOND, MINUTE, HOUR = (timedelta(seconds=n) for n in (1, 60, 3600))


# --- pace ---------------------------------------------------------------------------------------

PACES: list[tuple[Steps, bool, Pace]] = [
    (Steps(1, 1, 1, 1, 1), False, Pace(0, 0, 1)), (Steps(40, 40, 1, 1, 1), False, Pace(0, 0, 40)),
    (Steps(1, 60, 1, 1, 1), False, Pace(30, 0, 1)), (Steps(120, 1, 1, 1, 1), False, Pace(30, 0, 120)),
    (Steps(1, 400, 1, 1, 1), False, Pace(60, 0, 1)), (Steps(1, 401, 1, 1, 1), False, Pace(60, 300, 1)),
    (Steps(800, 1, 1, 1, 1), False, Pace(60, 0, 800)), (Steps(801, 1, 1, 1, 1), False, Pace(60, 300, 801)),
    (Steps(8, 8, 1, 9000, 9000), True, Pace(0, 0, 8)), (Steps(9, 9, 1, 6000, 2000), False, Pace(0, 0, 9)),
    (Steps(9, 9, 1, 6001, 1), False, Pace(8, 0, 9)), (Steps(9, 9, 1, 1, 2001), False, Pace(8, 0, 9)),
    (Steps(9, 9, 1, 1, 1), True, Pace(8, 0, 9)), (Steps(20, 20, 1, 1, 1), True, Pace(30, 0, 20)),
    (Steps(1, 1, 4, 1, 1), False, Pace(0, 0, 1)), (Steps(1, 1, 5, 1, 1), False, Pace(0, 0, 2)),
    (Steps(3, 3, 12, 1, 1), False, Pace(0, 0, 3)), (Steps(3, 3, 13, 1, 1), False, Pace(0, 0, 4))]


@pytest.mark.parametrize(("steps", "brake", "pace"), PACES, ids=range(len(PACES)))
def test_only_ones_own_steps_slow_somebody_down(steps: Steps, brake: bool, pace: Pace) -> None:
    with clock.travel(NOW):
        assert pace_of(steps, brake=brake) == pace


def test_a_step_counts_once_in_each_scope(app: Flask) -> None:
    """Of the visitor and of the neighbourhood, here and everywhere."""
    with clock.travel(NOW), app.app_context(), force_scope(HERTS):
        paces = [limits.pace("192.0.2.1").turn for _ in range(3)]
        assert paces == [1, 2, 3]
        assert limits.pace("192.0.2.9").turn == 1
        assert limits.pace("192.0.2.8").turn == 2  # the fifth step of the neighbourhood
        assert limits.pace("198.51.100.1").turn == 1
        assert limits.so_far("force/minutes", b"all", limits.MINUTES) == 6
        assert limits.so_far("force/address/minutes", limits.hashed("192.0.2.1"), limits.MINUTES) == 3


@pytest.mark.parametrize(("address", "around"), [
    ("192.0.2.7", "192.0.2.0/24"), ("2001:db8:1:2::5", "2001:db8:1::/48"), ("unknown", None)])
def test_a_neighbourhood_is_what_one_customer_can_have(address: str, around: str | None) -> None:
    assert limits.neighbourhood(address) == (around or limits.client_address(address))


# --- the brake ----------------------------------------------------------------------------------


def failures(address: bytes | None = None) -> int:
    if address is None:
        return limits.so_far(limits.FAILURES, b"all", limits.MINUTES)
    return limits.so_far(f"{limits.FAILURES}/address", address, limits.MINUTES)


@pytest.mark.usefixtures("app", "english")
def test_one_address_counts_for_twenty_failures_and_no_more() -> None:
    assert limits.FAILURES_FROM_ADDRESS == 20
    for _ in range(23):
        limits.tried(b"one")
    assert (failures(), failures(b"one")) == (20, 23)
    limits.tried(b"two")
    limits.tried(None)
    assert (failures(), failures(b"two"), failures(b"")) == (22, 1, 1)


@pytest.mark.usefixtures("app", "english")
def test_the_brake_is_on_when_more_fail_than_the_force_says_and_it_is_told_once() -> None:
    most = plugin_settings("sign_in").failures
    assert most == 300
    for number in range(most):
        limits.tried(number.to_bytes(2, "big"))
    assert limits.brake_is_on() is False
    for number in range(3):
        limits.tried(b"more" + bytes([number]))
        assert limits.brake_is_on() is True
    told = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "sign_in_brake")).all()
    assert [one.fields for one in told] == [{"failures": most + 1}]
    with clock.travel(NOW + 5 * MINUTE):
        assert limits.brake_is_on() is False


@pytest.mark.usefixtures("app", "english")
@pytest.mark.parametrize(("before", "given", "left", "of_all"), [
    (3, [NOW, NOW], 1, 1), (3, [NOW, NOW - 10 * MINUTE], 2, 2), (3, [NOW - 5 * MINUTE], 2, 2),
    (3, [NOW - 5 * MINUTE - SECOND], 3, 3), (2, [NOW] * 5, 0, 0), (25, [NOW] * 3, 22, 20),
    (25, [NOW] * 7, 18, 18), (0, [NOW], 0, 0)])
def test_details_that_led_to_a_visit_were_no_failures(
    before: int, given: list[datetime], left: int, of_all: int
) -> None:
    for _ in range(before):
        limits.tried(b"home")
    limits.led_in(b"home", given)
    assert (failures(b"home"), failures()) == (left, of_all)


@pytest.mark.parametrize(("detail", "on_record", "can"), [
    ("date_of_birth", "1980-05-17", True), ("date_of_birth", "17/05/1980", False),
    ("date_of_birth", "2023-02-29", False), ("date_of_birth", "0001-01-01", False),
    ("postcode", "WD17 1AA", True), ("postcode", "unknown", False), ("postcode", "GIR 0AA", True),
    ("surname", "Khan", True), ("surname", "-", False)])
def test_a_detail_that_nobody_could_type_is_none(detail: str, on_record: str, can: bool) -> None:
    assert can_match(detail, on_record) is can


# --- whom details find --------------------------------------------------------------------------

RIGHT = {"crime_reference": "41/1/24", "surname": "Khan", "date_of_birth": "1980-05-17",
    "postcode": "WD17 1AA"}


def on_record(one: Case, name: str = "P1", *, removed: bool = False, **more: Any) -> Person:
    return person(one, name, removed=removed, **{**ON_RECORD, **more})


@pytest.mark.usefixtures("app", "english")
@pytest.mark.parametrize("wrong", [
    {}, {"crime_reference": "41/2/24"}, {"surname": "Okoro"}, {"date_of_birth": "1980-05-18"},
    {"postcode": "WD17 1AB"}, {"surname": ""}, {"postcode": ""}])
def test_all_details_together_find_somebody(wrong: dict[str, str]) -> None:
    one = case(None, key="41124")
    amina = on_record(one)
    found = finding.find_people({**RIGHT, **wrong})
    assert [(row.id, row.case_id) for row in found] == ([] if wrong else [(amina.id, one.id)])


@pytest.mark.usefixtures("app", "english")
@pytest.mark.parametrize("missing", ["family", "date_of_birth", "postcode"])
def test_what_the_record_lacks_matches_nothing(missing: str) -> None:
    on_record(case(None, key="41124"), **{missing: None})
    column = {"family": "surname"}.get(missing, missing)
    assert finding.find_people(RIGHT) == []
    assert finding.find_people({**RIGHT, column: ""}) == []


@pytest.mark.usefixtures("app", "english")
@pytest.mark.parametrize(("offered", "removed"), [(False, False), (True, True)])
def test_nobody_is_found_on_a_case_that_is_hidden_or_that_they_left(offered: bool, removed: bool) -> None:
    one = case(None, key="41124", offered=offered)
    amina = on_record(one, removed=removed)
    assert finding.find_people(RIGHT) == []
    assert finding.still_open(one.id, [amina.id]) == [None]


@pytest.mark.usefixtures("app", "english")
def test_of_two_with_the_same_details_both_are_found_and_each_is_still_open() -> None:
    one = case(None, key="41124")
    on_record(one, "P0", family="Okoro")
    first, second = on_record(one, "P1", email="a@example.org", phone="1"), on_record(
        one, "P2", chosen_language="cy", locked_by="person", locked_at=NOW)
    assert [row.id for row in finding.find_people(RIGHT)] == [first.id, second.id]
    row, other, nobody = finding.still_open(one.id, [first.id, second.id, uuid4()])
    assert (row.id, row.language, row.locked_by, row.locked_at) == (first.id, "en", None, None)
    assert finding.contacts_of(row) == "a@example.org 1"
    assert (other.id, other.language, other.locked_by, other.locked_at) == (second.id, "cy", "person", NOW)
    assert finding.contacts_of(other) == finding.contacts_of(nobody) == " " and nobody is None
    assert finding.still_open(uuid4(), [first.id]) == [None]


@pytest.mark.usefixtures("app", "english")
def test_of_many_who_are_alike_no_more_are_found_than_are_told_apart() -> None:
    one = case(None, key="41124")
    found = [on_record(one, f"P{number}") for number in range(finding.ALIKE + 1)]
    assert [row.id for row in finding.find_people(RIGHT)] == [row.id for row in found[:finding.ALIKE]]


@pytest.mark.parametrize(("rows", "missing"), [(0, 4), (1, 3), (2, 2), (3, 1), (4, 0), (5, 3), (8, 0)])
def test_so_many_are_looked_at_that_it_does_not_tell_how_many_there_are(rows: int, missing: int) -> None:
    assert finding._missing(rows) == missing


# --- an attempt ---------------------------------------------------------------------------------


@pytest.mark.usefixtures("app", "english")
@pytest.mark.parametrize("wait", [0, 7])
def test_an_attempt_is_kept_sealed_for_half_an_hour_and_looked_into(
    wait: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(rules, "defer", lambda name, **more: asked.append((name, more)))
    made = rules.begin(RIGHT, address="192.0.2.7", wait=wait)
    row = db.session.scalars(sa.select(Attempt)).one()
    assert (row.id, row.state, row.tries, row.made_at, row.ends_at) == (
        made, "given", 0, NOW, NOW + 30 * MINUTE)
    assert json.loads(row.details) == RIGHT
    soonest = NOW + timedelta(seconds=wait) if wait else None
    assert row.not_before == soonest
    assert [(name, more["at"], more["attempt_id"]) for name, more in asked] == [
        ("sign_in_look_into", soonest, str(made))]
    assert row.account == limits.hashed("account/41124")
    assert row.address == limits.hashed("192.0.2.7")
    assert failures(row.address) == 1


@pytest.mark.usefixtures("app", "english")
@pytest.mark.parametrize("right", [True, False])
def test_the_worker_wipes_what_was_typed_and_writes_down_what_came_of_it(
    right: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    one = case(None, key="41124")
    amina = on_record(one)
    made = rules.begin(RIGHT if right else {**RIGHT, "surname": "Okoro"}, address="192.0.2.7")
    monkeypatch.setattr(rules, "defer", lambda name, **more: asked.append((name, more["urgent"])))
    rules.look_into(str(made))
    rules.look_into(str(made), turn=7)  # a job that comes twice
    rules.look_into(str(uuid4()))
    row = db.session.scalars(sa.select(Attempt)).one()
    assert (row.state, row.person_id, row.case_id, row.details) == (
        ("known", amina.id, one.id, None) if right else ("unknown", None, None, None))
    assert asked == [("sign_in_send", 1)]
    entry = db.session.scalars(sa.select(AuditEntry)).one()
    assert (entry.action, entry.case_id, entry.fields) == (
        ("sign_in", one.id, {"result": "details_match"}) if right
        else ("sign_in", None, {"result": "details_unknown"}))


@pytest.mark.usefixtures("app", "english")
def test_no_code_is_made_for_nobody_or_for_no_case() -> None:
    one = case(None)
    amina = person(one, email="amina@example.org")
    for person_id, case_id in ((None, None), (amina.id, None), (uuid4(), one.id)):
        attempt = Attempt(force=HERTS, account=b"a", address=b"h", state="known", person_id=person_id,
                          case_id=case_id)
        sending.send_codes(attempt)
        assert attempt.code_hash is None
    assert db.session.scalars(sa.select(Notice)).all() == []
    assert db.session.scalars(sa.select(AuditEntry)).all() == []


@pytest.mark.usefixtures("app", "english")
@pytest.mark.parametrize(("ago", "kept"), [(24 * HOUR, True), (24 * HOUR + SECOND, False)])
def test_attempts_are_kept_for_a_day_after_their_end(ago: timedelta, kept: bool) -> None:
    db.session.add(Attempt(account=b"a", state="used", made_at=NOW, ends_at=NOW - ago, tries=0))
    db.session.commit()
    old.remove_old()
    assert bool(db.session.scalars(sa.select(Attempt.id)).all()) is kept
