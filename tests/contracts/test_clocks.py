"""No test passes or fails by how quick its machine is: times are measured by `make bench`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
MEASURES = ("attack", "bench", "examples", "faults")  # run by themselves, on a machine that is theirs
# what the processor spent on this one thread is the same beside whoever else is at work
CLOCKS = {"monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns", "process_time", "time"}


def is_clock(node: ast.AST) -> bool:
    """``time.monotonic()`` and its like."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) \
        and node.func.attr in CLOCKS and ast.unparse(node.func.value) == "time"


def is_difference(node: ast.AST) -> bool:
    """What a clock shows less what it showed."""
    return any(isinstance(part, ast.BinOp) and isinstance(part.op, ast.Sub)
               and any(is_clock(side) for side in (part.left, part.right)) for part in ast.walk(node))


def judged_by_the_clock(code: str) -> Iterator[int]:
    """The lines that assert something of a time that passed, or of a name that holds one."""
    tree = ast.parse(code)
    held = {name.id for node in ast.walk(tree) if isinstance(node, ast.Assign) and is_difference(node.value)
            for target in node.targets for name in ast.walk(target) if isinstance(name, ast.Name)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assert) and (is_difference(node.test) or held & {
                name.id for name in ast.walk(node.test) if isinstance(name, ast.Name)}):
            yield node.lineno


def test_no_test_judges_by_the_clock_on_the_wall() -> None:
    files = [file for file in sorted(TESTS.rglob("*.py"))
             if file.relative_to(TESTS).parts[0] not in MEASURES]
    assert len(files) > 100
    assert [f"{file.relative_to(TESTS)}:{line}" for file in files
            for line in judged_by_the_clock(file.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("code", [
    "assert time.monotonic() - began < 3",
    "assert 0.2 < time.perf_counter() - began < 2",
    "took = time.process_time() - began\nassert took < 1.2",
    "spent, held = time.time() - began, 1\nassert spent < 10 and held",
])
def test_a_test_that_does_is_found(code: str) -> None:
    assert list(judged_by_the_clock(code)) == [code.count("\n") + 1]


@pytest.mark.parametrize("code", [
    "assert time.monotonic() < deadline, 'a ceiling for waiting'",
    "took = time.thread_time() - began\nassert took < 1",
    "print(time.monotonic() - began)",
])
def test_a_ceiling_for_waiting_and_the_time_of_one_thread_are_fine(code: str) -> None:
    assert list(judged_by_the_clock(code)) == []
