"""How many tries and codes there are: each limit by its number and its ratio to the others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from core.base import clock
from core.testing import allocated, recorded
from plugins.sign_in import guesses, limits
from plugins.sign_in.guesses import (
    HERE_PER_DAY,
    HERE_PER_HOUR,
    PER_DAY,
    PER_HOUR,
    TRIES_FROM_ADDRESS_DAY,
    TRIES_PER_ACCOUNT_DAY,
    TRIES_PER_CODE,
)
from tests.conftest import HERTS
from tests.pages import Browser
from tests.people import take
from tests.plugins.sign_in.offered import InMemory
from tests.plugins.sign_in.ways_in import enter, give, newest_code
from tests.security.checklist import requirement

NOW = datetime(2024, 6, 12, 12, tzinfo=UTC)
HER = UUID(int=1)


def attempt(address: bytes = b"home", person: UUID | None = HER, tries: int = 1, **more: Any) -> Any:
    return SimpleNamespace(**{
        "tries": tries, "account": b"account", "address": address, "not_before": None,
        "ends_at": NOW + timedelta(minutes=30), "state": "known", "person_id": person,
        "code_hash": b"h", "code_ends_at": NOW + timedelta(minutes=10), **more})


def allowed(counts: InMemory, address: bytes, many: int, person: UUID | None = HER) -> int:
    """How many of *many* guesses from an address are compared."""
    return sum(is_allowed(counts, one := attempt(address, person), one, person) for _ in range(many))


def is_allowed(counts: InMemory, newest: Any, sent: Any, person: UUID | None) -> bool:
    [more] = guesses.take_tries(counts, newest, [person])
    return guesses.is_allowed(newest, guesses.newest_code([sent] if sent else [], person, NOW), more=more)


@requirement("A8", "A9")
def test_the_numbers_are_those_that_are_promised() -> None:
    """docs/signing-in.md; the chance of a million guesses rests on them."""
    assert (TRIES_PER_CODE, TRIES_PER_ACCOUNT_DAY, TRIES_FROM_ADDRESS_DAY) == (5, 10, 6)
    assert (PER_HOUR, PER_DAY, HERE_PER_HOUR, HERE_PER_DAY) == (3, 6, 2, 4)


@requirement("A9")
def test_one_address_alone_never_uses_up_what_is_there_for_a_person() -> None:
    assert TRIES_PER_CODE < TRIES_FROM_ADDRESS_DAY < TRIES_PER_ACCOUNT_DAY
    assert TRIES_PER_ACCOUNT_DAY - TRIES_FROM_ADDRESS_DAY >= 3  # tries that are left for herself
    assert HERE_PER_HOUR < PER_HOUR and HERE_PER_DAY < PER_DAY  # and codes
    assert HERE_PER_HOUR <= HERE_PER_DAY and PER_HOUR <= PER_DAY


@requirement("A9")
def test_a_stranger_leaves_her_own_tries_and_two_strangers_use_up_no_more_than_all() -> None:
    counts = InMemory()
    assert allowed(counts, b"stranger", 50) == TRIES_FROM_ADDRESS_DAY
    assert allowed(counts, b"home", 50) == TRIES_PER_ACCOUNT_DAY - TRIES_FROM_ADDRESS_DAY
    assert allowed(counts, b"third", 50) == 0
    assert allowed(counts, b"third", 50, UUID(int=2)) == TRIES_FROM_ADDRESS_DAY  # another person's


@requirement("A8")
@pytest.mark.parametrize("tries", range(1, 9))
def test_a_code_is_compared_five_times_whichever_attempt_counted_them(tries: int) -> None:
    few, many = attempt(tries=1), attempt(tries=tries)
    for newest, sent in ((few, many), (many, few), (many, many)):
        assert is_allowed(InMemory(), newest, sent, HER) is (tries <= TRIES_PER_CODE)


@pytest.mark.parametrize(("sent", "person", "may"), [
    (attempt(), HER, True), (None, HER, False), (attempt(), None, False),
    (attempt(person=UUID(int=2)), HER, False), (attempt(person=None), None, False),
])
def test_only_a_code_of_this_person_is_compared_and_all_is_counted(
    sent: Any, person: UUID | None, may: bool
) -> None:
    counts = InMemory()
    assert is_allowed(counts, attempt(), sent, person) is may
    assert [len(taken) for taken in counts.hours.values()] == [1, 1]


@pytest.mark.parametrize("people", [[HER, UUID(int=2), None, None], [HER, None, None, None], [None] * 4])
def test_a_try_counts_for_as_many_as_can_be_alike_and_for_each_by_itself(people: list[UUID | None]) -> None:
    counts = InMemory()
    most = [guesses.take_tries(counts, attempt(), people) for _ in range(TRIES_FROM_ADDRESS_DAY + 1)]
    assert most == [[True] * 4] * TRIES_FROM_ADDRESS_DAY + [[False] * 4]
    assert sum(len(taken) for taken in counts.hours.values()) == 2 * 4 * TRIES_FROM_ADDRESS_DAY + 4
    hers = TRIES_FROM_ADDRESS_DAY if HER not in people else TRIES_PER_ACCOUNT_DAY - TRIES_FROM_ADDRESS_DAY
    assert allowed(counts, b"elsewhere", 9) == hers


def test_a_try_that_was_no_guess_at_hers_is_given_back_to_her_alone() -> None:
    counts, people = InMemory(), [HER, UUID(int=2)]
    guesses.take_tries(counts, attempt(), people)
    guesses.give_tries_back(counts, attempt(), people, [True, False])
    assert allowed(counts, b"home", 9) == TRIES_FROM_ADDRESS_DAY
    assert allowed(counts, b"home", 9, UUID(int=2)) == TRIES_FROM_ADDRESS_DAY - 1


@pytest.mark.parametrize(("tries", "seconds"), [
    (1, 1), (2, 2), (3, 4), (4, 8), (5, 16), (6, 32), (7, 60), (8, 60), (99, 60)])
def test_the_wait_doubles_to_a_minute(tries: int, seconds: int) -> None:
    assert guesses.pause_after(tries) == seconds


def test_a_try_counts_for_every_attempt_of_the_browser_and_the_longer_wait_holds() -> None:
    newest, older = attempt(tries=2), attempt(tries=0)
    guesses.counted([newest, older], NOW)
    assert (newest.tries, older.tries) == (3, 1)
    assert (newest.not_before, older.not_before) == (NOW + timedelta(seconds=4), None)
    guesses.counted([newest, older], NOW, wait=20)
    assert newest.not_before == NOW + timedelta(seconds=20)


@pytest.mark.parametrize(("not_before", "left"), [
    (None, 0), (NOW - timedelta(seconds=1), 0), (NOW, 0), (NOW + timedelta(milliseconds=1), 1),
    (NOW + timedelta(seconds=1), 1), (NOW + timedelta(seconds=1.2), 2)])
def test_whole_seconds_are_said_until_the_next_try(not_before: datetime | None, left: int) -> None:
    assert guesses.seconds_left(attempt(not_before=not_before), NOW) == left


@pytest.mark.parametrize(("ends", "state", "over"), [
    (-1, "known", True), (0, "known", True), (1, "known", False), (1, "given", False), (1, "unknown", False),
    (1, "used", True)])
def test_an_attempt_is_over_at_its_end_or_once_it_was_used(ends: int, state: str, over: bool) -> None:
    assert guesses.is_over(attempt(ends_at=NOW + timedelta(seconds=ends), state=state), NOW) is over


@pytest.mark.parametrize(("newest", "older", "which"), [
    ({}, {}, 0), ({"code_hash": None}, {}, 1), ({"code_ends_at": NOW}, {}, 1),
    ({"code_ends_at": None}, {}, 1),
    ({"code_ends_at": NOW}, {"code_hash": None}, None),
    ({"code_ends_at": NOW + timedelta(seconds=1)}, {}, 0)])
def test_the_newest_code_that_still_works_is_the_one(newest: Any, older: Any, which: int | None) -> None:
    both = [attempt(**newest), attempt(**older)]
    assert guesses.newest_code(both, HER, NOW) is (None if which is None else both[which])
    assert guesses.newest_code([], HER, NOW) is None


# --- codes that are sent ------------------------------------------------------------------------


def asked(counts: InMemory, here: bytes, many: int, to: bytes = b"her mailbox") -> list[str]:
    """Of each of *many* codes asked for from here, why it does not go; nothing if it goes."""
    return [guesses.why_no_code(counts, to, here) for _ in range(many)]


@requirement("A10")
def test_from_one_address_two_codes_an_hour_and_four_a_day_and_something_is_left_for_others() -> None:
    counts = InMemory()
    assert asked(counts, b"stranger", 4) == ["", "", *["send limit: 2 an hour from one address"] * 2]
    counts.now += guesses.HOUR
    assert asked(counts, b"stranger", 2) == ["", ""]
    counts.now += guesses.HOUR
    assert asked(counts, b"stranger", 1) == ["send limit: 4 a day from one address"]
    assert asked(counts, b"home", 3) == ["", "", "send limit: 6 a day"]
    counts.now += guesses.DAY
    assert asked(counts, b"stranger", 2) == ["", ""]


@requirement("A10")
def test_from_everywhere_three_codes_an_hour_and_six_a_day() -> None:
    counts = InMemory()

    def from_new_addresses(many: int, to: bytes = b"her mailbox") -> list[str]:
        return [asked(counts, bytes([n]), 1, to)[0] for n in range(many)]

    assert from_new_addresses(5) == ["", "", "", *["send limit: 3 an hour"] * 2]
    assert from_new_addresses(3, b"another mailbox") == [""] * 3
    counts.now += guesses.HOUR
    assert from_new_addresses(3) == [""] * 3
    counts.now += guesses.HOUR
    assert from_new_addresses(3) == ["send limit: 6 a day"] * 3


@requirement("A10")
def test_a_code_that_is_not_sent_is_not_counted() -> None:
    counts = InMemory()
    asked(counts, b"stranger", 2)
    before = dict(counts.windows)
    asked(counts, b"stranger", 3)
    assert {key: many for key, many in counts.windows.items() if many} == before


# --- a day of ordinary use ----------------------------------------------------------------------


@requirement("A9", "A10")
def test_who_signs_in_six_times_in_a_day_from_home_gets_a_code_each_time(app: Flask) -> None:
    """Each code that is used gives its place back to the address, in the hour and in the day."""
    take(app, recorded(), allocated())
    opened = []
    for hour in range(PER_DAY):
        with clock.travel(NOW.replace(hour=6) + timedelta(hours=2 * hour)):
            hers = Browser(app, HERTS)
            give(hers)
            opened.append(enter(hers, str(newest_code(app))).status_code)
    assert opened == [303] * PER_DAY


@requirement("A9", "A10")
def test_three_codes_within_the_hour_come_if_those_before_were_used(app: Flask) -> None:
    take(app, recorded(), allocated())
    opened = []
    for minute in range(PER_HOUR):
        with clock.travel(NOW + timedelta(minutes=5 * minute)):
            hers = Browser(app, HERTS)
            give(hers)
            opened.append(enter(hers, str(newest_code(app))).status_code)
    assert opened == [303] * PER_HOUR


# --- steps of anybody ---------------------------------------------------------------------------


@requirement("A9")
def test_what_one_address_may_do_is_a_small_part_of_what_all_may() -> None:
    """A single address neither slows a force down nor the installation."""
    assert limits.Scope("force/address", 40, 400) == limits.FORCE_ADDRESS
    assert limits.Scope("force", 2000) == limits.FORCE
    assert limits.Scope("system/address", 80, 800) == limits.SYSTEM_ADDRESS
    assert limits.Scope("system", 6000) == limits.SYSTEM
    for address, everybody in ((limits.FORCE_ADDRESS, limits.FORCE), (limits.SYSTEM_ADDRESS, limits.SYSTEM)):
        assert address.most is not None and address.free < address.most < everybody.free
        assert everybody.most is None


@pytest.mark.parametrize(("number", "seconds"), [
    (1, 0), (40, 0), (41, 2), (42, 3), (60, 30), (79, 59), (80, 60), (81, 60), (4000, 60)])
def test_who_goes_faster_than_is_free_waits_longer_to_a_minute(number: int, seconds: int) -> None:
    assert limits.FORCE_ADDRESS.wait(number) == seconds
