"""Where tests stand, and what their helpers must not be: as in house_rules, from a folder to what offends."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from tools.rooms import FLOORS, imports, python

LONGEST = 320
OTHERS = "examples"  # a package of somebody else, with tests of its own
# What a test of any room sets its world up with: it says nothing of what the test is about.
EQUIPMENT = ("core.base.clock", "core.storage.db", "core.testing", "core.hookspecs", "core.hook_values")


def tests_of(root: Path) -> list[Path]:
    """Every file of the tests, their helpers among them."""
    return [path for path in python(root / "tests") if OTHERS not in path.relative_to(root).parts]


def rooms_of(root: Path, path: Path) -> set[str]:
    """The folders of the rooms and plugins that a file of tests imports from, but for equipment.

    Tests of everything look at rows, so models tell nothing; a file in a plugin's folder asks its pages.
    """
    found = {"/".join(path.parts[-3:-1])} if path.parts[-3] == "plugins" else set()
    for _, module, name, _ in imports(ast.parse(path.read_text())):
        first, room, *rest = [*f"{module}.{name or ''}".split("."), ""]
        known = room in FLOORS if first == "core" else first == "plugins" and room
        if known and rest[0] != "models" and not f"{module}.{name or ''}".startswith(EQUIPMENT):
            found.add(f"{first}/{room}")
    return found


def elsewhere(root: Path) -> list[str]:
    """Tests of one room, or of one plugin, that do not stand in its folder."""
    found = []
    for path in tests_of(root):
        rooms = rooms_of(root, path) if path.name.startswith("test_") else ()
        found += [f"{path.relative_to(root).as_posix()} is about {room}" for room in rooms
                  if len(rooms) == 1 and not path.is_relative_to(root / "tests" / room)]
    return found


def written_twice(root: Path) -> list[str]:
    """Functions of one body, whatever their docstring: of one name, or of three lines or more."""
    places: dict[str, list[tuple[str, str, int]]] = defaultdict(list)
    for path in tests_of(root):
        for node in _helpers(ast.parse(path.read_text())):
            body = "\n".join(ast.unparse(one) for one in _without_docstring(node))
            places[body].append((path.relative_to(root).as_posix(), node.name, body.count("\n") + 1))
    return [
        " = ".join(f"{path}::{name}" for path, name, _ in same)
        for same in places.values()
        if len(same) > 1 and (len({name for _, name, _ in same}) < len(same) or same[0][2] > 2)
    ]


def _helpers(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("test_"):
            yield node


def _without_docstring(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.stmt]:
    return node.body[1:] if ast.get_docstring(node) is not None else node.body


def too_long(root: Path) -> list[str]:
    """Files that nobody reads through."""
    return [
        f"{path.relative_to(root).as_posix()} has {lines} lines"
        for path in tests_of(root) if (lines := path.read_text().count("\n")) > LONGEST
    ]
