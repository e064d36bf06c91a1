"""P4: what the other forces cost: start-up, memory and the case page with all, beside one."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from contextlib import ExitStack

from core.plugin_host.finding import find_forces, find_plugins
from core.plugin_host.review import review
from tests.bench.pages import HERE, ask, served
from tests.bench.rows import Row
from tests.bench.world import World


def measure(world: World, rounds: int, seconds: float) -> list[Row]:
    """All forces and one in turns, so that what disturbs one disturbs the other."""
    starts: dict[str, list[tuple[float, float]]] = {"ours": [], "one": []}
    for _ in range(rounds):
        for name, found in starts.items():
            found.append(_start(name, world))
    times, memory = (
        {name: statistics.median(each[at] for each in found) for name, found in starts.items()}
        for at in (0, 1)
    )
    return [
        Row("P4", "start-up with all forces, the database checked", times["ours"], "<=", 1.5, "s",
            f"with one force {times['one']:.2f} s"),
        Row("P4", "a process that has started with all forces", memory["ours"], "<=", 120, "MB",
            f"with one force {memory['one']:.0f} MB"),
        Row("P4", "all forces' files checked, by CPU", _checking(rounds), "<=", 1.2, "s",
            f"median of {rounds}"),
        _page(world, rounds, seconds),
    ]


def _checking(rounds: int) -> float:
    """Seconds of the processor that looking through every force's file takes."""
    folders, plugins = find_forces(None), find_plugins()
    found = []
    for _ in range(rounds):
        begun = time.process_time()
        review(folders, folders, plugins)
        found.append(time.process_time() - begun)
    return statistics.median(found)


def _start(name: str, world: World) -> tuple[float, float]:
    """Seconds from nothing to a portal that can serve, and its memory in MB."""
    begun = time.perf_counter()
    told = subprocess.run(
        [sys.executable, str(HERE / "serve.py"), "start", name],
        env=os.environ | world.environment, check=True, capture_output=True, text=True,
    ).stdout
    ended = time.perf_counter()
    answer = json.loads(told.splitlines()[-1])
    return ended - begun, answer["memory"] / 1e6


def _page(world: World, rounds: int, seconds: float) -> Row:
    with ExitStack() as stack:
        servers = {name: stack.enter_context(served(name, world)) for name in ("ours", "one")}
        for server in servers.values():
            ask(server, world, 1)
        found = [
            {name: ask(server, world, seconds)[0] for name, server in servers.items()}
            for _ in range(rounds)
        ]
    slower = [each["one"].rate / each["ours"].rate for each in found]
    costs = [each["ours"].web / each["one"].web for each in found]
    return Row(
        "P4", "case page with all forces, against one", statistics.median(slower), "<=", 1.1,
        "x its time",
        f"{min(slower):.2f} to {max(slower):.2f}; by CPU {statistics.median(costs):.2f} x",
    )
