"""Writes docs/hooks.md from core/hookspecs.py: ``python tools/hooks.py``. A test compares the two.

Examples are cut from code that runs: the example package in tests/examples first, then the portal's.
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from enum import StrEnum
from pathlib import Path
from types import FunctionType

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from core import hookspecs  # noqa: E402

DOCUMENT = ROOT / "docs/hooks.md"
VALUES = ("core.hookspecs", "core.hook_values")
LOOKED_THROUGH = ("tests/examples/src", "plugins", "core")
TOP = """# Hooks

<!-- made by `python tools/hooks.py` from core/hookspecs.py; do not edit -->

What a plugin, or a force's `hooks.py`, can answer. A hook that is not here does not exist: the start is
refused. [Writing a plugin](writing-a-plugin.md) shows them at work, and what else a plugin says of
itself: its name, its settings, what it `PROVIDES` and `NEEDS`.

- An implementation carries `@hookimpl` (from `core.hookspecs`) and takes the arguments it needs, by name.
- It takes and gives the frozen values below: never HTML, dicts or rows of the database.
- **Strict**: a failure, or an answer of another type, stops the work in hand, with the plugin's name in the
  log (`plugin_failed`). At start it stops the start.
- **One by one**: the plugin is left out, its name in the log (`plugin_left_out`), and the page is served.
- The force's own `hooks.py` is asked first, then its plugins, the last of the file first, then the core.
- `TMC_TRACE_HOOKS=1` prints every call: force, hook, plugin, time.
"""


def hooks() -> Iterator[tuple[str, FunctionType]]:
    for name, member in vars(hookspecs).items():
        if isinstance(member, FunctionType) and hasattr(member, f"{hookspecs.PROJECT}_spec"):
            yield name, member


def manner(name: str) -> str:
    if name in hookspecs.ONE_BY_ONE:
        return "one by one"
    return "strict, at start" if name in hookspecs.AT_START else "strict"


def example(name: str) -> tuple[str, str]:
    """(file, source) of the first implementation there is."""
    for folder in LOOKED_THROUGH:
        for path in sorted((ROOT / folder).rglob("*.py")):
            text = path.read_text()
            for node in ast.parse(text).body if f"def {name}(" in text else ():
                if isinstance(node, ast.FunctionDef) and node.name == name and _implements(node):
                    first = node.decorator_list[0].lineno - 1
                    lines = text.splitlines()[first:node.end_lineno]
                    return path.relative_to(ROOT).as_posix(), "\n".join(lines)
    raise LookupError(f"nothing implements {name}: write an example into tests/examples")


def _implements(node: ast.FunctionDef) -> bool:
    return any("hookimpl" in ast.unparse(one) for one in node.decorator_list)


def section(name: str, function: FunctionType) -> str:
    told = inspect.getdoc(function) or ""
    first, asked, answer, more = parts(name, told)
    arguments = [
        f"`{one.name}: {one.annotation}`" for one in inspect.signature(function).parameters.values()
    ]
    where, code = example(name)
    lines = [
        f"## `{name}`", "", first, "",
        f"- **Asked**: {asked}",
        f"- **Arguments**: {', '.join(arguments) or 'none'}",
        f"- **Answer**: `{inspect.signature(function).return_annotation}` – {answer}",
        f"- **Manner**: {manner(name)}", "",
        *([more, ""] if more else []),
        f"From `{where}`:", "", "```python", code, "```", "",
    ]
    return "\n".join(lines)


def parts(name: str, told: str) -> tuple[str, str, str, str]:
    """The docstring's sentence, ``Asked:``, ``Answer:`` and the rest, each in one line."""
    found = re.fullmatch(r"(.+?)\n\nAsked: (.+?)\nAnswer: (.+?)(?:\n\n(.+))?", told, re.DOTALL)
    if not found:
        raise ValueError(f"{name}: its docstring is not as core/hookspecs.py says")
    plain = (" ".join((part or "").split()).replace("``", "`") for part in found.groups())
    first, asked, answer, more = (part.replace(":class:`", "`") for part in plain)
    return first, asked, answer, more


def values() -> str:
    lines = ["## The values", ""]
    for name, member in vars(hookspecs).items():
        if inspect.isclass(member) and is_dataclass(member) and name in hookspecs.__all__:
            shown = ", ".join(f"`{one.name}: {one.type}`" for one in fields(member))
            about = " ".join((inspect.getdoc(member) or "").split()).replace("``", "`")
            lines.append(f"- **{name}**: {about} {shown}.")
        elif inspect.isclass(member) and issubclass(member, StrEnum) and list(member):
            about = " ".join((inspect.getdoc(member) or "").split()).replace("``", "`")
            lines.append(f"- **{name}**: {about} " + ", ".join(f"`{one}`" for one in member) + ".")
    lines += ["- **Force**: the force as its `force.toml` says; see "
              "[Configuring a force](configuring-a-force.md).",
              "- **Event**: a record event as it was sent; see [The record feed](record-feed.md)."]
    return "\n".join(lines) + "\n"


def document() -> str:
    listed = sorted(hooks(), key=lambda one: one[1].__code__.co_firstlineno)
    table = ["| hook | what it is for | manner |", "|---|---|---|"]
    for name, function in listed:
        first = parts(name, inspect.getdoc(function) or "")[0]
        table.append(f"| [`{name}`](#{name}) | {first} | {manner(name)} |")
    return "\n".join([TOP, *table, "", *(section(*one) for one in listed), values()])


if __name__ == "__main__":
    DOCUMENT.write_text(document())
    print(f"wrote docs/{DOCUMENT.name}")
