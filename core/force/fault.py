"""A fault in a configuration file, said so that the person who wrote the file can mend it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from pydantic_core import PydanticCustomError


@dataclass(frozen=True)
class Problem:
    """One fault: where it is, what is wrong, what would be right. ``line`` counts from 1.

    A ``warning`` is told like a fault, and nothing is refused for it.
    """

    file: str
    key: str
    line: int | None
    wrong: str
    right: str
    warning: bool = False

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        place += ": warning" if self.warning else ""
        said = f"{place}: {self.key}: {self.wrong}" if self.key else f"{place}: {self.wrong}"
        return f"{said}. Right would be: {self.right}" if self.right else said


def fault(wrong: str, right: str) -> PydanticCustomError:
    """An error for a validator to raise; it reaches the person as a :class:`Problem`."""
    return PydanticCustomError("fault", "{wrong}", {"wrong": wrong, "right": right})


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word most like *word*, if any is like it."""
    listed = {name.casefold(): name for name in known}
    found = difflib.get_close_matches(word.casefold().replace("_", "-"), listed, n=1, cutoff=0.6)
    found = found or difflib.get_close_matches(word.casefold(), listed, n=1, cutoff=0.6)
    return listed[found[0]] if found else None


def one_of(word: str, known: Iterable[str]) -> str:
    """What to write in place of the unknown *word*."""
    listed = sorted(set(known))
    parts = [part for part in re.split(r"[;,|\s]+", word) if part]
    if len(parts) > 1 and set(parts) <= set(listed):
        return "each by itself: " + ", ".join(f'"{part}"' for part in parts)
    like = nearest(word, listed)
    if like:
        return f"“{like}”"
    shown = ", ".join(listed[:12]) + (" …" if len(listed) > 12 else "")
    return f"one of: {shown}" if listed else "nothing: there is none yet"


class ForceFileError(Exception):
    """A ``force.toml`` cannot be used; ``problems`` lists every fault at once."""

    def __init__(self, problems: Collection[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))
