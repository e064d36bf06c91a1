"""P11: what the protections cost of the case page's server time, each switched off in turn."""

from __future__ import annotations

import statistics
from contextlib import ExitStack
from dataclasses import replace

from tests.bench.pages import ask, served
from tests.bench.rows import Row
from tests.bench.without import EACH
from tests.bench.world import World


def measure(world: World, rounds: int, seconds: float) -> list[Row]:
    """The portal as it is and without each protection, in turns; processor time of web and database."""
    found: dict[str, list[float]] = {}
    with ExitStack() as stack:
        servers = {"ours": stack.enter_context(served("ours", world))}
        for name in (*EACH, "all"):
            servers[name] = stack.enter_context(served(f"without:{name}", _seen_by(name, world)))
        for server in servers.values():
            ask(server, world, 1)
        for _ in range(rounds):
            for name, server in servers.items():
                one = ask(server, world, seconds)[0]
                found.setdefault(name, []).append(one.web + one.database)
    shares = {
        name: statistics.median(
            1 - without / ours for without, ours in zip(each, found["ours"], strict=True)
        ) * 100
        for name, each in found.items() if name != "ours"
    }
    alone = ", ".join(f"{name} {shares[name]:.0f} %" for name in EACH)
    return [Row(
        "P11", "row guard, row-level security, decryption and audit together, of the case page",
        shares["all"], "<=", 35, "% of its server time",
        f"alone: {alone}; the page {statistics.median(found['ours']):.0f} µs with the database's part",
    )]


def _seen_by(name: str, world: World) -> World:
    """Without row-level security the server is asked as a role that no policy holds."""
    if name not in ("row-level security", "all"):
        return world
    return replace(world, environment=world.environment | {"TMC_DATABASE_URL": world.superuser})
