"""Loading plugins of others: they import core and themselves, and leave the core as it is."""

from __future__ import annotations

import ast
import importlib.util
import sys
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from core.plugin_host.checks import PluginError, guarded

CLOSED = ("plugins", "forces")
Shape = dict[tuple[str, ...], int]


def load(entry: EntryPoint) -> ModuleType:
    """The plugin of an installed package. Raises :class:`PluginError` in one line that names it."""
    what = f"plugin {entry.name} cannot be loaded"
    for line, module in guarded(what, lambda: list(_foreign_imports(entry))):
        raise PluginError(f"plugin {entry.name} imports {module} ({line}): "
                          "a plugin imports core and itself only")
    before = _shape_of_core()
    found: ModuleType = guarded(what, entry.load)
    now = _shape_of_core()
    for place in before:
        if now.get(place) != before[place]:
            raise PluginError(f"plugin {entry.name} changes {'.'.join(place)}: what the core does is "
                              "changed by a hook, or not at all")
    return found


def _foreign_imports(entry: EntryPoint) -> Iterator[tuple[str, str]]:
    """(file:line, module) of each import of another plugin or of a force."""
    spec = importlib.util.find_spec(entry.module)
    if spec is None or spec.origin is None:
        return  # loading it tells what is wrong
    folder = Path(spec.origin).parent
    for file in sorted(folder.rglob("*.py")):
        try:
            lines = ast.walk(ast.parse(file.read_bytes()))
        except SyntaxError:
            continue  # likewise
        for line in lines:
            for name in _modules(line):
                if name.split(".")[0] in CLOSED:
                    yield f"{file.relative_to(folder)}:{line.lineno}", name  # type: ignore[attr-defined]


def _modules(line: ast.AST) -> list[str]:
    if isinstance(line, ast.Import):
        return [name.name for name in line.names]
    return [line.module] if isinstance(line, ast.ImportFrom) and line.module and not line.level else []


def _shape_of_core() -> Shape:
    """Which function, class or value every name of a loaded core module stands for, and methods."""
    shape: Shape = {}
    for name, module in list(sys.modules.items()):
        if name == "core" or name.startswith("core."):
            for key, value in list(vars(module).items()):
                if not isinstance(value, ModuleType) and not key.startswith("__"):
                    shape[name, key] = id(value)
                if isinstance(value, type) and value.__module__ == name:
                    shape.update({(name, key, part): id(one) for part, one in _methods(value)})
    return shape


def _methods(owner: type) -> list[tuple[str, Any]]:
    kinds = (FunctionType, classmethod, staticmethod, property)
    return [(part, one) for part, one in list(vars(owner).items()) if isinstance(one, kinds)]
