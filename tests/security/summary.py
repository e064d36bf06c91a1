"""Ends a run with the security checklist: what was shown, what was not, and figures that tests give.

A test gives a figure with ``record_property("figure", ("authorisation cases", 1234))``; those of one name
are added up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.security.checklist import complete, lines

MARKS = ("requirement", "protection")


@dataclass
class Shown:
    """What the tests of this run showed of one line."""

    passed: Counter[str] = field(default_factory=Counter)
    failed: int = 0

    def lacks(self, row: str) -> str | None:
        if self.failed:
            return f"{self.failed} tests fail"
        if not self.passed["requirement"]:
            return "no test"
        if lines()[row].protection and not self.passed["protection"]:
            return "no test without its protection"
        return None


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "requirement(*ids): shows these lines of the checklist")
    config.addinivalue_line("markers", "protection(*ids): shows what happens without these lines")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for kind in MARKS:
            marks = item.iter_markers(kind)
            item.user_properties += [(kind, row) for mark in marks for row in mark.args]


def pytest_terminal_summary(terminalreporter: Any) -> None:
    reports = [
        report for kind in ("", "passed", "failed", "error")
        for report in terminalreporter.stats.get(kind, ()) if hasattr(report, "user_properties")
    ]
    shown, figures = gathered(reports)
    if not shown and not figures:
        return
    terminalreporter.section("security checklist")
    for line in summary_lines(shown, figures):
        terminalreporter.write_line(line)


def gathered(reports: Iterable[Any]) -> tuple[dict[str, Shown], Counter[str]]:
    """From the reports of all tests: what each line was shown by, and the figures."""
    shown: dict[str, Shown] = {}
    figures: Counter[str] = Counter()
    for report in reports:
        for kind, value in report.user_properties:
            if kind == "figure" and report.when == "teardown":
                figures[value[0]] += value[1]
            elif kind in MARKS and report.failed:
                shown.setdefault(value, Shown()).failed += 1
            elif kind in MARKS and report.when == "call":
                shown.setdefault(value, Shown()).passed[kind] += 1
    return shown, figures


def summary_lines(
    shown: dict[str, Shown], figures: Counter[str], wanted: Collection[str] | None = None
) -> list[str]:
    """The closing lines: a table of the lines that were looked at, then the sums of the *wanted*."""
    lacking = {row: shown.get(row, Shown()).lacks(row) for row in lines()}
    needed = [row for row in lines() if row in (wanted or complete() or lines())]
    table = [
        f"  {row:4} {'met' if lacking[row] is None else lacking[row]:>9}  "
        f"{shown[row].passed['requirement']:3} tests, {shown[row].passed['protection']} without it  "
        f"{lines()[row].says}"
        for row in lines() if row in shown
    ]
    without = [row for row in needed if lacking[row]]
    met = len(needed) - len(without)
    return [
        *table,
        f"requirements met: {met} of {len(needed)}",
        f"not shown in this run: {', '.join(without) or 'none'}",
        *(f"{name}: {number}" for name, number in sorted(figures.items())),
    ]
