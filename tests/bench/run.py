"""``make bench``: what performance is asked of the portal, each beside its own reference.

Every row is measured together with what it is compared to, in turns on the same machine, and is
printed as met or MISSED. A missed target is not a failure: the exit status is 0 unless a
measurement itself failed.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.bench import cost, feed, forces, pages, timing
from tests.bench.rows import Row
from tests.bench.world import world

ROWS = ("P1", "P2", "P4", "P6", "P11", "A5")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--rows", default=",".join(ROWS), help="which, separated by commas: %(default)s"
    )
    parser.add_argument("--quick", action="store_true", help="fewer cases and shorter rounds")
    wishes = parser.parse_args()
    wanted = set(wishes.rows.upper().split(","))
    if unknown := wanted - set(ROWS):
        parser.error(f"there is no row {', '.join(sorted(unknown))}; there are: {', '.join(ROWS)}")
    for row in measure(wanted, quick=wishes.quick):
        if row.name in wanted:
            print(row)


def measure(wanted: set[str], *, quick: bool) -> list[Row]:
    print("Seeding …", flush=True)
    rows: list[Row] = []
    with world(cases=500 if quick else 4000) as portal:
        if wanted & {"P1", "P2"}:
            rows += pages.measure(portal, rounds=3 if quick else 9, seconds=1.5 if quick else 3)
        if "P4" in wanted:
            rows += forces.measure(portal, rounds=3 if quick else 9, seconds=1.5 if quick else 3)
        if "P6" in wanted:
            rows += feed.measure(portal, wanted=12 if quick else 40, singles=200 if quick else 600)
        if "P11" in wanted:
            rows += cost.measure(portal, rounds=3 if quick else 9, seconds=1.5 if quick else 3)
        if "A5" in wanted:
            rows += timing.measure(portal, tries=150 if quick else 1000)
    return rows


if __name__ == "__main__":
    main()
