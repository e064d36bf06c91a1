"""The shape of a force's crime references, told from one example, for a new ``force.toml``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_PIECE = re.compile(r"\d+|[A-Za-z]+|[^\dA-Za-z]")
FIRST_YEAR = 2010


@dataclass(frozen=True)
class Shape:
    """``template`` is None where the example does not show a number and a year.

    ``said``: how the example was read, part by part, for people to confirm.
    """

    pattern: str
    template: str | None
    said: str


@dataclass(frozen=True)
class _Part:
    """A part of the example: ``kind`` is fixed, number, yy, yyyy or filled (up with noughts)."""

    text: str
    kind: str = "fixed"


def shape_of(example: str, this_year: int) -> Shape:
    """Reads an example like 41/12345/16 as 41, a number, the year; the year nearest to now."""
    pieces = _PIECE.findall(example)
    readings = [*_apart(pieces, this_year), *_in_one_run(pieces, this_year)]
    if not readings:
        pattern = "".join(rf"\d{{{len(p)}}}" if p.isdigit() else _sign(p) for p in pieces)
        return Shape(f"^{pattern}$", None, "no part of it was known as the year")
    _, parts = max(readings, key=lambda reading: reading[0])
    return Shape(
        "^" + "".join(map(_pattern, parts)) + "$",
        "".join(map(_template, parts)),
        ", ".join(_said(part) for part in parts if part.text.isalnum()),
    )


Reading = tuple[int, list[_Part]]


def _apart(pieces: list[str], this_year: int) -> Iterator[Reading]:
    """The year is a piece of its own and the longest other piece of digits is the number."""
    runs = [at for at, piece in enumerate(pieces) if piece.isdigit()]
    for at in runs:
        year, others = _year(pieces[at], this_year), [other for other in runs if other != at]
        if year and others:
            number = max(others, key=lambda other: (len(pieces[other]), other))
            filled = len(pieces[number]) >= 6 and pieces[number].startswith("0")
            kinds = {at: "y" * len(pieces[at]), number: "filled" if filled else "number"}
            yield year, [_Part(p, kinds.get(n, "fixed")) for n, p in enumerate(pieces)]


def _in_one_run(pieces: list[str], this_year: int) -> Iterator[Reading]:
    """Year and number stand together, perhaps after two digits of the force: 5224012345."""
    longest = max(range(len(pieces)), key=lambda at: pieces[at].isdigit() * len(pieces[at]))
    run = pieces[longest]
    for begin, length in ((0, 4), (0, 2), (2, 2)) if run.isdigit() else ():
        year, number = _year(run[begin:begin + length], this_year), run[begin + length:]
        if year and len(number) >= 6:
            middle = [_Part(run[:begin])] if begin else []
            middle += [_Part(run[begin:begin + length], "y" * length), _Part(number, "filled")]
            yield year, [*map(_Part, pieces[:longest]), *middle, *map(_Part, pieces[longest + 1:])]


def _year(digits: str, this_year: int) -> int | None:
    year = {2: 2000 + int(digits or 0), 4: int(digits or 0)}.get(len(digits), 0)
    return year if FIRST_YEAR <= year <= this_year else None


def _pattern(part: _Part) -> str:
    if part.kind == "fixed":
        return _sign(part.text)
    if part.kind == "number":
        return rf"\d{{1,{max(7, len(part.text))}}}"
    return rf"\d{{{len(part.text)}}}"


def _template(part: _Part) -> str:
    if part.kind == "fixed":
        return part.text
    if part.kind == "filled":
        return f"{{number:0{len(part.text)}d}}"
    return f"{{{part.kind}}}"


def _said(part: _Part) -> str:
    words = {"fixed": f"always {part.text}", "yy": f"the year ({part.text})"}
    words["yyyy"] = words["yy"]
    return words.get(part.kind, f"a number ({part.text})")


def _sign(text: str) -> str:
    return text if text.isalnum() or text in "/- " else "".join(f"\\{sign}" for sign in text)
