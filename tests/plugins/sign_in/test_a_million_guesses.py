"""A million guesses in virtual time, by the portal's rules; and that memory counts as its database."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from core import audit
from core.base import clock
from core.storage.db import db, force_scope
from core.storage.keys import rotation
from core.testing import person, recorded
from plugins.sign_in import codes, guesses, limits, rules
from tests.conftest import HERTS
from tests.people import meet, take
from tests.plugins.sign_in.offered import Given, InMemory, Portal, chance
from tests.plugins.sign_in.test_guessing import GUESSES, MOST, compared
from tests.plugins.sign_in.ways_in import NOON, begin
from tests.security.checklist import protection, requirement

DAY, SECOND = guesses.DAY, timedelta(seconds=1)
START = datetime(2026, 3, 1, 12, tzinfo=UTC)
EVERY_DAY = 400  # guesses at one account
Step = tuple[float, int, bool]  # seconds since noon, which browser, are details given first?


def hurried() -> Iterator[Step]:
    """One browser, one guess a second; a new code after every fifth."""
    return ((float(number), 0, number % 5 == 0) for number in range(EVERY_DAY))


def patient() -> Iterator[Step]:
    """One browser that waits out every delay, all day long, with a new code every hour or so."""
    return (((number // 17) * 3600 + (number % 17) * 65.0, 0, number % 17 == 0)
            for number in range(EVERY_DAY))


def many_at_once() -> Iterator[Step]:
    """Forty browsers at forty addresses, all in the same seconds."""
    return ((20.0 * (number // 40), number % 40, number < 40) for number in range(EVERY_DAY))


def spread() -> Iterator[Step]:
    """Ten browsers in turn; every hour one of them asks for a code and guesses until it is used up."""
    return (((number // 17) * 3600 + 35.0 * (number % 17), (number // 17) % 10, number % 17 == 0)
            for number in range(EVERY_DAY))


def around_midnight() -> Iterator[Step]:
    """All in the ten minutes before midnight and in the ten minutes after it."""
    half = EVERY_DAY // 2
    for number in range(EVERY_DAY):
        late, turn = divmod(number, half)
        yield 42600.0 + 600 * late + 3 * turn, 2 * late + turn % 2, turn < 2


def by_chance() -> Iterator[Step]:
    chooses = random.Random(8)  # noqa: S311 - the same guesses every time
    moments = sorted(chooses.uniform(0, 86400) for _ in range(EVERY_DAY))
    return ((moment, chooses.randrange(12), chooses.random() < 0.3) for moment in moments)


WAYS: list[Callable[[], Iterator[Step]]] = [
    hurried, patient, many_at_once, spread, around_midnight, by_chance]


def guessed(portal: Portal, steps: list[Step], accounts: int, days: int) -> None:
    moves = [(seconds * SECOND, number, again, f"192.0.2.{number}") for seconds, number, again in steps]
    for number in range(accounts):
        person = UUID(int=number + 1)
        browsers: list[list[Given]] = [[] for _ in range(40)]
        for day in range(days):
            start = START + day * DAY
            for later, browser, again, address in moves:
                if again or not browsers[browser]:
                    portal.begin(browsers[browser], person, address, start + later)
                portal.guess(browsers[browser], start + later)


def tried_all_ways(accounts: int, days: int) -> list[Portal]:
    portals = []
    for way in WAYS:
        portals.append(Portal())
        guessed(portals[-1], list(way()), accounts, days)
    return portals


@requirement("A8")
def test_of_a_million_guesses_ten_at_most_reach_an_accounts_codes_in_any_24_hours(
    record_property: Any,
) -> None:
    """Not only from midnight to midnight. Who guesses best gets all ten; one code is tried five times."""
    portals = tried_all_ways(accounts=20, days=21)
    offered = sum(portal.offered for portal in portals)
    most = [portal.most_in(DAY) for portal in portals]
    assert offered >= GUESSES and min(most) > 0 and max(most) == 10
    assert chance(max(most)) <= MOST
    assert max(portal.most_of_one_code() for portal in portals) == guesses.TRIES_PER_CODE
    record_property("figure", ("guesses at codes tried", offered))
    record_property("figure", ("of these, compared with a code", sum(len(p.compared) for p in portals)))


@protection("A8")
def test_without_the_limit_for_an_account_more_would_succeed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guesses, "TRIES_PER_ACCOUNT_DAY", 10**9)
    monkeypatch.setattr(guesses, "TRIES_FROM_ADDRESS_DAY", 10**9)
    most = max(portal.most_in(DAY) for portal in tried_all_ways(accounts=1, days=3))
    assert chance(most) > 2 * MOST


@protection("A8")
def test_if_midnight_brought_new_tries_who_guesses_around_it_would_get_twice_as_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def by_the_calendar(self: InMemory, scope: str, values: list[str], most: int) -> list[bool]:
        return [self.count(scope, one.encode(), DAY) <= most for one in values]

    monkeypatch.setattr(InMemory, "take", by_the_calendar)
    portal = Portal()
    guessed(portal, list(around_midnight()), accounts=1, days=3)
    assert chance(portal.most_in(DAY)) > 1.5 * MOST


# --- the database decides the same --------------------------------------------------------------


@requirement("A8")
def test_the_counts_of_the_database_and_those_in_memory_allow_the_same(app: Flask) -> None:
    """Two hundred sequences of tries by chance, over hours and days, from addresses and for people."""
    chooses = random.Random(11)  # noqa: S311 - the same tries every time
    answers = []
    with app.app_context(), force_scope(HERTS):
        for number in range(200):
            memory, now = InMemory(), NOON + timedelta(hours=chooses.randrange(24))
            most = chooses.randrange(1, 4)
            for _ in range(chooses.randrange(3, 6)):
                now += chooses.choice((SECOND, timedelta(minutes=40), timedelta(hours=11), DAY))
                memory.now, value = now, f"{number}/{chooses.randrange(2)}"
                with clock.travel(now):
                    answers += zip(limits.take("tries/day", [value, f"{value}/too"], most),
                                   memory.take("tries/day", [value, f"{value}/too"], most), strict=True)
                    if chooses.random() < 0.2 and all(answers[-1]):
                        limits.give_back("tries/day", [f"{value}/too"])
                        memory.give_back("tries/day", [f"{value}/too"])
        db.session.rollback()
    assert len(answers) > 1400 and {one for one, _ in answers} == {True, False}
    assert all(database == memory for database, memory in answers)


@requirement("A8")
def test_the_portal_answers_guess_for_guess_as_the_virtual_one_does(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Eighty guesses by chance, of a day, from four browsers and addresses."""
    with clock.travel(NOON):
        take(app, recorded(people=[person(1)]))
    whose = meet(app).people["P1"]
    chooses = random.Random(5)  # noqa: S311 - the same guesses every time
    portal, now = Portal(), NOON
    real: list[list[UUID]] = [[] for _ in range(4)]
    virtual: list[list[Given]] = [[] for _ in range(4)]
    answers = []
    with app.app_context(), force_scope(HERTS), compared(monkeypatch) as seen:
        for _ in range(80):
            now += chooses.choice((0, 0, 1, 20, 70, 3600)) * SECOND
            one, address = chooses.randrange(4), f"203.0.113.{chooses.randrange(4)}"
            with clock.travel(now):
                if not real[one] or chooses.random() < 0.2:
                    real[one] = [begin(address), *real[one]][:rules.ATTEMPTS_KEPT]
                    portal.begin(virtual[one], whose, address, now)
                answers.append((real_answer(real[one], seen), portal.guess(virtual[one], now)))
    assert [database for database, _ in answers] == [memory for _, memory in answers]
    assert {memory for _, memory in answers} == {"over", "too soon", "not compared", "compared"}


