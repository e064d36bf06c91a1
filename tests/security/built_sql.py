"""Finds SQL that is put together from pieces, and sorting by what somebody may have written."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

# Where statements are made, and why pieces may be put together there.
NAMED = {
    "core/storage/db.py": "what only PostgreSQL knows: locks",
    "core/storage/row_guard.py": "what only PostgreSQL knows: the force of a transaction",
    "core/storage/prepared.py": "runs what SQLAlchemy compiled; the force's id is quoted by the driver",
    "core/cli/processes/embedded.py": "makes the roles of its own PostgreSQL",
    "core/storage/migrations": "names of tables and roles, at the operator's command",
}
RAW = {"text", "literal_column", "exec_driver_sql", "DDL", "TextClause", "literal_execute", "op"}
RUNS = {"execute", "executemany", "scalars", "scalar", "exec_", "exec_driver_sql", "copy"}
SORTS = {"order_by", "group_by", "distinct", "filter_by"}
LIKE_SQL = re.compile(
    r"\b(?:SELECT\b[^.]*\b(?:FROM|\()|INSERT\s+INTO|DELETE\s+FROM|UPDATE\s+\S+\s+SET|(?:CREATE|ALTER|DROP|"
    r"TRUNCATE|GRANT|REVOKE|LOCK)\s+[A-Z]|UNION\s|WHERE\s|ORDER\s+BY|RETURNING\s)", re.DOTALL
)


def built_in(files: list[Path], root: Path) -> list[str]:
    """Each place, but in the modules of :data:`NAMED`, as ``file:line what``."""
    found = []
    for file in files:
        where = str(file.relative_to(root))
        if not where.startswith(tuple(NAMED)):
            found += [f"{where}:{line} {what}" for line, what in built(ast.parse(file.read_text()))]
    return sorted(set(found))


def built(tree: ast.AST) -> Iterator[tuple[int, str]]:
    imported = {one.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)
                and (node.module or "").startswith("sqlalchemy") for one in node.names}
    for node in ast.walk(tree):
        if isinstance(node, ast.expr) and _is_pieces(node) and LIKE_SQL.search(_words(node)):
            yield node.lineno, "SQL of pieces"
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        given = [*node.args, *(one.value for one in node.keywords)]
        raw = name in RAW and _of_sqlalchemy(node.func, imported)
        if raw and not all(isinstance(one, ast.Constant) for one in given):
            yield node.lineno, f"{name}() of something else than fixed words"
        if name in RUNS and node.args and _is_pieces(node.args[0]):
            yield node.lineno, f"{name}() of pieces"
        if name in SORTS and any(_is_text(_sorted_by(one)) for one in given):
            yield node.lineno, f"{name}() by a name in text"


def _sorted_by(node: ast.expr) -> ast.expr:
    """What is sorted by, without ``.desc()``, ``*`` and the like around it."""
    if isinstance(node, ast.Starred):
        return _sorted_by(node.value)
    if isinstance(node, ast.GeneratorExp | ast.ListComp):
        return _sorted_by(node.elt)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not node.args:
        return _sorted_by(node.func.value)
    return node


def _is_pieces(node: ast.expr) -> bool:
    """An f-string with something in it, ``%``, ``+`` or ``.format`` and ``.join`` of text."""
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod):
        return any(_is_text(side) for side in (node.left, node.right))
    return (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
            and node.func.attr in ("format", "join", "replace") and _is_text(node.func.value))


def _is_text(node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        return getattr(node.func, "id", "") == "getattr"
    fixed = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return fixed or isinstance(node, ast.JoinedStr) or (isinstance(node, ast.expr) and _is_pieces(node))


def _words(node: ast.AST) -> str:
    return " ".join(part.value for part in ast.walk(node)
                    if isinstance(part, ast.Constant) and isinstance(part.value, str))


def _of_sqlalchemy(called: ast.expr, imported: set[str]) -> bool:
    """``sa.text``, ``text`` imported by itself, or a method of a column or connection."""
    if isinstance(called, ast.Name):
        return called.id in imported
    assert isinstance(called, ast.Attribute)
    return ast.unparse(called.value) in ("sa", "sqlalchemy", "sa.sql") or called.attr in (
        "op", "exec_driver_sql", "literal_execute")
