"""The rooms of the core, read from its code: which modules there are, and what points from one to another.

A room is a folder of ``core/`` or a loose file of it. An arrow is an import, wherever it stands, or the name
of a template or of a page. ``tools/house.py`` prints this, and ``tests/contracts/test_house.py`` holds it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# The staircase, lowest first: a room imports rooms that stand before it. The one list of it.
FLOORS = (
    "base", "force", "storage", "hook_values", "hookspecs", "plugin_host", "audit", "cases", "notices",
    "commitments", "web", "intake", "app", "cli", "testing",
)
ABOVE_ALL = ("__main__", "wsgi")  # what starts the portal; nothing imports it
START, INSIDE, TYPING, TEMPLATE = "start", "inside", "typing", "template"
VIEW_MAKERS = frozenset({"get", "post", "put", "delete", "route"})
_NAMED = re.compile(r"""\{%-?\s*(?:extends|include|import|from)\s+["']([^"']+)["']""")
_PAGE = re.compile(r"""url_for\(\s*["'](\w+\.\w+)["']""")
_LIKE_A_PAGE = re.compile(r"\w+\.\w+")


@dataclass(frozen=True, order=True)
class Arrow:
    """Something at *line* of *source* names *target*: both are modules, or templates as ``core/…``."""

    source: str
    target: str
    line: int
    kind: str


def python(folder: Path) -> list[Path]:
    """The Python files below *folder*, or *folder* itself if it is one, in order."""
    found = [folder] if folder.suffix == ".py" and folder.is_file() else folder.rglob("*.py")
    return sorted(path for path in found if "__pycache__" not in path.parts)


def templates(folder: Path) -> dict[str, Path]:
    """The templates below *folder* by the name that others call each."""
    return {
        path.relative_to(place).as_posix(): path
        for place in sorted(folder.rglob("templates")) if place.is_dir()
        for path in sorted(place.rglob("*")) if path.is_file()
    }


def room_of(path: Path) -> str:
    """The room of a file, by its path from the project's folder. Every plugin is in the room ``plugins``."""
    first, *rest = path.parts
    if first != "core" or rest == ["__init__.py"]:
        return first.removesuffix(".py")
    return rest[0].removesuffix(".py")


def floor_of(room: str) -> int | None:
    """How high a room stands, None if the staircase does not have it."""
    if room == "core":
        return -1
    if room in ABOVE_ALL:
        return len(FLOORS)
    return FLOORS.index(room) if room in FLOORS else None


def imports(tree: ast.AST, package: str = "") -> Iterator[tuple[int, str, str | None, str]]:
    """(line, module, name or None, kind) of everything that a file imports, in functions and by text too.

    *package* is where dots begin.
    """
    yield from _imports(tree, package, START)


def _imports(node: ast.AST, package: str, kind: str) -> Iterator[tuple[int, str, str | None, str]]:
    if isinstance(node, ast.Import):
        yield from ((node.lineno, one.name, None, kind) for one in node.names)
    elif isinstance(node, ast.ImportFrom):
        parts = package.split(".")[:1 - node.level or None] if node.level else []
        module = ".".join([*parts, *filter(None, [node.module])])
        yield from ((node.lineno, module, one.name, kind) for one in node.names)
    elif isinstance(node, ast.Call) and _called(node) == "import_module" and (named := constant(node.args)):
        yield node.lineno, named, None, kind
    elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
        for statements, theirs in ((node.body, TYPING), (node.orelse, kind)):
            for statement in statements:
                yield from _imports(statement, package, theirs)
    else:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            kind = INSIDE if kind == START else kind
        for one in ast.iter_child_nodes(node):
            yield from _imports(one, package, kind)


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def constant(nodes: Iterable[ast.AST]) -> str | None:
    """The text that stands first among *nodes*, if it does."""
    first = next(iter(nodes), None)
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else None


def texts(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """(line, text) of every text in a file that is no docstring."""
    told = {
        id(node.value) for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield node.lineno, node.value


def views(tree: ast.AST) -> Iterator[str]:
    """The names of the functions of a file that answer pages."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and any(
            isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute) and one.func.attr in VIEW_MAKERS
            for one in node.decorator_list
        ):
            yield node.name


def blueprints(tree: ast.AST) -> Iterator[str]:
    """The names under which a file makes blueprints."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _called(node) == "Blueprint" and (name := constant(node.args)):
            yield name


@dataclass(frozen=True)
class House:
    """The core of the project in the folder *root*, with the files that start it."""

    root: Path

    @cached_property
    def modules(self) -> dict[str, Path]:
        """Every module by its name; a package is its ``__init__.py``."""
        found = (*python(self.root / "core"), self.root / "wsgi.py")
        return {self.name_of(path): path for path in found if path.is_file()}

    @cached_property
    def trees(self) -> dict[str, ast.Module]:
        return {name: ast.parse(path.read_text()) for name, path in self.modules.items()}

    @cached_property
    def templates(self) -> dict[str, Path]:
        return templates(self.root / "core")

    def name_of(self, path: Path) -> str:
        """The module's name, or a template's path."""
        inside = path.relative_to(self.root)
        if path.suffix != ".py":
            return inside.as_posix()
        parts = inside.with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    def room(self, name: str) -> str:
        """The room of a module or template."""
        path = self.modules.get(name)
        return room_of(path.relative_to(self.root) if path else Path(name))

    @cached_property
    def rooms(self) -> list[str]:
        """All rooms: those of the staircase from below, then what it does not have."""
        found = {self.room(name) for name in self.modules}
        found |= {self.room(self.name_of(path)) for path in self.templates.values()}
        return sorted(found, key=lambda room: (floor_of(room) is None, floor_of(room), room))

    @cached_property
    def pages(self) -> dict[str, str]:
        """The module of every page of the core, by its endpoint."""
        names = {name for tree in self.trees.values() for name in blueprints(tree)}
        return {
            f"{name}.{view}": module for module, tree in self.trees.items() for view in views(tree)
            for name in names
        }

    @cached_property
    def arrows(self) -> list[Arrow]:
        """Every arrow from one module or template of the core to another."""
        found = {*self._imported(), *self._named_in_python(), *self._named_in_templates()}
        return sorted(one for one in found if one.source != one.target)

    def _imported(self) -> Iterator[Arrow]:
        for source, tree in self.trees.items():
            is_package = self.modules[source].name == "__init__.py"
            package = source if is_package else source.rpartition(".")[0]
            for line, module, name, kind in imports(tree, package):
                target = self._module(module, name)
                if target:
                    yield Arrow(source, target, line, kind)

    def _module(self, module: str, name: str | None) -> str | None:
        """What an import reaches: the module of that name, else the one that has the name."""
        if f"{module}.{name}" in self.modules:
            return f"{module}.{name}"
        while module and module not in self.modules:
            module = module.rpartition(".")[0]
        return module or None

    def _named_in_python(self) -> Iterator[Arrow]:
        for source, tree in self.trees.items():
            for line, text in texts(tree):
                if text in self.templates:
                    yield Arrow(source, self.name_of(self.templates[text]), line, TEMPLATE)
                elif _LIKE_A_PAGE.fullmatch(text) and text in self.pages:
                    yield Arrow(source, self.pages[text], line, TEMPLATE)

    def _named_in_templates(self) -> Iterator[Arrow]:
        for path in self.templates.values():
            source, text = self.name_of(path), path.read_text(errors="ignore")
            for pattern in (_NAMED, _PAGE):
                for found in pattern.finditer(text):
                    target = self.templates.get(found[1])
                    named = self.name_of(target) if target else self.pages.get(found[1])
                    if named:
                        yield Arrow(source, named, text.count("\n", 0, found.start()) + 1, TEMPLATE)

    def between_rooms(self, *, typing: bool = False) -> dict[tuple[str, str], list[Arrow]]:
        """The arrows from one room to another; those for types alone only if *typing*."""
        found: dict[tuple[str, str], list[Arrow]] = {}
        for one in self.arrows:
            pair = self.room(one.source), self.room(one.target)
            if pair[0] != pair[1] and (one.kind == TYPING) is typing:
                found.setdefault(pair, []).append(one)
        return found

    def up(self, *, typing: bool = False) -> list[Arrow]:
        """The arrows to a room that does not stand lower, or from or to one without a floor."""
        return [
            one for (low, high), arrows in self.between_rooms(typing=typing).items() for one in arrows
            if _not_down(floor_of(low), floor_of(high))
        ]

    def circles(self) -> list[list[str]]:
        """The rooms that reach themselves over others."""
        return _circles(self.between_rooms())

    def circles_at_start(self) -> list[list[str]]:
        """The modules of one room that import each other while they are loaded."""
        return _circles([
            (one.source, one.target) for one in self.arrows
            if one.kind == START and self.room(one.source) == self.room(one.target)
        ])

    def levels(self) -> dict[str, int]:
        """How many rooms stand one above another: a room is one higher than the highest that it imports.

        Rooms of one circle stand side by side.
        """
        circle = {room: one[0] for one in self.circles() for room in one}
        below: dict[str, set[str]] = {circle.get(room, room): set() for room in self.rooms}
        for source, target in self.between_rooms():
            below[circle.get(source, source)].add(circle.get(target, target))
        known: dict[str, int] = {}
        return {room: _level(circle.get(room, room), below, known) for room in self.rooms}


def _not_down(source: int | None, target: int | None) -> bool:
    return source is None or target is None or source <= target


def _level(room: str, below: Mapping[str, set[str]], known: dict[str, int]) -> int:
    if room not in known:
        known[room] = 1 + max((_level(one, below, known) for one in below[room] - {room}), default=0)
    return known[room]


def _circles(pairs: Iterable[tuple[str, str]]) -> list[list[str]]:
    """The groups whose members all reach each other."""
    next_to: dict[str, set[str]] = {}
    for source, target in pairs:
        next_to.setdefault(source, set()).add(target)
    reached = {one: _reached(one, next_to) for one in next_to}
    groups = {
        tuple(sorted(other for other in far if one in reached.get(other, ())))
        for one, far in reached.items() if one in far
    }
    return sorted([*group] for group in groups)


def _reached(start: str, next_to: Mapping[str, set[str]]) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        waiting += (new := next_to.get(waiting.pop(), set()) - found)
        found |= new
    return found
