"""Which test runs which line of the rooms: a pytest plugin, in each process of a run.

Loaded before the portal (``-p tests.mutants.watch``); writes a file into the folder of :data:`FOLDER`.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import coverage
import pytest

FOLDER = "TMC_MUTANTS_WATCH"
ME = os.environ.get("PYTEST_XDIST_WORKER", "main")
_watch = coverage.Coverage(
    data_file=None, include=[str(Path.cwd() / one) for one in ("core/*", "plugins/*")],
    config_file=False, messages=False)
_passed: dict[str, float] = {}
_spoilt: set[str] = set()
_watch.start()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    _watch.switch_context(item.nodeid)
    try:
        return (yield)
    finally:
        _watch.switch_context("")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if not report.passed:
        _spoilt.add(report.nodeid)
    _passed[report.nodeid] = _passed.get(report.nodeid, 0.0) + report.duration


def pytest_sessionfinish() -> None:
    _watch.stop()
    if not _passed:
        return
    data, lines = _watch.get_data(), defaultdict(dict)
    for file in data.measured_files():
        for line, tests in data.contexts_by_lineno(file).items():
            ran = sorted(one for one in tests if one and one not in _spoilt)
            if ran:
                lines[str(Path(file).relative_to(Path.cwd()))][line] = ran
    found: dict[str, Any] = {
        "seconds": {test: took for test, took in _passed.items() if test not in _spoilt},
        "spoilt": sorted(_spoilt), "lines": lines,
    }
    Path(os.environ[FOLDER], f"{ME}.json").write_text(json.dumps(found))
