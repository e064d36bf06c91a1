"""What is installed is used, or stands in a short table with the reason; what is imported is listed."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator
from configparser import ConfigParser
from importlib.metadata import packages_distributions
from pathlib import Path
from sys import stdlib_module_names

import pytest

from tests.contracts.test_layers import ROOT, python

REASONS = ROOT / "docs/decisions/0040-libraries-that-are-used.md"
SERVES, NEVER_IMPORTED, TESTS = "Imported where", "Never imported", "For tests"
CALLED = {  # by these words, and not imported
    "build": ("Makefile", "-m build"), "mypy": ("Makefile", "-m mypy"), "ruff": ("Makefile", "bin/ruff"),
    "pip-tools": ("Makefile", "-m piptools"),
    "govuk-frontend-jinja": ("tests/core/web/test_macros.py", 'PackageLoader("govuk_frontend_jinja")'),
}
ALL = [*python("core"), *python("plugins"), *python("forces"), ROOT / "wsgi.py"]
KIT = [path for path in ALL if "testing" in path.parts]  # for authors: its list is the extra "testing"
SERVING = [path for path in ALL if path not in KIT]
TESTING = [path for path in (*python("tests"), *python("tools")) if "examples" not in path.parts]
OURS = {"core", "plugins", "forces", "tests", "tools"}


def plain(name: str) -> str:
    """A library's name, however it is written: PEP 503."""
    return re.sub(r"[-_.]+", "-", name).lower()


def listed(extra: str | None = None) -> set[str]:
    setup = ConfigParser()
    setup.read_string((ROOT / "setup.cfg").read_text())
    lines = setup["options.extras_require"][extra] if extra else setup["options"]["install_requires"]
    return {plain(re.split(r"[\[<>=!~;]", line)[0].strip()) for line in lines.split("\n")
            if line.strip() and not line.startswith("#")}


def reasons(heading: str) -> set[str]:
    """The libraries of one table of the decision."""
    text = REASONS.read_text().split(f"\n## {heading}")[1].split("\n## ")[0]
    rows = re.findall(r"^\| ([a-z0-9, -]+) \| [^|\n]{5,} \|$", text, re.MULTILINE)
    return {plain(name) for row in rows for name in row.split(", ")} - {"library"}


def imported(paths: Iterable[Path], beside: Collection[str] = ()) -> dict[str, str]:
    """Libraries that run when these files do, and where each is imported first; *beside*: further modules
    of ours.

    What only the types are read from does not run. A module of no library stands under its own name.
    """
    known, found = packages_distributions(), dict[str, str]()
    for path in paths:
        for line, module in at_run_time(ast.parse(path.read_text())):
            if module in stdlib_module_names or module in OURS or module in beside:
                continue
            library = plain(next(iter(known.get(module, [module]))))
            found.setdefault(library, f"{path.relative_to(ROOT)}:{line}")
    return found


def at_run_time(node: ast.AST) -> Iterator[tuple[int, str]]:
    if isinstance(node, ast.Import):
        yield from ((node.lineno, name.name.partition(".")[0]) for name in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        yield node.lineno, node.module.partition(".")[0]
    for inner in ast.iter_child_nodes(node):
        if not (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
                and inner in node.body):
            yield from at_run_time(inner)


# --- where people are served ----------------------------------------------------------------------


def test_each_library_that_serves_is_imported_or_its_reason_is_told() -> None:
    used = imported(SERVING)
    assert len(used) > 20
    assert listed() - used.keys() == reasons(NEVER_IMPORTED)


def test_each_library_that_code_imports_is_listed_by_its_own_name() -> None:
    for paths, names in ((SERVING, listed()), (KIT, listed() | listed("testing"))):
        used = imported(paths)
        assert used and {name: where for name, where in used.items() if name not in names} == {}


# --- where the portal is tested and built -----------------------------------------------------------


def test_each_library_of_the_tests_is_imported_by_one_or_called_by_name() -> None:
    names = listed("test") | listed("build")
    used = imported(TESTING, beside={path.stem for path in TESTING})
    assert names - used.keys() == CALLED.keys()
    assert [name for name, (file, words) in CALLED.items() if words not in (ROOT / file).read_text()] == []
    assert {name: where for name, where in used.items() if name not in names | listed()} == {}
    assert names - listed() == reasons(TESTS)


def test_each_library_has_its_reason() -> None:
    assert listed() == reasons(SERVES) | reasons(NEVER_IMPORTED)
    assert not reasons(SERVES) & reasons(NEVER_IMPORTED)


# --- the same look finds what is wrong --------------------------------------------------------------


@pytest.mark.parametrize(("code", "found"), [
    ("import tzdata", {"tzdata"}),
    ("def later():\n    from phonenumbers import parse", {"phonenumberslite"}),
    ("import flask_wtf.csrf as csrf, os.path", {"flask-wtf"}),
    ("from nowhere_known import x", {"nowhere-known"}),
    ("if TYPE_CHECKING:\n    import cbor2\nelse:\n    import idna", {"idna"}),
    ("from .flask import x\nfrom core import y\nimport flask_of_a_text\n'import rich'", {"flask-of-a-text"}),
])
def test_what_a_file_imports_is_seen(code: str, found: set[str], monkeypatch: pytest.MonkeyPatch,
                                     tmp_path: Path) -> None:
    (tmp_path / "file.py").write_text(code)
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    assert imported([tmp_path / "file.py"]).keys() == found
