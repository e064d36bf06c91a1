"""The figures of the house: ``python tools/house.py``, and ``--walks``, ``--picture docs/images/rooms.svg``.

Rooms, floors and arrows of the core, how long functions and files are, how many comments there are, and how
many modules the lowest room loads. ``--walks`` follows four requests of a portal of its own through the code.
"""

from __future__ import annotations

import argparse
import ast
import io
import math
import subprocess
import sys
import tokenize
from collections.abc import Iterable, Iterator
from pathlib import Path
from statistics import median_low

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools.rooms import TYPING, Arrow, House, floor_of, python  # noqa: E402

MEASURED = ("core", "plugins", "forces")
LOWEST = ("core.base", "core.clock")  # what all others stand on: the room, or the file it was before
# Each module is imported in a process of its own. What others wrote is in all of them already: it is not
# counted, and takes most of the time.
LOADED = """
import importlib, os, sys
import flask_sqlalchemy, flask_wtf, procrastinate, pydantic
for module in sys.argv[1:]:
    if not os.fork():
        importlib.import_module(module)
        print(module, *sys.modules, flush=True)
        os._exit(0)
    if os.wait()[1]:
        sys.exit(f"{module} cannot be imported")
"""


def loaded_by(root: Path, *modules: str) -> dict[str, list[str]]:
    """The modules of ours that a new process has after it imported one of *modules*, for each, from the
    project in *root*.

    Raises LookupError, with the end of what the process said, when one cannot be imported.
    """
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *modules], cwd=root, env={"PYTHONPATH": str(root)}, check=False,
        capture_output=True, text=True)
    if done.returncode:
        *_, why, which = ["", *done.stderr.strip().splitlines()]
        raise LookupError(f"{which}: {why}")
    found = (line.split() for line in done.stdout.splitlines())
    return {module: sorted(name for name in names if name.split(".")[0] in MEASURED)
            for module, *names in found}


def measured(root: Path) -> list[Path]:
    return [path for folder in MEASURED for path in python(root / folder) if "migrations" not in path.parts]


def function_lengths(paths: Iterable[Path]) -> list[int]:
    """How many lines each function has, from its ``def`` to its end, shortest first."""
    return sorted(
        node.end_lineno - node.lineno + 1
        for path in paths for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno
    )


def nine_in_ten(lengths: list[int]) -> int:
    """What nine in ten do not pass."""
    return lengths[math.ceil(len(lengths) * 0.9) - 1]


def comments_in_100(paths: Iterable[Path]) -> float:
    """Comments in 100 lines that are not blank; docstrings, and what is said to tools, are none."""
    comments = lines = 0
    for path in paths:
        text = path.read_text()
        lines += sum(1 for line in text.splitlines() if line.strip())
        comments += sum(
            one.type == tokenize.COMMENT and not one.string.startswith(("# noqa", "# type:"))
            for one in tokenize.generate_tokens(io.StringIO(text).readline))
    return 100 * comments / max(lines, 1)


def figures(house: House) -> Iterator[str]:
    """The figures of the rooms, a line each."""
    between, floors = house.between_rooms(), set(house.levels().values())
    yield f"rooms {len(house.rooms)}, floors {len(floors)}: {' '.join(house.rooms)}"
    yield (f"arrows between rooms {len(between)}, made of {sum(map(len, between.values()))} places; "
           f"for types alone {len(house.between_rooms(typing=True))}")
    without = [room for room in house.rooms if floor_of(room) is None]
    if without:
        yield f"rooms that the staircase does not have {len(without)}: {' '.join(without)}"
    for typing, name in ((False, "arrows up"), (True, "arrows up for types alone")):
        yield from listed(name, (
            arrow_text(one) for one in house.up(typing=typing)
            if not {house.room(one.source), house.room(one.target)} & {*without}))
    yield from listed("circles of rooms", map(" ".join, house.circles()))
    yield from listed("circles of modules in a room", map(" ".join, house.circles_at_start()))


def listed(name: str, found: Iterable[str]) -> Iterator[str]:
    lines = list(found)
    yield f"{name} {len(lines)}"
    yield from (f"  {line}" for line in lines)


def arrow_text(arrow: Arrow) -> str:
    """Where an arrow begins and where it leads."""
    kind = "" if arrow.kind in ("start", TYPING) else f" ({arrow.kind})"
    return f"{arrow.source}:{arrow.line} -> {arrow.target}{kind}"


def sizes(root: Path) -> Iterator[str]:
    """The figures of functions, files and comments, and of what the lowest room loads."""
    paths = measured(root)
    lengths = function_lengths(paths)
    yield (f"functions {len(lengths)}: median {median_low(lengths)} lines, 9 in 10 at most "
           f"{nine_in_ten(lengths)}, longest {lengths[-1]}")
    longest = max(paths, key=lambda path: path.read_text().count("\n"))
    yield (f"files {len(paths)}: longest {longest.read_text().count(chr(10))} lines "
           f"({longest.relative_to(root).as_posix()})")
    yield f"comments in 100 lines {comments_in_100(paths):.1f}"
    lowest = next(name for name in LOWEST if name in House(root).modules)
    yield f"import {lowest} loads {len(loaded_by(root, lowest)[lowest])} modules of ours"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--walks", action="store_true", help="follow four requests too: about 20 seconds")
    parser.add_argument("--force", help="where they are followed; by default at the first that can")
    parser.add_argument("--picture", type=Path, metavar="FILE", help="draw the rooms into this SVG, and end")
    wishes = parser.parse_args()
    house = House(ROOT)
    if wishes.picture:
        from tools.rooms_picture import picture
        wishes.picture.write_text(picture(house))
        print(f"wrote {wishes.picture}")
        return
    for line in (*figures(house), *sizes(ROOT)):
        print(line)
    if wishes.walks:
        from tools.walks import walks
        print(*walks(wishes.force), sep="\n")


if __name__ == "__main__":
    main()
