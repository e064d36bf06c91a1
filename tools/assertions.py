"""Counts what the tests assert, test by test, so that a move loses none of it.

    python tools/assertions.py                      how many tests, how many assertions
    python tools/assertions.py --save FILE          and write down which
    python tools/assertions.py --compare FILE       which are gone since, or assert less; 1 if any

A test is known by its name, whatever file it stands in. An assertion is an ``assert``, a
``pytest.raises`` (or ``warns``, ``fail``), an ``expect`` of the browser, and a call of a function of the
tests that asserts itself, here or further on.
"""

from __future__ import annotations

import argparse
import ast
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("tests", "core/testing")  # where tests and their helpers stand
ASSERTING = {"raises", "warns", "fail", "expect", "deprecated_call"}
# What texts, lists and dictionaries have, too: nobody can tell by the name alone which is called.
OF_VALUES = {name for kind in (bytes, dict, list, set, str, tuple) for name in dir(kind)}
Function = ast.FunctionDef | ast.AsyncFunctionDef
Counts = dict[str, list[int]]


@dataclass(frozen=True)
class Found:
    """A function of a file of tests: its own assertions, the names that it calls, its kind."""

    name: str
    own: int
    calls: Counter[str]
    is_test: bool


def functions_in(source: str, *, tests: bool = True) -> Iterator[Found]:
    """Every function of a file; those within a test count to it. ``tests``: the file may hold tests.

    Raises SyntaxError.
    """
    yield from _below(ast.parse(source), "", tests)


def _below(node: ast.AST, before: str, tests: bool) -> Iterator[Found]:
    for one in ast.iter_child_nodes(node):
        if isinstance(one, ast.ClassDef):
            yield from _below(one, f"{one.name}." if one.name.startswith("Test") else before, tests)
        elif isinstance(one, Function):
            yield _found(one, before, tests and one.name.startswith("test_"))
            if not one.name.startswith("test_"):
                yield from _below(one, before, tests)
        else:
            yield from _below(one, before, tests)


def _found(node: Function, before: str, is_test: bool) -> Found:
    calls = Counter(name for one in ast.walk(node) if (name := _called(one)))
    own = sum(isinstance(one, ast.Assert) for one in ast.walk(node))
    own += sum(times for name, times in calls.items() if name in ASSERTING)
    return Found(f"{before}{node.name}" if is_test else node.name, own, calls, is_test)


def _called(node: ast.AST) -> str:
    """The last name of what a call calls; empty for another node."""
    if not isinstance(node, ast.Call):
        return ""
    return getattr(node.func, "attr", getattr(node.func, "id", ""))


def counted(files: Iterable[tuple[str, bool]]) -> dict[str, Counts]:
    """``tests`` and ``helpers``: name -> what it asserts, for each of this name, the least first.

    *files*: (source, whether it may hold tests). A call of a helper counts once, however much that asserts.
    """
    found = [one for source, tests in files for one in functions_in(source, tests=tests)]
    asserting = _that_assert([one for one in found if not one.is_test])
    counts: dict[str, Counts] = {"tests": defaultdict(list), "helpers": defaultdict(list)}
    for one in found:
        further = sum(times for name, times in one.calls.items() if name in asserting)
        if one.is_test or one.own:
            counts["tests" if one.is_test else "helpers"][one.name].append(one.own + further)
    return {kind: {name: sorted(numbers) for name, numbers in sorted(each.items())}
            for kind, each in counts.items()}


def _that_assert(functions: list[Found]) -> set[str]:
    """The names of the functions that assert, or call one that does."""
    known: set[str] = set()
    while more := {
        one.name for one in functions
        if one.name not in known | ASSERTING | OF_VALUES and (one.own or known & one.calls.keys())
    }:
        known |= more
    return known


def losses(before: dict[str, Counts], after: dict[str, Counts]) -> list[str]:
    """A line for each test that is gone or asserts less than it did, and for each helper that asserts less.

    A helper may go, or several of a name become one: the tests that call it tell whether that is a loss.
    """
    found = []
    for name, numbers in before["tests"].items():
        now = after["tests"].get(name, [])
        if len(now) < len(numbers):
            found.append(f"{name}: {len(now)} of {len(numbers)} are left")
        elif any(new < old for old, new in zip(numbers, now[-len(numbers):], strict=True)):
            found.append(f"{name}: asserted {_joined(numbers)}, asserts {_joined(now)}")
    for name, numbers in before["helpers"].items():
        now = after["helpers"].get(name, [])
        if now and now[-1] < numbers[-1]:
            found.append(f"the helper {name}: asserted {_joined(numbers)}, asserts {_joined(now)}")
    return found


def _joined(numbers: list[int]) -> str:
    return " and ".join(map(str, numbers))


def files(root: Path = ROOT) -> Iterator[tuple[str, bool]]:
    """Every file of the tests and of the kit, and whether it may hold tests."""
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*.py")):
            yield path.read_text(encoding="utf-8"), path.name.startswith("test_")


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--save", type=Path)
    parser.add_argument("--compare", type=Path)
    parser.add_argument("--root", type=Path, default=ROOT, help="another checkout")
    asked = parser.parse_args(argv)
    now = counted(files(asked.root))
    for kind, each in now.items():
        print(f"{sum(map(len, each.values()))} {kind}, {sum(map(sum, each.values()))} assertions in them")
    if asked.save:
        asked.save.write_text(json.dumps(now, indent=1) + "\n", encoding="utf-8")
    lost = losses(json.loads(asked.compare.read_text(encoding="utf-8")), now) if asked.compare else []
    print("\n".join(lost), end="\n" if lost else "")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
