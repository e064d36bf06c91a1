"""Who ends a transaction: doors, which are views, commands and jobs; and who else does."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

FOLDERS = ("core", "plugins", "forces")
VIEWS = {"get", "post", "put", "delete", "route"}
COMMANDS = {"command", "group"}
# Doors by their place: what runs a process, and the kit of authors.
PLACES = ("core/cli/", "core/testing/")


def commits_elsewhere(root: Path) -> list[str]:
    """``file:function`` of every commit that stands in no door.

    A door is a function that is registered as a job, and whatever stands in a module of views or commands:
    these hold nothing but doors and what they share.
    """
    trees = {path.relative_to(root).as_posix(): ast.parse(path.read_text()) for folder in FOLDERS
             for path in sorted((root / folder).rglob("*.py")) if "__pycache__" not in path.parts}
    jobs = {name for path, tree in trees.items() for name in _jobs(tree, path)}
    return [
        f"{path}:{function}" for path, tree in trees.items()
        if not path.startswith(PLACES) and not _has_views_or_commands(tree)
        for function in _committing(tree, "") if f"{path.removesuffix('.py')}.{function}" not in jobs
    ]


def _committing(node: ast.AST, inside: str) -> Iterator[str]:
    """The outermost function, with its class, of each commit; "module" outside of any. A commit that is
    handed on is one too: whoever gets it decides when."""
    for one in ast.iter_child_nodes(node):
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            whole = isinstance(node, ast.Module | ast.ClassDef)
            yield from _committing(one, f"{inside}.{one.name}".lstrip(".") if whole else inside)
            continue
        if (isinstance(one, ast.Attribute) and one.attr == "commit") or _says_commit(one):
            yield inside or "module"
        yield from _committing(one, inside)


def _says_commit(node: ast.AST) -> bool:
    """A statement in words, or the name in words (``getattr``)."""
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and \
        node.value.strip().casefold() == "commit"


def _has_views_or_commands(tree: ast.Module) -> bool:
    return any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and (
            node.func.attr in COMMANDS or (node.func.attr in VIEWS and _is_blueprint(node.func.value)))
        for node in ast.walk(tree)
    )


def _is_blueprint(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in ("bp", "blueprint", "app")


def _jobs(tree: ast.Module, path: str) -> Iterator[str]:
    """``path.function`` of what is registered, ``registry.task("name")(function)``: of the same module, or of
    one beside it."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Call) and node.args):
            continue
        if isinstance(node.func.func, ast.Attribute) and node.func.func.attr == "task":
            given = ast.unparse(node.args[0])
            yield f"{Path(path).parent.as_posix()}/{given}" if "." in given else \
                f"{path.removesuffix('.py')}.{given}"
