"""What differs between the pages of two walks, but for what a list says is meant."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from tests.same_pages.written import masked


@dataclass
class Allowed:
    """The list of differences that are meant. Empty lines and those that begin with ``#`` say why.

    ``drop PATTERN`` takes what fits the regular expression out of both pages before they are compared;
    ``change STATES PATTERN`` lets lines differ that it fits whole, on the pages whose name fits the glob;
    ``only STATES`` lets pages whose name fits the glob stand in one of both walks.
    """

    drops: dict[str, re.Pattern[str]] = field(default_factory=dict)
    changes: dict[str, tuple[str, re.Pattern[str]]] = field(default_factory=dict)
    only: dict[str, str] = field(default_factory=dict)
    used: Counter[str] = field(default_factory=Counter)

    @classmethod
    def read(cls, path: Path) -> Allowed:
        """Raises ValueError, with the number of the line, for one that says none of the three."""
        found = cls()
        for number, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            line = raw.strip()
            if not line or line.startswith("#"):
                continue
            word, _, rest = line.partition(" ")
            states, _, pattern = rest.partition(" ")
            try:
                if word == "drop" and rest:
                    found.drops[line] = re.compile(rest)
                elif word == "change" and pattern:
                    found.changes[line] = (states, re.compile(pattern))
                elif word == "only" and states and not pattern:
                    found.only[line] = states
                else:
                    raise ValueError("a line is “drop PATTERN”, “change STATES PATTERN” or “only STATES”")
            except (re.error, ValueError) as error:
                raise ValueError(f"{path}:{number}: {error}") from None
        return found

    def without_dropped(self, text: str) -> str:
        for entry, pattern in self.drops.items():
            text, times = pattern.subn("", text)
            self.used[entry] += times
        return text

    def lets(self, state: str, line: str) -> bool:
        """Whether this line, of only one of the two pages, is meant."""
        for entry, (states, pattern) in self.changes.items():
            if fnmatchcase(state, states) and pattern.fullmatch(line):
                self.used[entry] += 1
                return True
        return False

    def lets_stand_alone(self, state: str) -> bool:
        """Whether only one of both walks may have this page."""
        fits = [entry for entry, states in self.only.items() if fnmatchcase(state, states)]
        self.used.update(fits)
        return bool(fits)

    def unused(self) -> list[str]:
        return [entry for entry in (*self.drops, *self.changes, *self.only) if not self.used[entry]]


def read_pages(folder: Path) -> dict[str, str]:
    """State -> what was saved of it. Raises FileNotFoundError when there is no such folder.

    Masked once more: an older walk was written down with the masks of its day.
    """
    if not folder.is_dir():
        raise FileNotFoundError(f"{folder}: no pages were saved there")
    return {
        str(path.relative_to(folder).with_suffix("")): masked(path.read_text(encoding="utf-8"))
        for path in sorted(folder.rglob("*.txt"))
    }


def differences(old: Mapping[str, str], new: Mapping[str, str], allowed: Allowed) -> dict[str, str]:
    """State -> unified diff, for each page that differs in a way that is not allowed."""
    found = {}
    for state in sorted({*old, *new}):
        if state not in old or state not in new:
            if not allowed.lets_stand_alone(state):
                found[state] = f"{state}: only {'after' if state in new else 'before'}"
            continue
        before, after = (allowed.without_dropped(pages[state]).splitlines() for pages in (old, new))
        if not all(allowed.lets(state, line) for line in _only_in_one(before, after)):
            found[state] = "\n".join(difflib.unified_diff(
                before, after, f"before: {state}", f"after: {state}", lineterm=""))
    return found


def _only_in_one(before: list[str], after: list[str]) -> Iterator[str]:
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes() if before != after else ():
        if kind != "equal":
            yield from before[a:b]
            yield from after[c:d]
