"""Which test shows that what happens is written into the audit: ``@audited("sign_out", "sign_in:opened")``.

``action`` or ``action:result``. A marked test fails unless the portal's own code, in this process, wrote
just that row while the test ran; test_everything_is_audited.py looks that no action is without its test.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from core.audit import trail
from core.base.audit_actions import DECLARED, AuditAction

TESTS = Path(__file__).resolve().parents[1]


def audited(*events: str) -> Any:
    """This test makes the portal write these rows, as people do it."""
    return pytest.mark.audited(*events)


def declared() -> Mapping[str, AuditAction]:
    """Text -> action, of the core and of every plugin, also where only its commands or jobs would load it."""
    for path in sorted((TESTS.parent / "plugins").glob("*/audit_actions.py")):
        import_module(f"plugins.{path.parent.name}.{path.stem}")
    return DECLARED


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "audited(*events): makes the portal write these audit rows")


@pytest.fixture(autouse=True)
def _written(request: pytest.FixtureRequest) -> Iterator[None]:
    wanted = {event for mark in request.node.iter_markers("audited") for event in mark.args}
    if not wanted:
        yield
        return

    real, rows = trail._row, list[dict[str, Any]]()

    def noted(*args: Any) -> dict[str, Any]:
        rows.append(real(*args))
        return rows[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trail, "_row", noted)
        yield
    missing = never_written(wanted, rows)
    assert not missing, f"marked @audited, but never written: {', '.join(sorted(missing))}"


def never_written(wanted: set[str], rows: list[dict[str, Any]]) -> set[str]:
    """Which of the events no row is of."""
    seen = {row["action"] for row in rows}
    return wanted - seen - {f"{row['action']}:{row['fields'].get('result')}" for row in rows}


def marked() -> dict[str, set[str]]:
    """Every event and the tests that are marked with it, from the source of all tests."""
    found: dict[str, set[str]] = {}
    for path in sorted(TESTS.rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                for event in _events(node):
                    found.setdefault(event, set()).add(f"{path.name}::{node.name}")
    return found


def _events(test: ast.FunctionDef) -> Iterator[str]:
    for mark in test.decorator_list:
        if isinstance(mark, ast.Call) and getattr(mark.func, "id", "") == "audited":
            yield from (part.value for part in mark.args if isinstance(part, ast.Constant))
