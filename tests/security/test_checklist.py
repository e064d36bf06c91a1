"""The checklist counts what is shown, and cannot be talked into more."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.security.checklist import complete, lines, requirement
from tests.security.summary import gathered, summary_lines

TESTS = Path(__file__).resolve().parents[1]


def _marked(kind: str) -> Iterator[str]:
    for file in TESTS.rglob("*.py"):
        for found in re.findall(rf"\b{kind}\(((?:\s*\"[A-I]\d+\",?)+)\s*\)", file.read_text()):
            yield from re.findall(r"[A-I]\d+", found)


def _report(when: str, failed: bool, *properties: tuple[str, Any]) -> Any:
    return SimpleNamespace(when=when, failed=failed, user_properties=list(properties))


def test_every_requirement_has_a_test() -> None:
    assert sorted(complete() - set(_marked("requirement"))) == []


def test_every_protection_was_taken_away_once() -> None:
    protected = {row for row in complete() if lines()[row].protection}
    assert sorted(protected - set(_marked("protection"))) == []


def test_a_mark_for_a_line_that_is_not_there_is_an_error() -> None:
    with pytest.raises(LookupError, match="Z9"):
        requirement("Z9")
    with pytest.raises(LookupError):
        requirement()
    assert requirement("A1").args == ("A1",)


def test_a_line_is_met_when_it_is_shown_with_and_without_its_protection() -> None:
    shown = _report("call", False, ("requirement", "A1"))
    taken_away = _report("call", False, ("protection", "A1"))
    failing = _report("setup", True, ("requirement", "A1"))

    def counted(*reports: Any) -> list[str]:
        return summary_lines(*gathered(reports), wanted=["A1"])[-2:]

    met = ["requirements met: 1 of 1", "not shown in this run: none"]
    not_met = ["requirements met: 0 of 1", "not shown in this run: A1"]
    assert counted(shown, taken_away) == met
    assert counted(shown) == not_met
    assert counted(taken_away) == not_met
    assert counted(shown, taken_away, failing) == not_met


def test_figures_of_one_name_are_added_up() -> None:
    one = _report("teardown", False, ("figure", ("authorisation cases", 40)))
    assert summary_lines(*gathered([one, one]))[-1] == "authorisation cases: 80"
