"""Which tests run which line: found by one run of the suite, and kept for a commit."""

from __future__ import annotations

import ast
import json
import re
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from tests.mutants.breakages import Breakage
from tests.mutants.copies import PYTHON, environment
from tests.mutants.rooms import ROOT
from tests.mutants.watch import FOLDER

KEPT = ROOT / ".mutants"
# They drive processes of their own, in which no line is seen; and they are dear.
PASSED_OVER = ("attack", "bench", "browser", "faults", "journeys", "mutants", "walls")


@dataclass
class Map:
    """``lines``: file -> line -> tests; ``seconds``: what each test took. Only tests that passed."""

    seconds: dict[str, float] = field(default_factory=dict)
    lines: dict[str, dict[int, set[str]]] = field(default_factory=lambda: defaultdict(dict))
    root: Path = ROOT

    def tests_for(self, one: Breakage) -> list[str]:
        """Those that run the broken lines, or read what a module names; first those of files that name
        the module, of these the quickest first."""
        found = self._on(one.file, range(one.line, one.last + 1))
        if one.inside == "module" or not found:
            found |= self._by_name(one)
        for lines in _handed_on(self.root / one.file, one.line, one.last):
            found |= self._on(one.file, lines)
        module = Path(one.file).stem

        def likely(test: str) -> bool:
            return module in self._sources.get(test.split("::")[0], "")

        return sorted(found, key=lambda test: (not likely(test), self.seconds.get(test, 0.0), test))

    def _on(self, file: str, lines: Any) -> set[str]:
        of_file = self.lines.get(file, {})
        return set().union(*(of_file.get(line, set()) for line in lines))

    def _by_name(self, one: Breakage) -> set[str]:
        """What stands in a module or a class is run by nobody: who reads its name may notice."""
        names, done, found = _names_at(self.root / one.file, one.line), set(), set()
        while names - done:
            name = (names - done).pop()
            done.add(name)
            for file, uses in self._uses_of(name).items():
                if file.startswith("tests/"):
                    if Path(one.file).stem in self._sources[file]:
                        found |= {test for test in self.seconds if test.startswith(f"{file}::")}
                    continue
                for line, home in uses:
                    found |= self._on(file, [line])
                    if home and home not in done and len(done) < 40:
                        names.add(home)
        return found or self._on(one.file, list(self.lines.get(one.file, {})))

    @cached_property
    def _sources(self) -> dict[str, str]:
        globs = ("core/**/*.py", "plugins/**/*.py", "tests/**/test_*.py")
        return {str(file.relative_to(self.root)): file.read_text()
                for glob in globs for file in self.root.glob(glob)}

    def _uses_of(self, name: str) -> dict[str, list[tuple[int, str]]]:
        """file -> (line, the name that a module gives to what is made of it, if any)."""
        uses: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for file, source in self._sources.items():
            if name in source:
                for found, line, home in _names_in(source):
                    if found == name:
                        uses[file].append((line, home))
        return uses


@cache
def _names_in(source: str) -> list[tuple[str, int, str]]:
    """Every name of a program: itself, its line, and what the module's statement that it is in makes."""
    found = []
    for statement in ast.parse(source).body:
        home = _made_by(statement)
        for node in ast.walk(statement):
            name = getattr(node, "id", None) or getattr(node, "attr", None)
            if isinstance(name, str):
                found.append((name, node.lineno, home))
    return found


def _made_by(statement: Any) -> str:
    targets = getattr(statement, "targets", None) or [getattr(statement, "target", None)]
    names = [one.id for one in targets if isinstance(one, ast.Name)]
    return names[0] if names else ""


def _handed_on(file: Path, first: int, last: int) -> Iterator[range]:
    """The lines of the functions that these lines name and do not call: what is registered once, for all
    tests of a run, is noticed by those that run it."""
    program = ast.parse(file.read_text())
    bodies = {one.name: range(one.body[0].lineno, (one.end_lineno or one.lineno) + 1)
              for one in program.body if isinstance(one, ast.FunctionDef)}
    called = {id(node.func) for node in ast.walk(program) if isinstance(node, ast.Call)}
    for node in ast.walk(program):
        if (isinstance(node, ast.Name) and first <= node.lineno <= last and node.id in bodies
                and id(node) not in called):
            yield bodies[node.id]


def _names_at(file: Path, line: int) -> set[str]:
    """The names that the statement of a module or class at this line makes."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.lineno <= line <= (node.end_lineno or 0):
            for target in ast.walk(node):
                if isinstance(target, ast.Name) and isinstance(target.ctx, ast.Store):
                    found.add(target.id)
        if isinstance(node, ast.ClassDef) and node.lineno <= line <= (node.end_lineno or 0):
            found.add(node.name)
        if isinstance(node, ast.FunctionDef) and node.lineno <= line <= (node.end_lineno or 0):
            found.add(node.name)
    return found


# --- made and kept ------------------------------------------------------------------------------


def the_map(copy: Path, commit: str, processes: int) -> Map:
    """That of this commit; made by running all tests in *copy* if it is not kept."""
    kept = KEPT / f"{commit}.json"
    if not kept.exists():
        print("Looking which test runs which line: all tests once, slower than usual ...", flush=True)
        watched = watch(copy, processes, [
            str(one.relative_to(ROOT)) for one in sorted((ROOT / "tests").iterdir())
            if one.is_dir() and one.name not in (*PASSED_OVER, "examples", "__pycache__")])
        KEPT.mkdir(exist_ok=True)
        kept.write_text(json.dumps(watched))
    found = read_map(kept)
    found.root = copy
    return found


def read_map(kept: Path) -> Map:
    found = Map()
    told = json.loads(kept.read_text())
    found.seconds = told["seconds"]
    names = told["tests"]
    for file, lines in told["lines"].items():
        found.lines[file] = {int(line): {names[one] for one in tests} for line, tests in lines.items()}
    return found


def watch(copy: Path, processes: int, tests: list[str]) -> dict[str, Any]:
    """Run *tests* in *copy*; what ran which line, as it is kept."""
    folder = copy.with_name(f"{copy.name}-watched")
    folder.mkdir()
    done = subprocess.run(
        [PYTHON, "-m", "pytest", "-q", "-n", str(processes), "--dist", "loadgroup", "-p",
         "tests.mutants.watch",
         *tests],
        cwd=copy, env=environment(copy, **{FOLDER: str(folder)}), capture_output=True, text=True, check=False)
    parts = [json.loads(file.read_text()) for file in folder.glob("*.json")]
    if not parts:
        raise RuntimeError(f"no test ran:\n{done.stdout[-3000:]}\n{done.stderr[-2000:]}")
    spoilt = sorted({test for part in parts for test in part["spoilt"]})
    print(re.sub(r"\s+", " ", done.stdout.strip().splitlines()[-1]), *spoilt, sep="\n  not used: ",
        flush=True)
    return merged(parts)


def merged(parts: list[dict[str, Any]]) -> dict[str, Any]:
    seconds = {test: took for part in parts for test, took in part["seconds"].items()}
    names = sorted(seconds)
    places = {test: place for place, test in enumerate(names)}
    lines: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for part in parts:
        for file, of_file in part["lines"].items():
            for line, tests in of_file.items():
                lines[file][line] |= {places[one] for one in tests if one in places}
    return {"seconds": seconds, "tests": names, "lines": {
        file: {line: sorted(tests) for line, tests in of_file.items()} for file, of_file in lines.items()}}
