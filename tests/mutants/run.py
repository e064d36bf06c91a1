"""Breaks the rooms that decide, one small breakage at a time, and names what no test noticed.

Usage: python -m tests.mutants.run [--seed N] [--count N] [--rooms a,b] [--processes N] [--all-kept]
Works on copies; the user's files stay as they are. Ends with 1 if less than 92 % was noticed.
"""

from __future__ import annotations

import argparse
import os
import queue
import random
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.mutants import trial
from tests.mutants.breakages import Breakage, breakages_of
from tests.mutants.copies import commit_now, copy_to
from tests.mutants.rooms import ROOMS, ROOT, files_of
from tests.mutants.who_runs_what import Map, the_map
from tests.mutants.without_effect import WithoutEffect, compiles

ENOUGH = 0.92
ANYWAY, MORE = 240, 10  # seconds that a trial has, and how many times those that its tests took before
AT_FIRST = 25  # tests, before all others: most breakages are noticed by one of them


def drawn(seed: int, rooms: list[str], root: Path = ROOT) -> Iterator[Breakage]:
    """In the order of the seed: each room in turn, each of its lines as likely as any other."""
    chance = random.Random(seed)  # noqa: S311 - the same breakages for the same seed
    waiting = {room: _of_room(files, chance, root) for room, files in files_of(rooms, root).items()}
    while waiting:
        for room in list(waiting):
            one = next(waiting[room], None)
            if one is None:
                del waiting[room]
            else:
                yield one


def _of_room(files: list[str], chance: random.Random, root: Path) -> Iterator[Breakage]:
    lines: dict[tuple[str, int], list[Breakage]] = {}
    for file in files:
        for one in breakages_of(file, (root / file).read_text()):
            lines.setdefault((file, one.line), []).append(one)
    order = sorted(lines)
    chance.shuffle(order)
    for place in order:
        one = chance.choice(lines[place])
        if compiles(one, (root / one.file).read_bytes()):
            yield one


@dataclass(frozen=True)
class Judged:
    """``by``: the test that noticed, or why none could."""

    breakage: Breakage
    noticed: bool
    by: str
    seconds: float


class Bench:
    """Copies and processes, each of which tries one breakage at a time."""

    def __init__(self, copies: list[Path], map_: Map) -> None:
        self.context, self.map = trial.server(), map_
        self.free: queue.Queue[Path] = queue.Queue()
        for one in copies:
            self.free.put(one)

    def judge(self, one: Breakage) -> Judged:
        copy, began = self.free.get(), time.monotonic()
        file = copy / one.file
        whole = file.read_bytes()
        try:
            file.write_bytes(one.applied_to(whole))
            noticed, by = self._run(copy, self.map.tests_for(one))
        finally:
            file.write_bytes(whole)
            self.free.put(copy)
        return Judged(one, noticed, by, time.monotonic() - began)

    def _run(self, copy: Path, tests: list[str]) -> tuple[bool, str]:
        if not tests:
            return False, "no test runs it"
        for some in (tests[:AT_FIRST], tests[AT_FIRST:]):
            if some:
                expected = sum(self.map.seconds.get(one, 1.0) for one in some)
                noticed, by = trial.run(self.context, copy, some, ANYWAY + MORE * expected)
                if noticed:
                    return True, by
        return False, f"{len(tests)} tests run it"


def difference(one: Breakage, root: Path = ROOT) -> str:
    """The broken lines as they are and as they would be."""
    source = (root / one.file).read_bytes()
    broken = one.applied_to(source).decode().splitlines()
    whole = source.decode().splitlines()
    last = one.last + len(broken) - len(whole)
    return "\n".join([*(f"    - {line.strip()}" for line in whole[one.line - 1 : one.last]),
                      *(f"    + {line.strip()}" for line in broken[one.line - 1 : last])])


def report(judged: list[Judged], passed_over: int, listed: int, root: Path) -> bool:
    missed = [one for one in judged if not one.noticed]
    for one in sorted(missed, key=lambda each: (each.breakage.file, each.breakage.line)):
        print(f"\nNOT NOTICED {one.breakage.file}:{one.breakage.line} in {one.breakage.inside}: "
              f"{one.breakage.kind} ({one.by})\n{difference(one.breakage, root)}")
    share = (len(judged) - len(missed)) / len(judged) if judged else 0.0
    print(f"\n{len(judged) - len(missed)} of {len(judged)} breakages were noticed: {share:.1%} "
          f"(at least {ENOUGH:.0%}); {passed_over} of the drawn ones are without effect, of {listed} that "
          "tests/mutants/without_effect.toml lists")
    return share >= ENOUGH


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--rooms", default="", help=f"some of {', '.join(ROOMS)}")
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    options.rooms = [one.strip() for one in options.rooms.split(",") if one.strip()] or list(ROOMS)
    unknown = sorted(set(options.rooms) - ROOMS.keys())
    if unknown:
        parser.error(f"no such room: {', '.join(unknown)}; there are: {', '.join(ROOMS)}")
    return options


def _chosen(
    options: argparse.Namespace, listed: WithoutEffect, root: Path
) -> tuple[list[Breakage], int]:
    """As many as are wanted of those that have an effect, and how many drawn ones have none."""
    chosen: list[Breakage] = []
    passed_over = 0
    for one in drawn(options.seed, options.rooms, root):
        if len(chosen) == options.count:
            break
        if listed.reason(one):
            passed_over += 1
        else:
            chosen.append(one)
    return chosen, passed_over


def main() -> int:
    options, listed = _options(), WithoutEffect.read()
    os.environ["TMC_MUTANTS_ROOT"] = str(ROOT)
    with TemporaryDirectory(prefix="tmc-mutants-") as folder:
        first = copy_to(Path(folder) / "1")
        chosen, passed_over = _chosen(options, listed, first)
        map_ = the_map(first, commit_now(), options.processes)
        copies = [first, *(copy_to(Path(folder) / str(number), first)
                           for number in range(2, options.processes + 1))]
        bench, judged = Bench(copies, map_), []
        with ThreadPoolExecutor(options.processes) as several:
            for future in as_completed(several.submit(bench.judge, one) for one in chosen):
                done = future.result()
                judged.append(done)
                word = "noticed" if done.noticed else "NOT NOTICED"
                print(f"{len(judged)}/{len(chosen)} {word} {done.breakage.file}:{done.breakage.line} "
                      f"{done.breakage.kind} ({done.by}; {done.seconds:.0f} s)", flush=True)
        for stale in listed.stale():
            print(f"no longer there: {stale}")
        return 0 if report(judged, passed_over, len(listed), first) else 1


if __name__ == "__main__":
    sys.exit(main())
