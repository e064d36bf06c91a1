"""The way of one datum (docs/way-of-a-datum.md) compared with what the real requests enter.

``python -m tools.datum`` says which line of the document is wrong and what would be right; with ``--write``
it puts right what it can: functions that moved, the order, the numbers; of a file that is missing it adds a
line, whose words are yours to write.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from tools.rooms import ROOT
from tools.walks import Walk, requests

DOCUMENT = "docs/way-of-a-datum.md"
# A datum changes what it is in these rooms, and nowhere below: so none of their files may be left out.
HOLDERS = ("core/audit/", "core/cases/", "core/commitments/", "core/intake/", "core/notices/")
ROW = re.compile(r"\| (\d+) \| `([^`]+)` \| `([^`]+)` \|\s*(.*?)\s*\|\s*(.*?)\s*\|$")
PART = re.compile(r"<!-- followed: (\w+) -->$")
VIEWS = re.compile(r"(plugins/\w+/)routes\.py$")

Entered = Mapping[tuple[str, str], int]  # (file, function) -> which of all it was, at its first call


@dataclass(frozen=True)
class Step:
    """One line of a table: *at* is its place among the lines of the document, from 0."""

    at: int
    number: int
    part: str
    file: str
    function: str
    happens: str
    refuses: str

    @property
    def place(self) -> tuple[str, str]:
        return self.file, self.function

    def __str__(self) -> str:
        return f"| {self.number} | `{self.file}` | `{self.function}` | {self.happens} | {self.refuses} |"


def follow() -> dict[str, Walk]:
    """Every request that a part of the document is followed by. Takes about 10 seconds."""
    with requests() as found:
        found.at.letters()  # what set-up promised is not of this datum
        told = {"charged": found.charged, "letter": found.letters, "case_page": found.case_page}
        asked = {"message": found.message, "letter_to_officer": found.letters, "desk_page": found.desk_page}
        for _ in range(2):  # what is kept from the first time is not entered again
            walks = {name: send() for name, send in {**told, **asked}.items()}
        return walks


def steps_of(text: str) -> dict[str, list[Step]]:
    """The steps of each part, by the request that it is followed by."""
    parts: dict[str, list[Step]] = {}
    for at, line in enumerate(text.splitlines()):
        if found := PART.match(line):
            parts[part := found[1]] = []
        elif found := ROW.match(line):
            parts[part].append(Step(at, int(found[1]), part, *found.groups()[1:]))
    return parts


def problems(text: str, walks: Mapping[str, Walk]) -> Iterator[str]:
    """What is wrong with the document, a sentence each, with its line."""
    parts = steps_of(text)
    if parts.keys() != walks.keys():
        yield f"{DOCUMENT}: its parts are {', '.join(parts)}; the requests are {', '.join(walks)}"
        return
    numbers: dict[str, int] = {}
    for part, steps in parts.items():
        entered = walks[part].entered
        latest = -1
        for step in steps:
            where, way = f"{DOCUMENT}:{step.at + 1}", _way_of(text, step.at)
            numbers[way] = numbers.get(way, 0) + 1
            if step.number != numbers[way]:
                yield f"{where}: step {step.number} is the {numbers[way]}th: write {numbers[way]}"
            if not (step.happens and step.refuses):
                yield f"{where}: say what {step.function} does, and what it may refuse (– for nothing)"
            if step.place not in entered:
                yield f"{where}: {_not_entered(step, entered)}"
                continue
            if entered[step.place] < latest:
                yield f"{where}: {step.function} of {step.file} is entered before the line above: move it up"
            latest = max(latest, entered[step.place])
        yield from _left_out(part, steps, entered)


def _way_of(text: str, at: int) -> str:
    """The heading of the whole way that the line is of."""
    return next(line for line in reversed(text.splitlines()[:at]) if line.startswith("## "))


def _not_entered(step: Step, entered: Entered) -> str:
    there = step.function in functions_of(step.file)
    why = f"is there, and the request {step.part} does not enter it" if there else "is not there"
    now = " or ".join(f"`{file}` `{function}`" for file, function in candidates(step, entered))
    right = f"write {now}" if now else "name the function that does this now, or take the line out"
    return f"{step.function} of {step.file} {why}: {right}"


def candidates(step: Step, entered: Entered) -> list[tuple[str, str]]:
    """Functions of the same last name that the request enters, wherever they are."""
    last = step.function.rpartition(".")[2]
    return [place for place in entered if place[1].rpartition(".")[2] == last]


def functions_of(file: str) -> set[str]:
    """The functions of a file, those of a class as ``Class.function``; none where there is no such file."""
    path = ROOT / file
    return set(_functions(ast.parse(path.read_text()), "")) if path.is_file() else set()


def _functions(node: ast.AST, within: str) -> Iterator[str]:
    for one in ast.iter_child_nodes(node):
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{within}{one.name}"
        yield from _functions(one, f"{within}{one.name}." if isinstance(one, ast.ClassDef) else within)


def _left_out(part: str, steps: Sequence[Step], entered: Entered) -> Iterator[str]:
    after = steps[-1].at + 1 if steps else 0
    for file, function in missing(steps, entered):
        yield (f"{DOCUMENT}:{after}: {part} enters {file} too, with `{function}` first: "
               "add a line for the function of it that matters")


def missing(steps: Sequence[Step], entered: Entered) -> list[tuple[str, str]]:
    """The first function of each file that holds the datum, or is of the plugin that answers, and has no
    line."""
    answering = tuple(found[1] for file, _ in entered if (found := VIEWS.match(file)))
    named, first = {step.file for step in steps}, dict[str, str]()
    for file, function in entered:
        if file.startswith(HOLDERS + answering) and file not in named and "<" not in function:
            first.setdefault(file, function)
    return [*first.items()]


def written(text: str, walks: Mapping[str, Walk]) -> str:
    """The document with what moved where it is now, in order, with a line for each file that has none."""
    lines: list[str] = text.splitlines()
    for part, steps in reversed(steps_of(text).items()):  # from the end: places before stay what they are
        if not steps:
            continue
        entered = walks[part].entered
        moved = [_moved(step, entered) for step in steps]
        new = [replace(steps[0], file=file, function=function, happens="", refuses="")
               for file, function in missing(moved, entered)]
        kept = sorted([*moved, *new], key=lambda step: entered.get(step.place, step.at))
        lines[steps[0].at:steps[-1].at + 1] = map(str, kept)
    return "\n".join(_numbered(lines)) + "\n"


def _moved(step: Step, entered: Entered) -> Step:
    found = candidates(step, entered)
    if step.place in entered or len(found) != 1:
        return step
    return replace(step, file=found[0][0], function=found[0][1])


def _numbered(lines: list[str]) -> Iterator[str]:
    number = 0
    for line in lines:
        number = 0 if line.startswith("## ") else number + bool(found := ROW.match(line))
        yield f"| {number} {line[found.end(1) + 1:]}" if (found := ROW.match(line)) else line


def main() -> None:
    path, walks = ROOT / DOCUMENT, follow()
    if "--write" in sys.argv:
        path.write_text(written(path.read_text(), walks))
    found = [*problems(path.read_text(), walks)]
    print("\n".join(found) or f"{DOCUMENT} is as the requests go")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
