"""How often: in four scopes, shared by all processes, slower first, and nobody locked out for long."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from core.base import clock
from core.base.installation import installation
from core.base.scope import EVERYWHERE
from core.storage.db import db, force_scope
from core.testing import allocated, recorded
from plugins.sign_in import activation, limits, rules
from plugins.sign_in.limits import (
    CROWD,
    FORCE,
    FORCE_ADDRESS,
    SYSTEM,
    SYSTEM_ADDRESS,
    Pace,
    Scope,
    Steps,
    pace,
    pace_of,
)
from plugins.sign_in.models import Count
from tests.conftest import AVON, HERTS
from tests.pages import Browser
from tests.people import meet, take
from tests.plugins.sign_in.ways_in import (
    NOON,
    enter,
    give,
    looks_in,
    newest_code,
    post_of,
    tries,
    wrong_for,
)
from tests.security.checklist import requirement

LATER = NOON + timedelta(minutes=15)


def numbers(force: str) -> dict[str, int]:
    with force_scope(force):
        found: dict[str, int] = {}
        for row in db.session.scalars(sa.select(Count)).all():
            found[row.scope] = max(row.number, found.get(row.scope, 0))
        return found


@requirement("A9")
def test_each_step_counts_in_four_scopes(app: Flask) -> None:
    with app.app_context(), clock.travel(NOON):
        for force, address in ((HERTS, "192.0.2.1"), (HERTS, "192.0.2.2"), (AVON, "192.0.2.1")):
            with force_scope(force):
                assert pace(address).wait == 0
        assert numbers(EVERYWHERE) == {
            "system/minutes": 3, "system/address/minutes": 2, "system/network/minutes": 3}
        assert numbers(HERTS) == {"force/minutes": 2, "force/address/minutes": 1}


@requirement("A9")
@pytest.mark.parametrize("scope", [SYSTEM, SYSTEM_ADDRESS, FORCE, FORCE_ADDRESS, CROWD], ids=lambda s: s.name)
def test_who_goes_fast_waits_longer_and_longer_before_anybody_is_refused(scope: Scope) -> None:
    waits = [scope.wait(number) for number in (1, scope.free, scope.free * 3 // 2, scope.free * 2)]
    assert waits == [0, 0, 30, 60]
    assert scope.wait(10**6) == 60
    assert scope.most is None or scope.most >= 10 * scope.free


@requirement("A9")
def test_only_an_address_is_refused_and_for_ten_minutes_at_most(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "FORCE_ADDRESS", Scope("force/address", 2, 8))
    with app.app_context(), force_scope(HERTS), clock.travel(NOON):
        for number in range(limits.FORCE_ADDRESS.most or 0):
            assert not pace("192.0.2.1").refused, number
        refused = pace("192.0.2.1")
        assert 0 < refused.refused <= 600 and refused.wait == 60
        other = pace("192.0.2.2")
        assert (other.wait, other.refused) == (0, 0)
        with clock.travel(NOON + timedelta(seconds=refused.refused)):
            assert pace("192.0.2.1") == Pace(0)


def test_the_page_of_who_is_refused_says_when_to_try_again(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(app, recorded())
    monkeypatch.setattr(limits, "FORCE_ADDRESS", Scope("force/address", 1, 3))
    browser = Browser(app, HERTS)
    answers = [give(browser).status_code for _ in range(3)]
    refused = give(browser)
    assert (answers, refused.status_code) == ([303] * 3, 429)
    assert 0 < int(refused.headers["Retry-After"]) <= 600
    assert browser.page and "Too many tries" in browser.page.text and "call 101" in browser.page.text
    assert enter(browser, "123456").status_code == 429


@requirement("A9")
def test_who_goes_fast_gets_the_code_later_and_holds_up_no_thread(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(app, recorded())
    monkeypatch.setattr(limits, "FORCE_ADDRESS", Scope("force/address", 1, 100))
    browser = Browser(app, HERTS)
    with clock.travel(NOON):
        give(browser)
        give(browser)
    with app.app_context(), force_scope(HERTS):
        attempts = db.session.query(rules.Attempt).order_by(rules.Attempt.id).all()
        assert [one.not_before for one in attempts] == [None, NOON + timedelta(seconds=60)]
    later = waiting_jobs(app)
    assert [moment for moment in later if moment] == [NOON + timedelta(seconds=60)]


def waiting_jobs(app: Flask) -> list[Any]:
    engine = sa.create_engine(str(installation(app).settings.owner_database_url))
    with engine.connect() as connection:
        found = list(connection.scalars(sa.text(
            "SELECT scheduled_at FROM procrastinate_jobs WHERE task_name LIKE '%look_into' ORDER BY id"
        )))
    engine.dispose()
    return found


@requirement("A9")
def test_two_processes_share_one_count(app: Flask) -> None:
    settings = installation(app).settings
    program = (
        "from core.app import create_app; from core.storage import force_scope\n"
        "from plugins.sign_in.limits import pace\n"
        "app = create_app()\n"
        "with app.app_context(), force_scope('hertfordshire'):\n"
        "    for _ in range(5): pace('192.0.2.1')\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", program], check=False, capture_output=True, text=True, timeout=90,
        env=os.environ | {
            "TMC_MODE": "demo", "TMC_DATABASE_URL": settings.database_url,
            "TMC_DATA_DIR": str(settings.data_dir), "TMC_BASE_URL": "http://portal.test",
        },
    )
    assert told.returncode == 0, told.stderr[-2000:]
    with app.app_context():
        with force_scope(HERTS):
            pace("192.0.2.1")
        assert total(EVERYWHERE, "system/minutes") == 6
        assert total(HERTS, "force/address/minutes") == 6


def total(force: str, scope: str) -> int:
    """Over windows: the ten minutes may have ended in between."""
    with force_scope(force):
        rows = db.session.scalars(sa.select(Count).where(Count.scope == scope)).all()
        return sum(row.number for row in rows)


def attack(app: Flask, *addresses: str) -> None:
    """Somebody who knows every detail asks for codes and guesses, from each address."""
    for number, address in enumerate(addresses):
        with clock.travel(NOON + timedelta(seconds=number)):
            thief = Browser(app, HERTS, address=address)
            for _ in range(4):
                give(thief)
                code = newest_code(app)
            tries(thief, *[wrong_for(code)] * 7, apart=70)


@requirement("A9")
def test_after_an_attack_from_one_address_she_signs_in_from_hers_within_fifteen_minutes(
    app: Flask,
) -> None:
    with clock.travel(NOON):
        take(app, recorded())
    attack(app, "203.0.113.9")
    hers = Browser(app, HERTS, address="198.51.100.1")
    with clock.travel(LATER), post_of(app) as post:
        give(hers)
        looks_in(app)
        assert enter(hers, code_of(post.letters[-1].text)).status_code == 303


def code_of(text: str) -> str:
    found = re.search(r"\b\d{6}\b", text)
    assert found
    return found[0]


@requirement("A9")
def test_after_an_attack_from_everywhere_she_signs_in_at_once_with_her_officers_code(
    app: Flask,
) -> None:
    with clock.travel(NOON):
        take(app, recorded(), allocated())
    met = meet(app)
    attack(app, *(f"203.0.113.{number}" for number in range(4)))
    hers = Browser(app, HERTS, address="198.51.100.1")
    with clock.travel(LATER):
        with app.app_context(), force_scope(HERTS):
            assert met.staff
            code = activation.make(met.people["P1"], met.case, met.staff)
            db.session.commit()
        give(hers)
        assert enter(hers, code).status_code == 303


@requirement("A9")
@pytest.mark.parametrize(("steps", "brake"), [
    (Steps(visitor=8, here=8, neighbours=8, system=10**6, force=10**6), False),
    (Steps(visitor=8, here=8, neighbours=10**6, system=10**6, force=10**6), True),
    (Steps(visitor=1, here=1, neighbours=1, system=1, force=1), True),
], ids=["everybody comes at once", "from one provider", "the brake is on"])
def test_nobody_waits_or_is_refused_for_the_steps_of_others(steps: Steps, brake: bool) -> None:
    found = pace_of(steps, brake=brake)
    assert (found.wait, found.refused) == (0, 0)


def test_old_counts_go(app: Flask) -> None:
    with app.app_context():
        with force_scope(HERTS), clock.travel(NOON):
            pace("192.0.2.1")
        with force_scope(HERTS), clock.travel(NOON + timedelta(days=3)):
            limits.remove_old(db.session.commit)
        assert numbers(EVERYWHERE) == numbers(HERTS) == {}
