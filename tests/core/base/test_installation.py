"""What one process of the portal keeps: each thing under its own name, and nothing of another process."""

from __future__ import annotations

import ast
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask

from core.base.installation import State, installation, set_up

ROOT = Path(__file__).parents[3]
ASKED: State[list[str]] = State("asked", list)
KEY: State[bytes] = State("key")


def portal() -> Flask:
    """An app that is set up so far that things can be kept on it."""
    app, nothing = Flask("portal"), SimpleNamespace()
    set_up(app, nothing, nothing)  # type: ignore[arg-type]
    return app


def test_what_is_kept_is_kept_for_one_app_and_for_all_who_ask_there() -> None:
    one, other = portal(), portal()
    ASKED.get(one).append("here")
    assert (ASKED.get(one), ASKED.get(other)) == (["here"], [])
    with one.app_context():
        assert ASKED.get() is ASKED.get(one)
        assert installation() is installation(one) is not installation(other)


def test_two_who_chose_one_name_do_not_meet() -> None:
    app, second = portal(), State[list[str]]("asked", list)
    ASKED.get(app).append("the first's")
    assert second.get(app) == []
    second.set(["the second's"], app)
    assert ASKED.get(app) == ["the first's"]


def test_what_nobody_set_up_is_named_where_it_is_missed() -> None:
    app = portal()
    with pytest.raises(LookupError, match="key was not set up"):
        KEY.get(app)
    KEY.set(b"k", app)
    assert KEY.get(app) == b"k"


@pytest.mark.parametrize(("state", "begins_with"), [(ASKED, []), (State("none", lambda: None), None)])
def test_what_is_taken_away_begins_anew(state: State[Any], begins_with: Any) -> None:
    app = portal()
    assert state.pop(app) is None, "nothing was kept yet"
    state.set(["before"], app)
    assert state.pop(app) == ["before"]
    assert state.get(app) == begins_with


def reached_past_it(text: str) -> list[int]:
    """The lines of a file that read or write what hangs on an app, by a text in brackets or a call."""
    def is_it(node: ast.AST) -> bool:
        return isinstance(node, ast.Attribute) and node.attr == "extensions"

    return [
        node.lineno for node in ast.walk(ast.parse(text))
        if (isinstance(node, ast.Subscript) and is_it(node.value))
        or (isinstance(node, ast.Attribute) and is_it(node.value) and node.attr != "items")
    ]


@pytest.mark.parametrize("text", [
    'app.extensions["noisy"] = 1', 'current_app.extensions.setdefault("noisy", {})',
    'x = (app or current_app).extensions["noisy"]', 'app.extensions.pop("noisy", None)',
])
def test_reaching_past_it_is_found(text: str) -> None:
    assert reached_past_it(f"import x\n{text}") == [2]


def test_nothing_hangs_on_the_app_but_the_one_installation() -> None:
    files = subprocess.run(["git", "ls-files", "*.py"], cwd=ROOT, capture_output=True, text=True, check=True)
    here = Path(__file__).relative_to(ROOT).as_posix()
    found = {name for name in files.stdout.split()
             if name != here and (ROOT / name).exists() and reached_past_it((ROOT / name).read_text())}
    assert found == {"core/base/installation.py"}
