"""What changes meanwhile for one of two who are alike changes nothing for the other."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from core.base import clock
from core.storage.db import db, force_scope
from core.testing import recorded
from plugins.sign_in import guesses, limits, sending
from tests.conftest import HERTS
from tests.pages import Browser
from tests.people import take
from tests.plugins.sign_in.alike import (
    amina,
    asked,
    hidden,
    locked,
    moved,
    on_one_case,
    removed,
    sara,
    who_is_in,
)
from tests.plugins.sign_in.ways_in import NOON, begin, enter, why_withheld


@pytest.mark.parametrize("change", [locked, moved, removed, hidden])
def test_what_ends_the_code_of_one_ends_that_of_a_second_person(app: Flask, change: Any) -> None:
    met, browser = on_one_case(app), Browser(app, HERTS)
    with clock.travel(NOON):
        codes = asked(app, browser)
    with clock.travel(NOON + timedelta(seconds=30)):
        change(app, met)
    with clock.travel(NOON + timedelta(seconds=60)):
        assert enter(browser, codes["sara@example.com"]).status_code == 400
    with clock.travel(NOON + timedelta(seconds=90)):
        left = enter(browser, codes["amina@example.com"]).status_code
    assert left == (400 if change is hidden else 303), "the other's stays as it was"


def test_a_locked_twin_gets_no_code_and_her_sister_does(app: Flask) -> None:
    met = on_one_case(app)
    with clock.travel(NOON):
        locked(app, met)
        assert asked(app, Browser(app, HERTS)).keys() == {"amina@example.com"}
    assert why_withheld(app) == ["locked"]


def test_a_code_of_one_that_is_too_old_is_so_for_the_other(app: Flask) -> None:
    on_one_case(app)
    browser = Browser(app, HERTS)
    with clock.travel(NOON):
        codes = asked(app, browser)
    with clock.travel(NOON + timedelta(seconds=601)):
        assert enter(browser, codes["sara@example.com"]).status_code == 400


def test_asking_again_leaves_her_older_code_good_when_only_her_sister_gets_a_new_one(app: Flask) -> None:
    met = on_one_case(app)
    with clock.travel(NOON):
        browser = Browser(app, HERTS)
        first = asked(app, browser)
        with app.app_context(), force_scope(HERTS):
            for _ in range(guesses.PER_HOUR):
                limits.count("codes/hour", limits.hashed("contact/sara@example.com"), guesses.HOUR)
            db.session.commit()
        second = asked(app, browser)
        assert second.keys() == {"amina@example.com"}
        assert enter(browser, first["sara@example.com"]).status_code == 303
    assert who_is_in(app, met) == ["P2"]


def test_two_who_ask_for_each_others_codes_do_not_wait_for_each_other(app: Flask) -> None:
    """On one case she was first, on the other her sister: both contacts are held in one order."""
    with clock.travel(NOON):
        take(app, recorded(people=[amina(), sara()]), recorded("41/2/24", people=[sara(), amina()]))
    held: list[list[str]] = []
    with clock.travel(NOON), app.app_context(), force_scope(HERTS), pytest.MonkeyPatch.context() as patch:
        patch.setattr(sending, "lock", lambda name: held[-1].append(name))
        for reference in ("41/1/24", "41/2/24"):
            held.append([])
            begin(crime_reference=reference)
    assert held[0] == held[1] and len(held[0]) == 2
