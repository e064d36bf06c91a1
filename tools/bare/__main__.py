"""Makes a bare root of each Debian and tries the README's two commands there, as an ordinary user.

What it was asked for decides the exit status: 0 when all that could be tried went well, 1 when
something failed in a root. A root that cannot be made here, for want of rights or network, is said
and passed over.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from datetime import UTC, datetime
from types import FrameType

from tools.bare.newcomer import PARTS
from tools.bare.root import NotHere, Root, needs

SUITES = ("bookworm", "trixie", "forky")
WHOLE, QUICK = 5400, 2400  # seconds after which what hangs is given up


def main() -> int:
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    asked = _arguments()
    day = int(os.environ.get("BARE_DAY") or datetime.now(UTC).toordinal())
    suites = (asked.suite,) if asked.suite else SUITES
    if asked.quick and not asked.suite:
        suites = (SUITES[day % len(SUITES)],)
    try:
        needs()
    except NotHere as reason:
        print(f"make bare: passed over: {reason}")
        return 0
    told = {suite: _try(suite, day % PARTS if asked.quick else None) for suite in suites}
    for suite, (_, words) in told.items():
        print(f"make bare: {suite}: {words}")
    return 0 if all(well for well, _ in told.values()) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bare", description=__doc__)
    parser.add_argument("--suite", choices=SUITES, help="only this Debian (by default all)")
    parser.add_argument("--quick", action="store_true",
                        help="one Debian, another each day (BARE_DAY chooses), and a tenth of the tests")
    return parser.parse_args()


def _try(suite: str, part: int | None) -> tuple[bool, str]:
    """Whether all went well in a root of *suite* (or none could be made), and what to say of it."""
    began = time.monotonic()
    try:
        with Root(suite) as root:
            ended = root.try_out(part, QUICK if part is not None else WHOLE)
    except NotHere as reason:
        return True, f"passed over: {reason}"
    minutes = (time.monotonic() - began) / 60
    return ended == 0, f"{'good' if ended == 0 else f'FAILED (exit status {ended})'}, {minutes:.0f} minutes"


def _stop(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
