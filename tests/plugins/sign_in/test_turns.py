"""Whose turn it is: however much a stranger asks for, few jobs of theirs go before a person's own."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from core.base import clock
from core.base.installation import installation
from core.plugin_host.jobs import URGENT, priority
from core.storage.db import db, force_scope
from core.testing import person, recorded
from core.web.forwarded import client_address
from plugins.sign_in import limits, rules
from plugins.sign_in.limits import NEIGHBOURS, Pace, Steps, neighbourhood, pace_of
from tests.conftest import AVON, HERTS
from tests.pages import Browser
from tests.people import take
from tests.plugins.sign_in.ways_in import NOON, details, give

HERS = "192.0.2.1"
MINUTE = 60


class Queue:
    """Ten minutes of sign-in in virtual time, decided by the portal's own rules: counts, pace, priority.

    The worker takes what is due, by priority and then by age, as the real one does.
    """

    def __init__(self) -> None:
        self.counts: Counter[tuple[str, str]] = Counter()
        self.jobs: list[tuple[float, int, int, str]] = []  # due, minus priority, number, whose
        self.refused = 0

    def asks(self, address: str, at: float = 0, *, brake: bool = True) -> Pace:
        keys = [("visitor", client_address(address)), ("here", client_address(address)),
                ("neighbours", neighbourhood(address)), ("system", ""), ("force", "")]
        self.counts.update(keys)
        pace = pace_of(Steps(**{scope: self.counts[scope, key] for scope, key in keys}), brake=brake)
        if pace.refused:
            self.refused += 1
        else:
            job = at + pace.wait, -priority(pace.turn), sum(self.counts.values()), address
            self.jobs.append(job)
        return pace

    def before(self, address: str, at: float = 0) -> int:
        """How many jobs of others the worker takes first, of all that are due *at* this moment."""
        due = [(first, number, whose) for when, first, number, whose in self.jobs if when <= at]
        heapq.heapify(due)
        for place in range(len(due)):
            if heapq.heappop(due)[2] == address:
                return place
        raise AssertionError("hers is not due")


def one_address() -> Iterable[str]:
    return ["203.0.113.9"] * 2000


def one_network() -> Iterable[str]:
    """Another address of one /64 each time."""
    return (f"2001:db8:1:2::{number:x}" for number in range(1, 2000))


def one_customer() -> Iterable[str]:
    """Another /64 of one /48 each time."""
    return (f"2001:db8:1:{number:x}::1" for number in range(1, 2000))


def one_range() -> Iterable[str]:
    """Another address of one /24 each time, eight times over."""
    return (f"203.0.113.{number % 250}" for number in range(2000))


def fifty_machines() -> Iterable[str]:
    """Each in a network of its own, forty times."""
    return (f"203.{number % 50}.113.9" for number in range(2000))


@pytest.mark.parametrize(("stranger", "most"), [
    (one_address, 1), (one_network, 1), (one_customer, NEIGHBOURS), (one_range, NEIGHBOURS),
    (fifty_machines, 50),
])
def test_her_first_try_waits_for_a_strangers_first_turns_only(
    stranger: Callable[[], Iterable[str]], most: int
) -> None:
    queue = Queue()
    for address in stranger():
        queue.asks(address)
    hers = queue.asks(HERS)
    assert len(queue.jobs) > most + 2, "the stranger has much more than that in the queue"
    assert hers == Pace(0, turn=1)
    assert queue.before(HERS, at=10 * MINUTE) <= most


@given(
    strangers=st.lists(st.tuples(st.integers(0, 60), st.integers(0, 599)), max_size=400),
    tries=st.integers(1, limits.CROWD.free), brake=st.booleans(),
)
def test_nobody_has_more_jobs_before_hers_than_she_had_tries(
    strangers: list[tuple[int, int]], tries: int, brake: bool
) -> None:
    """Whoever else asks and when: of each of them at most as many as she asked for herself."""
    queue = Queue()
    for machine, at in sorted(strangers, key=lambda one: one[1]):
        queue.asks(f"198.{machine}.100.7", at, brake=brake)
    for _ in range(tries):
        pace = queue.asks(HERS, at=599, brake=brake)
        assert (pace.wait, pace.refused) == (0, 0), "hers goes at once, whatever they did"
    for address, of_others in jobs_before_the_last(queue, HERS).items():
        assert of_others <= tries, address


def jobs_before_the_last(queue: Queue, address: str) -> Counter[str]:
    order = sorted((first, number, whose) for _, first, number, whose in queue.jobs)
    last = max(place for place, job in enumerate(order) if job[2] == address)
    return Counter(job[2] for job in order[:last] if job[2] != address)


@pytest.mark.parametrize(("urgent", "goes"), [
    (False, 0), (True, URGENT), (1, URGENT), (2, URGENT - 1), (100, URGENT - 99), (101, -101),
    (10**6, -(10**6)),
])
def test_letters_with_codes_go_first_then_turns_then_letters_then_a_flood(
    urgent: bool | int, goes: int
) -> None:
    assert priority(urgent) == goes


def test_a_flood_from_one_customer_holds_no_letter_up() -> None:
    queue, letter = Queue(), priority(False)
    turns = [queue.asks(address).turn for address in one_customer()]
    assert sum(priority(turn) > letter for turn in turns) == 100 * NEIGHBOURS
    assert [priority(turn) for turn in turns] == sorted(map(priority, turns), reverse=True)


@pytest.mark.parametrize(("address", "around"), [
    ("2001:db8:1:2::1", "2001:db8:1::/48"), ("203.0.113.9", "203.0.113.0/24"),
    ("::ffff:203.0.113.9", "203.0.113.0/24"), ("2001:db8:1:2::/64", "2001:db8:1::/48"),
    ("not an address", "unknown"), ("", "unknown"),
])
def test_the_neighbourhood_of_an_address(address: str, around: str) -> None:
    assert neighbourhood(address) == around


def test_in_the_real_queue_her_code_goes_before_the_strangers_later_tries(app: Flask) -> None:
    """Forty tries of a stranger stand there when she comes; the worker's own order decides."""
    with clock.travel(NOON):
        take(app, recorded(people=[person(1)]))
    attempts = {}
    for force, address, times in ((AVON, "203.0.113.9", 20), (HERTS, "203.0.113.9", 20), (HERTS, HERS, 2)):
        with app.app_context(), force_scope(force):
            for _ in range(times):
                pace = limits.pace(address)
                attempt = rules.begin(details(), address=address, turn=pace.turn)
                db.session.commit()
                attempts[str(attempt)] = address
    order = [attempts[one] for one in fetched(app)]
    assert len(order) == 42
    assert Counter(order[: order.index(HERS)]) == Counter({"203.0.113.9": 1})
    assert order.index(HERS) == 1 and order[3] == HERS


