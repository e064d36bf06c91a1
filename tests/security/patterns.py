"""Every regular expression of the code, how it is used, and the texts that are worst for it.

The texts are made from the pattern itself: what it repeats, and what stands before that, written over and
over, with an end that no pattern takes, so that everything is tried before it gives up.
"""

from __future__ import annotations

import ast
import re
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice, product
from pathlib import Path
from re import _constants as kinds  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

USES = ("compile", "match", "search", "fullmatch", "sub", "subn", "split", "findall", "finditer")
WRAPPED = {"must_be": "fullmatch"}  # functions that are given a pattern, and what they do with it
SIZE, LONGEST, WORST = 100_000, 0.1, 3  # characters, seconds of the processor, texts that are tried in full
TAILS = ("", "\x00", "\n\x00")
Use = Callable[[str], Any]


@dataclass(frozen=True)
class Pattern:
    """A pattern in the code; ``uses`` are the methods it is used with, as far as its name tells."""

    place: str
    text: str
    flags: int
    uses: tuple[str, ...]

    def all_uses(self) -> Iterator[Use]:
        made = re.compile(self.text, self.flags)
        for name in self.uses:
            if name in ("sub", "subn"):
                yield lambda text: made.sub("", text)
            elif name == "finditer":
                yield lambda text: list(made.finditer(text))
            else:
                yield getattr(made, name)


def patterns_in(files: list[Path], root: Path) -> tuple[list[Pattern], list[str]]:
    """(the patterns, where one is put together while the program runs)."""
    found, computed = [], []
    trees = {file: ast.parse(file.read_text()) for file in files}
    uses = dict[tuple[str, str], set[str]]()
    for file, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr in USES[1:]:
                name = _name(node.value)
                own = str(file.relative_to(root)) if name.startswith("_") else ""
                uses.setdefault((own, name), set()).add(node.attr)
    for file, tree in trees.items():
        where = str(file.relative_to(root))
        names = {id(node.value): _name(node.targets[0]) for node in ast.walk(tree)
                 if isinstance(node, ast.Assign)}
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not _is_pattern(node.func):
                continue
            if not isinstance(node.args[0], ast.Constant):
                computed.append(f"{where}: {ast.unparse(node.func)}({ast.unparse(node.args[0])})")
                continue
            own = {WRAPPED.get(_name(node.func), _name(node.func))} - {"compile"}
            name = names.get(id(node), "")
            own = own or uses.get((where if name.startswith("_") else "", name), set())
            found.append(Pattern(f"{where}:{node.lineno}", str(node.args[0].value), _flags(node),
                                 tuple(sorted(own or {"search", "fullmatch"}))))
    return found, computed


def _is_pattern(called: ast.expr) -> bool:
    if isinstance(called, ast.Attribute):
        return _name(called.value) == "re" and called.attr in USES
    return _name(called) in WRAPPED


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _flags(call: ast.Call) -> int:
    """Of ``re.compile(…, re.ASCII | re.IGNORECASE)`` and the like."""
    found = 0
    for given in (*call.args[1:], *(one.value for one in call.keywords)):
        for node in ast.walk(given):
            named = isinstance(node, ast.Attribute) and _name(node.value) == "re"
            flag = getattr(re, node.attr) if named else 0  # type: ignore[attr-defined]
            found |= flag if isinstance(flag, re.RegexFlag) else 0
    return found


# --- the worst texts --------------------------------------------------------------------------


