"""What authors read is what runs: docs/hooks.md and docs/writing-a-plugin.md."""

from __future__ import annotations

import importlib
import importlib.util
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from core import hookspecs, testing
from core.plugin_host import calls
from core.testing import AtForce, Portal

ROOT = Path(__file__).resolve().parents[2]
WRITING = ROOT / "docs/writing-a-plugin.md"
BLOCK = re.compile(r"(?:<!-- from (\S+) -->\n)?```([\w+]*)\n(.*?)\n```", re.DOTALL)


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("tool_hooks", ROOT / "tools/hooks.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_list_of_hooks_is_made_from_the_hooks(tool: Any) -> None:
    assert tool.DOCUMENT.read_text() == tool.document(), "run: python tools/hooks.py"


def test_what_authors_are_told_to_import_is_where_they_are_told(tool: Any) -> None:
    text = tool.document() + WRITING.read_text()
    told = re.findall(r"`@?(\w+)` \(from `(core[\w.]*)`\)", text)
    assert told
    assert [one for one in told if not hasattr(importlib.import_module(one[1]), one[0])] == []


def test_there_are_few_hooks_and_each_says_all_that_an_author_asks(tool: Any) -> None:
    listed = dict(tool.hooks())
    assert len(listed) > 5
    assert set(listed) == set(calls.HOOKS)
    text = tool.document()
    for name in listed:
        section = text.split(f"\n## `{name}`\n")[1].split("\n## ")[0]
        for word in ("**Asked**", "**Arguments**", "**Answer**", "**Manner**", "```python"):
            assert word in section, f"{name}: {word}"


@pytest.mark.parametrize("told", ["Says nothing of when.", "One.\n\nAsked: now.", ""])
def test_a_hook_that_does_not_say_when_it_is_asked_is_refused(tool: Any, told: str) -> None:
    with pytest.raises(ValueError, match="some_hook"):
        tool.parts("some_hook", told)


def test_a_hook_that_nobody_implements_has_no_example(tool: Any) -> None:
    with pytest.raises(LookupError, match="some_hook"):
        tool.example("some_hook")


def test_what_is_strict_cannot_be_asked_one_by_one_and_the_reverse() -> None:
    assert hookspecs.AT_START | hookspecs.ONE_BY_ONE < calls.HOOKS
    assert not hookspecs.AT_START & hookspecs.ONE_BY_ONE
    asking = calls.Asking(None, "midshire")  # type: ignore[arg-type]
    for name in hookspecs.ONE_BY_ONE | hookspecs.AT_START | {"nonsense"}:
        with pytest.raises(AttributeError, match=name):
            getattr(asking, name)


def test_every_block_of_the_worked_example_stands_in_the_file_it_names() -> None:
    found = list(BLOCK.finditer(WRITING.read_text()))
    assert len(found) > 10
    for file, language, code in (one.groups() for one in found):
        if language == "console":
            continue
        assert file, f"a block without its file: {code[:60]}"
        assert f"\n{code}\n" in f"\n{(ROOT / file).read_text()}\n", f"{file} has changed: {code[:60]}"
        assert language


def test_the_plugin_can_be_written_from_the_document_alone() -> None:
    """Every file of the plugin but its catalogue stands there whole; what is built is then the same."""
    shown = {file: code for file, _, code in BLOCK.findall(WRITING.read_text()) if file}
    example = ROOT / "tests/examples"
    needed = [example / "setup.py", example / "pyproject.toml", *example.glob("src/*/*/**/*.html"),
              *(f for f in example.glob("src/*/*/**/*.py") if f.read_text().count("\n") > 1)]
    assert len(needed) > 10
    for file in needed:
        name = str(file.relative_to(ROOT))
        assert shown.get(name) == file.read_text().rstrip("\n"), name


def test_what_the_document_says_of_the_test_kit_is_there() -> None:
    table = WRITING.read_text().split("| name of `core.testing` |")[1].split("\n\n")[0]
    named = {n for one in re.findall(r"^\| (.*?) \|", table, re.M) for n in re.findall(r"`\.?(\w+)", one)}
    known = {*testing.__all__, *dir(AtForce), *dir(Portal)}
    assert {"portal", "travel", "take_in", "letters"} <= named
    assert named <= known