def test_each_of_her_tries_has_a_later_turn_in_both_of_its_jobs(app: Flask) -> None:
    with clock.travel(NOON):
        take(app, recorded(people=[person(1)]))
        browser = Browser(app, HERTS)
        for _ in range(3):
            give(browser)
    first = queued(app, "look_into")
    assert [(goes, given["turn"]) for goes, given in first] == [
        (URGENT, 1), (URGENT - 1, 2), (URGENT - 2, 3)]
    with app.app_context(), force_scope(HERTS), clock.travel(NOON):
        for _, given in first:
            rules.look_into(given["attempt_id"], turn=given["turn"])
            db.session.commit()
    assert [goes for goes, _ in queued(app, "send")] == [URGENT, URGENT - 1, URGENT - 2]


def queued(app: Flask, name: str) -> list[tuple[int, dict[str, Any]]]:
    """(priority, arguments) of the jobs of this name, oldest first."""
    engine = sa.create_engine(str(installation(app).settings.owner_database_url))
    with engine.connect() as connection:
        rows = connection.execute(sa.text(
            "SELECT priority, args FROM procrastinate_jobs WHERE task_name = :name ORDER BY id"
        ), {"name": f"trackmycrime.sign_in_{name}"}).all()
    engine.dispose()
    return [(row.priority, row.args) for row in rows]


def fetched(app: Flask) -> list[str]:
    """The attempts, as the queue hands them to a worker."""
    engine = sa.create_engine(str(installation(app).settings.owner_database_url))
    found: list[str] = []
    with engine.begin() as connection:
        worker: Any = connection.scalar(sa.text(
            "INSERT INTO procrastinate_workers DEFAULT VALUES RETURNING id"))
        fetch = sa.text("SELECT args FROM procrastinate_fetch_job_v2(NULL, :worker)")
        while (arguments := connection.scalar(fetch, {"worker": worker})) is not None:
            found.append(arguments["attempt_id"])
        connection.rollback()
    engine.dispose()
    return found
