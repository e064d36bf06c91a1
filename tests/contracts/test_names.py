"""Functions and classes are called by words that one would search for, and not by clever ones."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CLEVER = frozenset({"told", "said", "heed", "witness", "book", "shelf", "glass", "terms"})
FIELD_TERMS = ("break_glass", "BreakGlass")  # access in an emergency, as the field calls it


def clever_names(text: str) -> Iterator[str]:
    """Of functions and classes; sentences of tests are no names."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            plain = node.name
            for term in FIELD_TERMS:
                plain = plain.replace(term, "")
            words = re.findall(r"[A-Z]?[a-z]+", plain)
            if not plain.startswith("test_") and CLEVER & {word.lower() for word in words}:
                yield node.name


@pytest.mark.parametrize(("text", "name"), [
    ("def told(): pass", "told"), ("def _heed_flags(): pass", "_heed_flags"), ("class Said: pass", "Said"),
    ("class BookShelf: pass", "BookShelf"), ("def has_said(): pass", "has_said"),
    ("class A:\n    async def check_terms(self): pass", "check_terms"),
])
def test_a_clever_name_is_found(text: str, name: str) -> None:
    assert list(clever_names(text)) == [name]


@pytest.mark.parametrize("text", [
    "class BreakGlass: pass", "def break_glass_use(): pass", "def test_who_is_told(): pass", "told = 1",
    "def tolden(): pass", "def without_erased(): pass",
])
def test_other_names_are_left_alone(text: str) -> None:
    assert list(clever_names(text)) == []


def test_functions_and_classes_have_names_to_search_for() -> None:
    files = subprocess.run(["git", "ls-files", "*.py"], cwd=ROOT, capture_output=True, text=True, check=True)
    found = {f"{Path(file).name}: {name}" for file in files.stdout.split() if (ROOT / file).exists()
             for name in clever_names((ROOT / file).read_text(encoding="utf-8"))}
    assert found == set()
