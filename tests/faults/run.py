"""Breaks things on purpose, and prints what came of it beside what is allowed.

Usage: ``python -m tests.faults.run [SCENARIO …]``. Each scenario is a module of ``tests/faults`` with
one function ``run()`` that gives rows, one after the other; all real: PostgreSQL, web, worker,
supervisor, SMTP. Exits with 1 when a bound is broken or a scenario did not come to its end. Bounded: a
scenario that takes longer than it may is ended with all its processes.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
import time
import traceback
from types import FrameType

from tests.faults.rows import Row, table

ALL_WITHIN = 590  # seconds
SCENARIOS = {  # name -> seconds that it may take
    "kills": 200,
    "mail_servers": 260,
    "greedy_senders": 200,
    "slow_connections": 150,
}


class TooLong(BaseException):
    """The scenario's time is over."""


def main(wanted: list[str]) -> int:
    """Exit status."""
    unknown = sorted(set(wanted) - set(SCENARIOS))
    if unknown:
        print(f"{', '.join(unknown)}: no such scenario; there are: {', '.join(SCENARIOS)}")
        return 2
    rows: list[Row] = []
    failed = []
    over = time.monotonic() + ALL_WITHIN
    for name in wanted or SCENARIOS:
        began = time.monotonic()
        try:
            _bounded(name, max(1, min(SCENARIOS[name], int(over - began))), rows)
        except (Exception, TooLong) as failure:  # noqa: BLE001
            traceback.print_exception(failure)
            failed.append(name)
        print(f"{name}: {time.monotonic() - began:.0f} s", flush=True)
    print(table(rows))
    for name in failed:
        print(f"{name}: DID NOT END")
    return 1 if failed or not rows or not all(row.holds for row in rows) else 0


def _bounded(name: str, seconds: int, rows: list[Row]) -> None:
    """Add the scenario's rows, also those of one that does not come to its end."""
    def over(number: int, frame: FrameType | None) -> None:
        raise TooLong(f"{name} took more than {seconds} s")

    before = signal.signal(signal.SIGALRM, over)
    signal.alarm(seconds)
    try:
        for row in importlib.import_module(f"tests.faults.{name}").run():
            rows.append(row)
            print(table([row]).splitlines()[1], flush=True)
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


if __name__ == "__main__":
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    sys.exit(main(sys.argv[1:]))
