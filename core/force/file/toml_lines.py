"""Where in a TOML file each key and list item stands, so that a fault can be shown by its line."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Mapping

Place = tuple[str | int, ...]

_TOKEN = re.compile(
    r"""(?P<text>\"{3}(?:\\.|[^\\])*?\"{3,5}|'{3}.*?'{3,5}|"(?:\\.|[^"\\\n])*"|'[^'\n]*')
    |(?P<comment>\#[^\n]*)|(?P<newline>\n)|(?P<space>[ \t\r]+)|(?P<mark>[\[\]{}=,])
    |(?P<bare>[^\s\[\]{}=,\#"']+)""",
    re.VERBOSE | re.DOTALL,
)


class _Reader:
    """Walks the marks of a well-formed TOML text; what they mean is left to tomllib."""

    def __init__(self, text: str) -> None:
        self.lines: dict[Place, int] = {}
        self.seen: defaultdict[Place, int] = defaultdict(int)
        self.tokens: list[tuple[str, str, int]] = []
        line = 1
        for found in _TOKEN.finditer(text):
            kind = str(found.lastgroup)
            if kind not in ("space", "comment"):
                self.tokens.append((kind, found[0], line))
            line += found[0].count("\n")
        self.tokens.append(("end", "", line))
        self.at = 0

    def peek(self) -> str:
        kind, word, _ = self.tokens[self.at]
        return word if kind == "mark" else kind

    def take(self) -> tuple[str, str, int]:
        token = self.tokens[self.at]
        self.at = min(self.at + 1, len(self.tokens) - 1)
        return token

    def skip_newlines(self) -> None:
        while self.peek() == "newline":
            self.take()

    def key(self) -> tuple[Place, int]:
        line, text = self.tokens[self.at][2], ""
        while self.peek() in ("bare", "text"):
            text += self.take()[1]
        place: Place = ()
        branch = tomllib.loads(f"{text} = 0")
        while isinstance(branch, dict):
            name, branch = next(iter(branch.items()))
            place += (name,)
        return place, line

    def note(self, place: Place, line: int) -> None:
        self.lines.setdefault(place, line)

    def document(self) -> None:
        table: Place = ()
        while self.peek() != "end":
            if self.peek() == "newline":
                self.take()
            elif self.peek() == "[":
                table = self.header()
            else:
                self.pair(table)

    def header(self) -> Place:
        many = -1
        while self.peek() == "[":
            self.take()
            many += 1
        place, line = self.key()
        while self.peek() == "]":
            self.take()
        place = self.real(place[:-1]) + place[-1:]
        if many:
            self.note(place, line)
            self.seen[place] += 1
            place += (self.seen[place] - 1,)
        elif place in self.seen:
            place += (self.seen[place] - 1,)
        self.note(place, line)
        return place

    def real(self, place: Place) -> Place:
        """The place with the number of the last item of each list of tables on the way."""
        found: Place = ()
        for part in place:
            found += (part,)
            if found in self.seen:
                found += (self.seen[found] - 1,)
        return found

    def pair(self, table: Place) -> None:
        key, line = self.key()
        for length in range(1, len(key) + 1):
            self.note(table + key[:length], line)
        self.take()
        self.value(table + key)

    def value(self, place: Place) -> None:
        kind, word, _ = self.take()
        if word == "[" and kind == "mark":
            self.items(place)
        elif word == "{" and kind == "mark":
            self.inline_table(place)
        else:
            while self.peek() == "bare":  # a date and time with a space between
                self.take()

    def items(self, place: Place) -> None:
        number = 0
        self.skip_newlines()
        while self.peek() not in ("]", "end"):
            self.note((*place, number), self.tokens[self.at][2])
            self.value((*place, number))
            number += 1
            self.skip_newlines()
            while self.peek() in (",", "newline"):
                self.take()
        self.take()

    def inline_table(self, place: Place) -> None:
        while self.peek() not in ("}", "end"):
            self.pair(place)
            while self.peek() == ",":
                self.take()
        self.take()


def lines_of(text: str) -> dict[Place, int]:
    """Line (from 1) of each key, table and list item of *text*, which tomllib could read.

    Places are paths: ``("districts", 0, "name")`` is the name of the first ``[[districts]]``.
    """
    reader = _Reader(text)
    reader.document()
    return reader.lines


def nearest_line(lines: Mapping[Place, int], place: Place) -> int | None:
    """The line of *place*, or of the nearest table around it; None for the file as a whole."""
    while place:
        if place in lines:
            return lines[place]
        place = place[:-1]
    return None
