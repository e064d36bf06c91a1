"""The page that stands in for the portal while a file of the force has faults."""

from __future__ import annotations

import ast
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from core.base import SOURCE_LANGUAGE
from core.cli import services

AROUND = 2  # lines shown before and after the faulty one
_pages = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True,
    trim_blocks=True, lstrip_blocks=True,
)


@dataclass(frozen=True)
class Line:
    number: int
    text: str
    faulty: bool


def faults_of(error: Exception, folder: Path) -> list[services.Fault]:
    """What is wrong, as ``forces check`` says it."""
    if isinstance(error, services.ForceFileError):
        return [_with_line(problem, error, folder) for problem in error.problems]
    place = next((frame for frame in reversed(traceback.extract_tb(error.__traceback__))
                  if Path(frame.filename).is_relative_to(folder)), None)
    if place:
        said = f"{type(error).__name__}: {error}"
        return [services.Fault(place.filename, "", place.lineno, said, "code that can be run")]
    return [services.Fault(str(folder), "", None, f"it cannot be shown: {error}", "")]


def _with_line(problem: services.Fault, error: Exception, folder: Path) -> services.Fault:
    """A fault in ``hooks.py`` with its line, which only Python knew."""
    file = folder / "hooks.py"
    if problem.line or Path(problem.file) != file:
        return problem
    line = _line_of_syntax(file) or next(
        (frame.lineno for cause in _causes(error)
         for frame in reversed(traceback.extract_tb(cause.__traceback__))
         if Path(frame.filename) == file), None)
    return services.Fault(problem.file, problem.key, line, problem.wrong, problem.right)


def _line_of_syntax(file: Path) -> int | None:
    try:
        ast.parse(file.read_text())
    except SyntaxError as error:
        return error.lineno
    except (OSError, ValueError):
        return None
    return None


def _causes(error: BaseException | None) -> list[BaseException]:
    found = []
    while error is not None:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found


def fault_page(force_id: str, faults: Sequence[services.Fault], *, version: str) -> bytes:
    """The whole page; English, as all that is said about files."""
    shown = [(fault, excerpt(fault)) for fault in faults]
    values = {"force_id": force_id, "shown": shown, "version": version, "language": SOURCE_LANGUAGE}
    return _pages.get_template("preview/faults.html").render(values).encode()


def excerpt(fault: services.Fault) -> list[Line]:
    """The lines of the file around the fault."""
    if fault.line is None:
        return []
    try:
        lines = Path(fault.file).read_text(errors="replace").splitlines()
    except OSError:
        return []
    first = max(1, fault.line - AROUND)
    return [
        Line(number, lines[number - 1], number == fault.line)
        for number in range(first, min(len(lines), fault.line + AROUND) + 1)
    ]