def real_answer(attempts: list[UUID], seen: list[bytes]) -> str:
    before = len(seen)
    over = guesses.is_over(db.session.get_one(rules.Attempt, (HERTS, attempts[0])), clock.now())
    try:
        assert rules.open_with(attempts, "WRONG6") is None
    except rules.TooSoon:
        return "too soon"
    finally:
        db.session.commit()
    return "over" if over else "compared" if len(seen) > before else "not compared"


@requirement("A8")
def test_changing_the_keys_brings_no_new_tries(app: Flask) -> None:
    """Neither on the day itself, nor after the midnight from which the new key counts, nor after the next."""
    def tries(hours: int, *expected: bool) -> None:
        with clock.travel(NOON + timedelta(hours=hours)):
            assert [limits.take("tries/day", ["one"], 3) for _ in expected] == [[one] for one in expected]

    with app.app_context(), force_scope(HERTS):
        tries(0, True, True)
        before = limits.hashed("one")
        with clock.travel(NOON + timedelta(hours=1)):
            rotation.make_keys(["limits"], note=audit.write, again=True)
            db.session.commit()
        tries(13, True, False)
        with clock.travel(NOON + timedelta(hours=13)):
            assert limits.hashed("one") != before == limits.hashed_each(["one"], before=timedelta(days=1))[0]
        tries(26, True, True, False)
        tries(36, False)
        tries(51, True, True, True, False)


@requirement("A8")
def test_going_on_after_the_tenth_try_keeps_nobody_out_for_longer(app: Flask) -> None:
    with app.app_context(), force_scope(HERTS):
        for hours in range(25):
            with clock.travel(NOON + timedelta(hours=hours)):
                assert limits.take("tries/day", ["one"], 1) == [hours == 0]
        with clock.travel(NOON + timedelta(hours=25)):
            assert limits.take("tries/day", ["one"], 1) == [True]


def test_a_guess_at_a_sent_code_is_one_of_a_million() -> None:
    assert 10**codes.SENT_LENGTH == GUESSES
