"""The rules of floors, faces and hooks: each a function from a project's folder to what offends it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TypeGuard

from tools.rooms import FLOORS, INSIDE, ROOT, House, imports, python, texts

MOST_NAMES, MOST_HOOKS = 30, 20
AUTHORS = ("plugins", "forces", "tests/examples/src")  # who writes on the faces of the core
LISTS_PLUGINS = "core.plugin_host"  # the one room that looks what is in plugins/ and forces/
_WRITTEN_HOOK = re.compile(r"@hookimpl[^\n]*\n(?:async )?def (\w+)")


def where(root: Path, path: Path, line: int) -> str:
    return f"{path.relative_to(root).as_posix()}:{line}"


CHECKOUT = House(ROOT)  # does not change while tests run, so it is read once for all rules


def house_of(root: Path) -> House:
    """The house in the folder *root*."""
    return CHECKOUT if root == ROOT else House(root)


# --- floors ---------------------------------------------------------------------------------------


def arrows_up(root: Path) -> list[str]:
    """Whatever leads from a room to one that is not below it, for types alone too."""
    house = house_of(root)
    return [f"{one.source}:{one.line} -> {one.target}"
            for typing in (False, True) for one in house.up(typing=typing)]


def circles(root: Path) -> list[list[str]]:
    """Rooms that reach themselves, and modules of one room that do while they are loaded."""
    return house_of(root).circles() + house_of(root).circles_at_start()


def plugins_imported(root: Path) -> list[str]:
    """Imports of plugins, forces and tests by the core; only its host may list the first two."""
    house = house_of(root)
    return [
        f"{name}:{line} imports {module}"
        for name, tree in house.trees.items() for line, module, _, kind in imports(tree)
        if module.split(".")[0] in ("plugins", "forces", "tests")
        and not (name.startswith(LISTS_PLUGINS) and module in ("plugins", "forces") and kind == INSIDE)
    ]


def commands_loaded_with_pages(root: Path) -> list[str]:
    """Modules of commands that a plugin imports when it is found: every web process would keep them."""
    plugins = {
        ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__"):
        ast.parse(path.read_text()) for path in python(root / "plugins")}
    made = {name for name, tree in plugins.items() if any(_is_command(node) for node in ast.walk(tree))}
    return [
        f"{name}:{line} loads {one}"
        for name, tree in plugins.items() if name.count(".") == 1
        for line, module, inner, kind in imports(tree, name) if kind != INSIDE
        for one in (module, f"{module}.{inner}") if one in made
    ]


def _is_command(node: ast.AST) -> bool:
    """Whether *node* is a function under ``@….command(…)``."""
    return isinstance(node, ast.FunctionDef) and any(
        isinstance(by, ast.Call) and isinstance(by.func, ast.Attribute) and by.func.attr == "command"
        for by in node.decorator_list
    )


# --- faces ----------------------------------------------------------------------------------------


def face_of(root: Path, room: str) -> list[str] | None:
    """The names that a room offers, None without a face."""
    path = root / "core" / room / "__init__.py"
    return _offered(path.read_text()) if path.is_file() else None


@cache
def _offered(face: str) -> list[str] | None:
    for node in ast.parse(face).body:
        if isinstance(node, ast.Assign) and "__all__" in {getattr(one, "id", "") for one in node.targets}:
            return [str(name) for name in ast.literal_eval(node.value)]
    return None


def reached_behind_faces(root: Path) -> list[str]:
    """What plugins, forces and examples import of the project but the faces, and plugins of each other."""
    found = []
    for folder in AUTHORS:
        top = root / folder if folder.endswith("src") else root
        for path in python(root / folder):
            package = ".".join(path.relative_to(top).parent.parts)
            found += [
                f"{where(root, path, line)} imports {module}{f': {name}' if name else ''}"
                for line, module, name, _ in imports(ast.parse(path.read_text()), package)
                if not _may_import(root, path.relative_to(root / folder), folder, module, name)
            ]
    return found


def _may_import(root: Path, path: Path, folder: str, module: str, name: str | None) -> bool:
    first, *rest = module.split(".")
    if first != "core":
        own = folder == "plugins" and rest[:1] == [path.parts[0]]
        return first not in ("plugins", "forces", "tests") or (own and first == "plugins")
    if "migrations" in path.parts and rest[:2] == ["storage", "migrations"]:
        return True
    if not rest:
        return name == "hookspecs" or (name in FLOORS and face_of(root, name) is not None)
    offered = face_of(root, rest[0]) or []
    return rest == ["hookspecs"] or (len(rest) == 1 and (name is None or name in offered))


def poor_faces(root: Path) -> list[str]:
    """Rooms without ``__all__`` or with too many names, and names of them that tell nothing of themselves."""
    house = house_of(root)
    found = [] if _is_docstring(house.trees["core"]) else ["core/__init__.py is more than a docstring"]
    for path in sorted((root / "core").glob("*/__init__.py")):
        room = path.parent.name
        names = face_of(root, room)
        if names is None:
            found.append(f"core.{room} has no __all__")
            continue
        if len(names) > MOST_NAMES:
            found.append(f"core.{room} offers {len(names)} names")
        found += [f"core.{room}.{name} says nothing of itself" for name in names
                  if not _says_something(house, f"core.{room}", name)]
    return found


def _is_docstring(tree: ast.Module) -> bool:
    return len(tree.body) == 1 and bool(ast.get_docstring(tree))


def _says_something(house: House, module: str, name: str) -> bool:
    """Whether a class, function or module has a docstring, and a value a comment or a text below it."""
    if f"{module}.{name}" in house.modules:
        return bool(ast.get_docstring(house.trees[f"{module}.{name}"]))
    body = house.trees[module].body if module in house.modules else []
    for node, after in zip(body, [*body[1:], None], strict=True):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == name:
            return bool(ast.get_docstring(node))
        if isinstance(node, ast.Assign | ast.AnnAssign) and name in assigned(node):
            return _commented(house.modules[module], node, after)
        if isinstance(node, ast.ImportFrom) and (real := _imported_as(node, name)):
            return _says_something(house, node.module or "", real)
    return False


def _imported_as(node: ast.ImportFrom, name: str) -> str | None:
    return next((one.name for one in node.names if (one.asname or one.name) == name), None)


def assigned(node: ast.Assign | ast.AnnAssign) -> set[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return {one.id for target in targets for one in ast.walk(target) if isinstance(one, ast.Name)}


def _commented(path: Path, node: ast.stmt, after: ast.stmt | None) -> bool:
    lines = path.read_text().splitlines()
    above, own = lines[max(node.lineno - 2, 0)], lines[node.lineno - 1:node.end_lineno]
    below = isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
    return below or above.lstrip().startswith("#") or any("  # " in line for line in own)


# --- forms ----------------------------------------------------------------------------------------

MAY_READ_FORMS = {
    "core/web/forms.py",  # the one that hands what was sent to the fields of a form
    "core/web/error_pages.py",  # gives back to people what they wrote in a form whose page is gone
}
_SENT = {"form", "values", "files"}


def forms_read_by_hand(root: Path) -> list[str]:
    """Code that takes a form's fields from the request, and not from a class of fields that checks them."""
    return [
        f"{where(root, path, node.lineno)} reads {ast.unparse(node)}"
        for folder in ("core", *AUTHORS) for path in python(root / folder)
        if path.relative_to(root).as_posix() not in MAY_READ_FORMS
        for node in _read_by_hand(ast.parse(path.read_text()))
    ]