def texts(pattern: str, flags: int, size: int) -> Iterator[str]:
    """Texts of *size* characters that the pattern nearly takes."""
    tree = parser.parse(pattern, flags)
    pumps = dict.fromkeys((" ", "a", "0", "A", *_pumps(list(tree), "")))
    for pump in pumps:
        for tail in TAILS:
            yield (pump * (size // len(pump) + 1))[:size - len(tail)] + tail
    for head, pump in product((_sample(list(tree)), "\x00"), pumps):
        yield head + (pump * (size // len(pump) + 1))[:size - len(head) - 1] + "\x00"


def _pumps(items: list[Any], before: str) -> Iterator[str]:
    for place, (kind, value) in enumerate(items):
        reached = before + _sample(items[:place])
        if kind in (kinds.MAX_REPEAT, kinds.MIN_REPEAT, kinds.POSSESSIVE_REPEAT):
            body = list(value[2])
            yield from filter(None, (_sample(body), reached, reached + _sample(body) * 2))
            yield from _pumps(body, "")
        elif kind is kinds.SUBPATTERN:
            yield from _pumps(list(value[3]), reached)
        elif kind is kinds.BRANCH:
            for branch in value[1]:
                yield from filter(None, (_sample(list(branch)),))
                yield from _pumps(list(branch), reached)
    if before + _sample(items):
        yield before + _sample(items)


def _sample(items: list[Any]) -> str:
    """A short text that these parts of a pattern take."""
    return "".join(_one(kind, value) for kind, value in items)


def _one(kind: Any, value: Any) -> str:
    if kind is kinds.LITERAL:
        return chr(value)
    if kind is kinds.NOT_LITERAL:
        return "b" if value == ord("a") else "a"
    if kind is kinds.ANY:
        return "a"
    if kind is kinds.IN:
        return _of_set(value)
    if kind in (kinds.MAX_REPEAT, kinds.MIN_REPEAT, kinds.POSSESSIVE_REPEAT):
        return _sample(list(value[2])) * max(value[0], 1)
    if kind is kinds.SUBPATTERN:
        return _sample(list(value[3]))
    if kind is kinds.BRANCH:
        return _sample(list(value[1][0]))
    return ""


def _of_set(parts: list[Any]) -> str:
    """The first sign of the set that is one we can write, looked for where people write."""
    made = re.compile("[^\\s\\S]") if not parts else None
    for number in (*range(32, 127), 9, 10, 0xE9, 0x2010):
        if made is None and _takes(parts, number):
            return chr(number)
    kind, value = next((one for one in parts if one[0] is kinds.RANGE), (None, (0, 0)))
    return chr(value[0]) if kind else ""


def _takes(parts: list[Any], number: int) -> bool:
    classes = {kinds.CATEGORY_DIGIT: r"\d", kinds.CATEGORY_SPACE: r"\s", kinds.CATEGORY_WORD: r"\w",
               kinds.CATEGORY_NOT_DIGIT: r"\D", kinds.CATEGORY_NOT_SPACE: r"\S",
               kinds.CATEGORY_NOT_WORD: r"\W"}
    negated, inside = False, False
    for kind, value in parts:
        if kind is kinds.NEGATE:
            negated = True
        elif kind is kinds.LITERAL:
            inside |= value == number
        elif kind is kinds.RANGE:
            inside |= value[0] <= number <= value[1]
        elif kind is kinds.CATEGORY:
            inside |= bool(re.match(classes[value], chr(number)))
    return inside != negated


# --- how long they take -----------------------------------------------------------------------


class TooLong(Exception):
    """The text was looked at for longer than :data:`LONGEST`."""


def seconds(use: Use, text: str) -> float:
    """The time of the processor that this takes. Raises :class:`TooLong`, which ends it."""
    def stop(*_: object) -> None:
        raise TooLong

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, LONGEST)
    try:
        started = time.thread_time()
        use(text)
        return time.thread_time() - started
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def slow(pattern: Pattern) -> str | None:
    """What shows that it takes too long; None when it does not. Something else may be in the way once."""
    return _slow(pattern) and _slow(pattern)


def _slow(pattern: Pattern) -> str | None:
    """As :func:`slow`, tried once.

    All texts are tried at a fiftieth of the size, where a time that grows with the square is plain
    already; then the worst of them in full.
    """
    small, large = (partial(texts, pattern.text, pattern.flags, size) for size in (SIZE // 50, SIZE))
    for use in pattern.all_uses():
        took: list[tuple[float, int]] = []
        try:
            for number, text in enumerate(small()):
                took.append((seconds(use, text), number))
                if took[-1][0] > LONGEST / 50:
                    seconds(use, next(islice(large(), number, None)))
            for _, number in sorted(took)[-WORST:]:
                text = next(islice(large(), number, None))
                seconds(use, text)
        except TooLong:
            return f"{pattern.place}: {pattern.text[:80]!r} with {text[:20]!r}… of {len(text)}"
    return None
