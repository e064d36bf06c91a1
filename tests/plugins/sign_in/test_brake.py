"""When many fail at a force at once: who goes on and on waits, and nobody else is held up."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from core.base import clock
from core.storage.db import db, force_scope
from core.testing import allocated, recorded
from plugins.sign_in import activation, limits, rules
from plugins.sign_in.limits import pace
from tests.conftest import HERTS
from tests.pages import Browser
from tests.people import meet, take
from tests.plugins.sign_in.ways_in import (
    NOON,
    begin,
    details,
    enter,
    give,
    newest_code,
    plugin_set,
    wrong_for,
)
from tests.security.audited import audited
from tests.security.checklist import requirement


@audited("sign_in_brake")
@requirement("A8")
def test_when_many_fail_at_a_force_who_goes_on_and_on_waits_and_officers_codes_do_not(
    app: Flask,
) -> None:
    with clock.travel(NOON):
        take(app, recorded(), allocated())
    met = meet(app)
    with app.app_context(), force_scope(HERTS), clock.travel(NOON), plugin_set(failures=20):
        for number in range(20):
            begin(f"203.0.113.{number}", surname="Nobody")
        assert waits("198.51.100.7", steps=20) == [0] * 20
        begin("203.0.113.99", surname="Nobody")
        hers, his = waits("198.51.100.1", steps=8), waits("198.51.100.2", steps=20)
        assert hers == [0] * 8, "who tries a few times is as quick as ever"
        assert his[8:13] == [8, 15, 23, 30, 30] and max(his) == limits.BRAKE_WAIT
        assert met.staff
        code = activation.make(met.people["P1"], met.case, met.staff)
        attempt = rules.begin(details(), address="198.51.100.1", wait=limits.BRAKE_WAIT)
        with pytest.raises(rules.TooSoon):
            rules.open_with([attempt], "123456")
        assert rules.open_with([attempt], code)
        db.session.commit()
        with clock.travel(NOON + timedelta(minutes=10)):
            assert waits("198.51.100.2", steps=20) == [0] * 20


def waits(address: str, *, steps: int) -> list[int]:
    return [pace(address).wait for _ in range(steps)]


@requirement("A9")
def test_one_address_alone_puts_no_brake_on_a_force(app: Flask) -> None:
    """A stranger who types nonsense as fast as they may, for ten minutes."""
    with clock.travel(NOON):
        take(app, recorded())
    with app.app_context(), force_scope(HERTS), clock.travel(NOON), plugin_set(failures=20):
        for _ in range(45):
            begin("203.0.113.9", surname="Nobody")
        assert not limits.brake_is_on()
        begin("203.0.113.10", surname="Nobody")
        assert limits.brake_is_on()


def test_who_signs_in_rightly_puts_no_brake_on_anybody(app: Flask) -> None:
    """A hundred colleagues behind one address of their station, and one at home each."""
    with clock.travel(NOON):
        take(app, recorded())
    with app.app_context(), force_scope(HERTS), clock.travel(NOON), plugin_set(failures=20):
        begin("203.0.113.9", surname="Nobody")
        for number in range(40):
            address = "198.51.100.1" if number % 2 else f"192.0.2.{number}"
            lets_in(begin(address))
        assert failures_of_all() == 1 and not limits.brake_is_on()
        with clock.travel(NOON + timedelta(minutes=10)):
            lets_in(begin("198.51.100.1"), given_at=NOON)
            assert failures_of_all() == 1, "what was counted in other ten minutes is not taken off here"


def test_the_details_that_led_in_are_no_failures_and_wrong_codes_stay_some(app: Flask) -> None:
    take(app, recorded())
    hers = Browser(app, HERTS)
    with clock.travel(NOON):
        give(hers)
        code = newest_code(app)
        with app.app_context(), force_scope(HERTS):
            assert failures_of_all() == 1
        enter(hers, wrong_for(code))
        with clock.travel(NOON + timedelta(seconds=5)):
            assert enter(hers, str(code)).status_code == 303
        with app.app_context(), force_scope(HERTS):
            assert failures_of_all() == 1, "the wrong code; her details are taken off again"


def lets_in(attempt: Any, *, given_at: Any = None) -> None:
    row = db.session.get(rules.Attempt, (HERTS, attempt))
    assert row
    limits.led_in(row.address, [given_at or row.made_at])
    db.session.commit()


def failures_of_all() -> int:
    return limits.so_far(limits.FAILURES, b"all", limits.MINUTES)
