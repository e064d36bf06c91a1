"""``make bench``: what performance is asked of the portal, each beside its own reference.

Every row is measured together with what it is compared to, in turns on the same machine, in a database
of its own, and is printed as met or MISSED. A missed target is not a failure: the exit status is 0
unless a measurement itself failed. What nothing measures yet is named, with the reason.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.bench import cost, feed, flood, forces, month, pages, promises, scale, timing
from tests.bench.rows import NotMeasured, Row
from tests.bench.world import World, own_database, world

MILLION = 1_000_000
POLICE_UK = Path(__file__).resolve().parents[3] / "shared/data/police_uk/csv"


@dataclass(frozen=True)
class Effort:
    """How long is measured; ``quick`` is to see that it runs."""

    quick: bool

    @property
    def rounds(self) -> int:
        return 3 if self.quick else 9

    @property
    def seconds(self) -> float:
        return 1.5 if self.quick else 3

    @property
    def crimes(self) -> int:
        """Published ones, for C1 and C3."""
        return 300 if self.quick else 5000

    @property
    def open_cases(self) -> int:
        """For C2: twice as many promises are open in them."""
        return 10_000 if self.quick else MILLION // 2


# What is measured together, and how.
MEASURED: dict[tuple[str, ...], Callable[[World, Effort], list[Row]]] = {
    ("P1", "P2", "P3"): lambda portal, effort: pages.measure(portal, effort.rounds, effort.seconds),
    ("P4",): lambda portal, effort: forces.measure(portal, effort.rounds, effort.seconds),
    ("P6",): lambda portal, effort: feed.measure(
        portal, wanted=12 if effort.quick else 40, singles=200 if effort.quick else 600),
    ("P10",): lambda portal, effort: flood.measure(portal, effort.rounds, effort.seconds),
    ("P11",): lambda portal, effort: cost.measure(portal, effort.rounds, effort.seconds),
    ("A5",): lambda portal, effort: timing.measure(portal, tries=150 if effort.quick else 1000),
}
NOT_MEASURED = [
    NotMeasured("P5", "news for one open page", "an open page does not hear of news by itself yet"),
    NotMeasured("P7", "from a commit to its letter, beside smtplib",
                "no row yet; `make faults` counts letters, and takes no time"),
    NotMeasured("P9", "FlaskBB's and Datasette's pages", "neither is among the packages of the tests"),
]
NAMES = [*(name for names in MEASURED for name in names), "P8", "C1", "C2", "C3",
         *(one.name for one in NOT_MEASURED)]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--rows", default=",".join(NAMES), help="which, separated by commas: %(default)s"
    )
    parser.add_argument("--quick", action="store_true", help="fewer cases and shorter rounds")
    parser.add_argument("--cases", type=int, help="for P8; a million unless quick")
    parser.add_argument("--police-uk", type=Path, default=POLICE_UK, metavar="DIR",
                        help="files of data.police.uk, for C1 and C3: %(default)s")
    wishes = parser.parse_args()
    wanted = set(wishes.rows.upper().split(","))
    if unknown := wanted - set(NAMES):
        parser.error(f"there is no row {', '.join(sorted(unknown))}; there are: {', '.join(NAMES)}")
    cases = wishes.cases or (50_000 if wishes.quick else MILLION)
    for row in measure(wanted, Effort(wishes.quick), cases, wishes.police_uk):
        if row.name in wanted:
            print(row, flush=True)


def measure(
    wanted: set[str], effort: Effort, cases: int, police_uk: Path
) -> Iterator[Row | NotMeasured]:
    if any(wanted & set(names) for names in MEASURED):
        print("Seeding …", flush=True)
        with world(cases=500 if effort.quick else 4000) as portal:
            for names, rows in MEASURED.items():
                if wanted & set(names):
                    with own_database(portal, names[0].lower()) as own:
                        yield from rows(own, effort)
    if "P8" in wanted:
        yield from scale.measure(
            cases, 500 if effort.quick else 4000, effort.rounds, effort.seconds)
    yield from _of_promises(wanted, effort, police_uk)
    yield from NOT_MEASURED


def _of_promises(wanted: set[str], effort: Effort, police_uk: Path) -> Iterator[Row | NotMeasured]:
    absent = month.absent(police_uk, wanted & {"C1", "C3"})
    yield from absent
    if "C1" in wanted and not absent:
        yield from month.measure(police_uk, effort.crimes)
    if "C2" in wanted:
        yield from promises.measure(effort.open_cases, min(effort.rounds, 5))
    if "C3" in wanted and not absent:
        yield from month.measure_drafts(police_uk, effort.crimes)


if __name__ == "__main__":
    main()
