"""P10: the case page while somebody tries to sign in as often as they can, beside the same in peace."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import Event, Thread

from tests.bench.pages import Served, ask, served
from tests.bench.rows import Row
from tests.bench.timing import Visitor, seed
from tests.bench.world import World

STRANGERS = 8
KINDS = ("unknown", "wrong")


def measure(world: World, rounds: int, seconds: float) -> list[Row]:
    """Rounds of reading in peace and beside the flood, in turns. Limits are those of production."""
    seed(world)
    environment = world.environment | {"TMC_PROXIES": "1"}
    peace, beside, tried, turned_away = [], [], 0, 0
    with served("ours", replace(world, environment=environment)) as server:
        ask(server, world, 1)
        for _ in range(rounds):
            peace.append(ask(server, world, seconds)[0].p99)
            with flood(server) as counts:
                beside.append(ask(server, world, seconds)[0].p99)
            tried, turned_away = tried + counts[0], turned_away + counts[1]
    worse = [with_it / without for with_it, without in zip(beside, peace, strict=True)]
    return [Row(
        "P10", f"case page while {STRANGERS} strangers try to sign in, the slowest in a hundred",
        statistics.median(worse), "<=", 2, "x as in peace",
        f"in peace {statistics.median(peace):.0f} ms; {tried} tries, {turned_away} turned away",
    )]


@contextmanager
def flood(server: Served) -> Iterator[list[int]]:
    """Tries from ever new addresses until the block ends: how many, and how many were turned away."""
    stop, counts = Event(), [0, 0]

    def try_on(number: int) -> None:
        visitor = Visitor(server.port)
        visitor.tried = number << 16
        while not stop.is_set():
            status = visitor.give_details(KINDS[visitor.tried % len(KINDS)])[1].status
            counts[0] += 1
            counts[1] += status != 303

    threads = [Thread(target=try_on, args=(number,)) for number in range(STRANGERS)]
    for thread in threads:
        thread.start()
    try:
        yield counts
    finally:
        stop.set()
        for thread in threads:
            thread.join(30)