def _read_by_hand(tree: ast.Module) -> Iterator[ast.Attribute | ast.Call]:
    called = {"request", "flask.request"} | {
        one.asname for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module == "flask"
        for one in node.names if one.name == "request" and one.asname}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in _SENT and ast.unparse(node.value) in called:
            yield node
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "getattr" and len(node.args) > 1:
            of, name = node.args[:2]
            if ast.unparse(of) in called and isinstance(name, ast.Constant) and name.value in _SENT:
                yield node


# --- hooks ----------------------------------------------------------------------------------------


def hooks(root: Path) -> list[str]:
    """The names of all hooks, as ``core/hookspecs.py`` has them."""
    return [
        node.name for node in ast.walk(ast.parse((root / "core/hookspecs.py").read_text()))
        if _is_hook(node, "hookspec")
    ]


def _is_hook(node: ast.AST, mark: str) -> TypeGuard[ast.FunctionDef]:
    return isinstance(node, ast.FunctionDef) and any(mark in ast.unparse(one) for one in node.decorator_list)


def hooks_without_a_test(root: Path) -> list[str]:
    """Hooks that no test asks and none implements."""
    tested = {name for path in python(root / "tests") for name in _hooks_in(ast.parse(path.read_text()))}
    return [name for name in hooks(root) if name not in tested]


def _hooks_in(tree: ast.AST) -> Iterator[str]:
    """Implementations, also those that a test writes into a file or gives by name, and calls."""
    for node in ast.walk(tree):
        if _is_hook(node, "hookimpl"):
            yield node.name
        elif isinstance(node, ast.keyword) and node.arg and ast.unparse(node.value).startswith("hookimpl("):
            yield node.arg
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if ast.unparse(node.func.value).endswith("hook"):
                yield node.func.attr
            elif node.func.attr == "one_by_one" and node.args and isinstance(node.args[0], ast.Constant):
                yield str(node.args[0].value)
    for _, text in texts(tree):
        yield from _WRITTEN_HOOK.findall(text)
