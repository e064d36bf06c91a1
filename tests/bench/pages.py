"""P1, P2 and P3: the case page with everything on, beside two pages that have none of it."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from core.cli.processes.supervisor import free_port
from tests.bench import reference
from tests.bench.rows import Row
from tests.bench.world import World

HERE = Path(__file__).parent
WORKERS, THREADS, CONNECTIONS, MANY = 2, 4, 16, 64


@dataclass(frozen=True)
class Round:
    """One run of the load: requests a second, and CPU µs a request of web server and database."""

    rate: float
    web: float
    database: float
    p50: float
    p99: float


@dataclass
class Served:
    """A web server and where it is asked."""

    process: psutil.Process
    port: int

    def cpu(self) -> float:
        return _cpu(self.process)

    def memory(self) -> int:
        """The largest worker, in bytes."""
        return max(child.memory_info().rss for child in self.process.children())


def _cpu(process: psutil.Process) -> float:
    """Seconds of the processor that it, its children and its ended children have used."""
    total = 0.0
    for one in (process, *process.children(recursive=True)):
        spent = one.cpu_times()
        total += spent.user + spent.system
    return total


@contextmanager
def served(name: str, world: World, padding: int = 0) -> Iterator[Served]:
    port = free_port()
    command = [sys.executable, str(HERE / "serve.py"), name, f"127.0.0.1:{port}",
               str(WORKERS), str(THREADS), str(padding)]
    process = psutil.Popen(command, env=os.environ | world.environment)
    try:
        _await(port, world.path)
        yield Served(process, port)
    finally:
        process.terminate()
        process.wait(15)


def _await(port: int, path: str) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5).close()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def ask(
    server: Served, world: World, seconds: float, connections: int = CONNECTIONS
) -> tuple[Round, int]:
    """One round; also the page's size in bytes."""
    database = psutil.Process(world.postgres)
    before, before_database = server.cpu(), _cpu(database)
    command = [sys.executable, str(HERE / "load.py"), str(server.port), world.path, world.cookie,
               str(seconds), str(connections)]
    load = subprocess.run(command, capture_output=True, text=True, check=False)
    if load.returncode:
        raise RuntimeError(f"the load ended: {load.stderr.strip().splitlines()[-1]}")
    told = json.loads(load.stdout)
    spent, spent_database = server.cpu() - before, _cpu(database) - before_database
    n = told["requests"]
    return Round(n / told["seconds"], spent / n * 1e6, spent_database / n * 1e6,
                 told["p50"] * 1e3, told["p99"] * 1e3), int(told["size"])


def measure(world: World, rounds: int, seconds: float) -> list[Row]:
    """Rounds of all three, one after the other, so that what disturbs one disturbs all."""
    reference.fill(world)
    found: dict[str, list[Round]] = {"ours": [], "raw": [], "orm": []}
    many: dict[str, list[Round]] = {"ours": [], "raw": []}
    with ExitStack() as stack:
        servers = {"ours": stack.enter_context(served("ours", world))}
        _, size = ask(servers["ours"], world, 1)
        padding = size - _size_of_reference(world)
        for name in ("raw", "orm"):
            servers[name] = stack.enter_context(served(name, world, padding))
            _, other = ask(servers[name], world, 1)
            if other != size:
                raise RuntimeError(f"{name} answers {other} bytes, the portal {size}")
        for _ in range(rounds):
            for name, server in servers.items():
                found[name].append(ask(server, world, seconds)[0])
            for name in ("ours", "raw"):
                many[name].append(ask(servers[name], world, seconds, MANY)[0])
        memory = servers["ours"].memory() / 2**20
        print(f"the page has {size:,} bytes")
    for name, each in found.items():
        print(
            f"  {name:5} {_median(each, 'rate'):7.0f} requests/s   CPU {_median(each, 'web'):6.0f} µs"
            f" + database {_median(each, 'database'):5.0f} µs   p50 {_median(each, 'p50'):5.1f} ms"
            f"   p99 {_median(each, 'p99'):5.1f} ms"
        )
    return [_row("P1", "case page, everything on, against raw", found, "raw", 0.55),
            _row("P2", "case page, everything on, against a bare ORM view", found, "orm", 1.2),
            _spread("P3", CONNECTIONS, found), _spread("P3", MANY, many),
            Row("P3", "a web worker's memory", memory, "<=", 110, "MiB")]


def _spread(name: str, connections: int, found: dict[str, list[Round]]) -> Row:
    """How much longer the slowest in a hundred waits than most."""
    spread = {who: statistics.median(one.p99 / one.p50 for one in each) for who, each in found.items()}
    return Row(
        name, f"case page, the slowest in a hundred of {connections} at once", spread["ours"], "<=", 2,
        "x the median", f"raw {spread['raw']:.2f} x",
    )


def _size_of_reference(world: World) -> int:
    app = reference.raw_app(world.environment["TMC_DATABASE_URL"], 0)
    return len(app.test_client().get(world.path).data)


def _median(rounds: list[Round], name: str) -> float:
    return statistics.median(getattr(each, name) for each in rounds)


def _row(name: str, what: str, found: dict[str, list[Round]], other: str, target: float) -> Row:
    """The ratio of each round of ours to its neighbour, and the median of those."""
    pairs = list(zip(found["ours"], found[other], strict=True))
    rates = [ours.rate / theirs.rate for ours, theirs in pairs]
    costs = [theirs.web / ours.web for ours, theirs in pairs]
    return Row(
        name, what, statistics.median(rates), ">=", target, "x requests/s",
        f"{min(rates):.2f} to {max(rates):.2f}; by CPU {statistics.median(costs):.2f} x",
    )
