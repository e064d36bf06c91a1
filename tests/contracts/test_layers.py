"""Rules of the code that are walked over all of it: where raw SQL stands, how long files are."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
def python(folder: str) -> list[Path]:
    return [p for p in sorted((ROOT / folder).rglob("*.py")) if "__pycache__" not in p.parts]


def test_raw_sql_stands_in_the_database_module_and_in_migrations_only() -> None:
    def raw(path: Path) -> Iterator[int]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                name = (
                    node.func.attr
                    if isinstance(node.func, ast.Attribute)
                    else getattr(node.func, "id", "")
                )
                literal = bool(node.args) and isinstance(
                    node.args[0], (ast.Constant, ast.JoinedStr)
                )
                if (
                    name == "exec_driver_sql"
                    or (name == "text" and literal and isinstance(node.func, ast.Attribute))
                    or (name == "execute" and literal)
                ):
                    yield node.lineno

    wheres = {"postgresql_where", "server_default"}  # index and column terms, not statements
    found = []
    for folder in ("core", "plugins", "forces"):
        for path in python(folder):
            if path.name in ("db.py", "embedded.py") or "migrations" in path.parts:
                continue
            lines = path.read_text().splitlines()
            found += [
                f"{path.relative_to(ROOT)}:{n}"
                for n in raw(path)
                if not any(w in lines[n - 1] for w in wheres)
            ]
    assert found == []


def test_files_stay_short_enough_to_read() -> None:
    long = {
        str(path.relative_to(ROOT)): n
        for folder in ("core", "plugins")
        for path in python(folder)
        if "migrations" not in path.parts
        if (n := path.read_text().count("\n")) > 360
    }
    assert long == {}
