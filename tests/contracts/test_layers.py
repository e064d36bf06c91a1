"""The rules of the layers, walked over the real code."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PUBLIC = {"core", "core.services"}  # and, for migrations only, core.migrations
FORCES = sorted(p.parent.name for p in ROOT.glob("forces/*/force.toml"))


def python(folder: str) -> list[Path]:
    return [p for p in sorted((ROOT / folder).rglob("*.py")) if "__pycache__" not in p.parts]


def imports(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, f"{'.' * node.level}{node.module or ''}"


def offences(folder: str, allowed: object) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in python(folder) for line, name in imports(path)
        if not allowed(path, name)  # type: ignore[operator]
    ]


def test_there_is_code_to_walk() -> None:
    assert len(python("core")) > 30
    assert len(python("plugins")) > 20
    assert len(FORCES) >= 2


def test_the_core_knows_no_plugin_and_no_force() -> None:
    lazily = {"plugins", "forces"}  # the package itself, to list what is in it

    def allowed(path: Path, name: str) -> bool:
        top = name.split(".")[0]
        return top not in lazily or (path.name == "plugin_host.py" and name in lazily)

    assert offences("core", allowed) == []


def test_a_plugin_imports_the_core_and_itself_only() -> None:
    def allowed(path: Path, name: str) -> bool:
        own = path.relative_to(ROOT / "plugins").parts[0]
        if name.startswith("core"):
            return name in PUBLIC or (name == "core.migrations" and "migrations" in path.parts)
        inside = name == f"plugins.{own}" or name.startswith((f"plugins.{own}.", "."))
        return (inside and not name.startswith("..")) or not name.startswith(
            (".", "plugins", "forces", "tests")
        )

    assert offences("plugins", allowed) == []


def test_a_force_imports_the_core_only() -> None:
    def allowed(path: Path, name: str) -> bool:
        return not name.startswith((".", "plugins", "forces", "tests")) and (
            not name.startswith("core") or name in PUBLIC
        )

    assert offences("forces", allowed) == []


@pytest.mark.parametrize("force", FORCES)
def test_no_force_is_named_in_shared_code(force: str) -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "core", "plugins", "tools", "wsgi.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    named = [
        name
        for name in tracked.stdout.split()
        if (ROOT / name).is_file()
        and re.search(rf"\b{re.escape(force)}\b", (ROOT / name).read_text(errors="ignore"))
    ]
    assert named == []


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
