"""Sides of a style sheet said by where a line begins and ends, so that one sheet serves both directions.

Our own sheets are written so; the GOV.UK Frontend's says left and right. What the build makes of both says
neither: ``margin-left`` becomes ``margin-inline-start``, ``margin: 0 1px 2px 3px`` its two axes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

SIDES = {"left": "inline-start", "right": "inline-end", "top": "block-start", "bottom": "block-end"}
CORNERS = {"top-left": "start-start", "top-right": "start-end", "bottom-left": "end-start",
           "bottom-right": "end-end"}
_SIDE = r"(left|right|top|bottom)"
_DRAWN = re.compile(r"rotate\(|clip-path")
_SIGN = re.compile(r":(before|after)\s*$")
_BEGINS = r"(?<=[{;\s])"  # a property, not the end of a longer name
# Vertical sides too: then no two names mean one side, and the last one said counts as before.
_BOX = re.compile(
    rf"{_BEGINS}((?:scroll-)?(?:margin|padding)|border)-{_SIDE}(-(?:width|color|style))?(?=\s*:)")
_INSET = re.compile(rf"{_BEGINS}{_SIDE}(?=\s*:)")
_CORNER = re.compile(rf"{_BEGINS}border-({'|'.join(CORNERS)})-radius(?=\s*:)")
_ALIGN = re.compile(rf"{_BEGINS}(text-align|justify-content)(\s*:\s*)(left|right)\b")
# Said both ways: browsers of before 2024 do not know `float: inline-start`, and would not float at all.
_FLOAT = re.compile(rf"{_BEGINS}(float|clear)\s*:\s*(left|right)(?=\s*[;}}])")
_VALUE = r"(?:[^\s;{}()!]+(?:\([^()]*(?:\([^()]*\)[^()]*)*\))?)"
_FOUR = re.compile(
    rf"{_BEGINS}((?:scroll-)?(?:margin|padding)|border-(?:width|style|color)|inset)\s*:\s*"
    rf"({_VALUE})\s+({_VALUE})\s+({_VALUE})\s+({_VALUE})(?=\s*[;}}])")
_ROUND = re.compile(
    rf"{_BEGINS}border-radius\s*:\s*({_VALUE})\s+({_VALUE})(?:\s+({_VALUE}))?(?:\s+({_VALUE}))?(?=\s*[;}}])")


def logical(sheet: str) -> str:
    """The style sheet with every side of a box, a place and a text said by the direction of the text."""
    parts = re.split(r"([{}])", sheet)
    for at in range(0, len(parts), 2):  # between them: what stands before a brace, or in it
        sign = bool(_SIGN.search(parts[at - 2])) if at and parts[at - 1] == "{" else False
        parts[at] = _turned(f";{parts[at]};", drawn=sign or bool(_DRAWN.search(parts[at])))[1:-1]
    return "".join(parts)


def _turned(part: str, *, drawn: bool) -> str:
    """*drawn*: its borders are a sign, as a tick or an arrow is, which has sides of its own."""
    stays = lambda m: drawn and m[1].startswith("border")  # noqa: E731 - of two patterns
    part = _BOX.sub(lambda m: m[0] if stays(m) else f"{m[1]}-{SIDES[m[2]]}{m[3] or ''}", part)
    part = _INSET.sub(lambda m: f"inset-{SIDES[m[1]]}", part)
    part = _CORNER.sub(lambda m: f"border-{CORNERS[m[1]]}-radius", part)
    part = _ALIGN.sub(_start_or_end, part)
    part = _FLOAT.sub(lambda m: f"{m[0]};{m[1]}:{SIDES[m[2]]}", part)
    part = _FOUR.sub(lambda m: m[0] if stays(m) else _two_axes(m), part)
    return _ROUND.sub(_four_corners, part)


def physical(sheet: str) -> list[str]:
    """The declarations of a style sheet, or of a ``style`` attribute, that say left or right."""
    bare = re.sub(r"/\*.*?\*/|(?<![:\w])//[^\n]*", "", sheet, flags=re.DOTALL)
    return sorted(said for part in re.split("[{}]", bare) for said in _sides(f";{part};"))


def _sides(part: str) -> Iterator[str]:
    found = [m for one in (_BOX, _INSET, _CORNER, _ALIGN, _FLOAT) for m in one.finditer(part)
             if re.search("left|right", m[0])]
    found += [m for m in _FOUR.finditer(part) if m[3] != m[5]]
    found += [m for m in _ROUND.finditer(part) if len({*_corners(m)}) > 1]
    drawn = bool(_DRAWN.search(part))
    return (m[0].strip() for m in found if not (drawn and m[1].startswith("border")))


def _start_or_end(m: re.Match[str]) -> str:
    return m[1] + m[2] + {"left": "start", "right": "end"}[m[3]]


def _two_axes(m: re.Match[str]) -> str:
    name, top, right, bottom, left = m.groups()
    if right == left:
        return m[0]
    kind, _, of = name.partition("-") if name.startswith("border-") else (name, "", "")
    end = f"-{of}" if of else ""
    return f"{kind}-block{end}:{top} {bottom};{kind}-inline{end}:{left} {right}"


def _corners(m: re.Match[str]) -> tuple[str, str, str, str]:
    one, two, three, four = m.groups()
    return one, two, three or one, four or two


def _four_corners(m: re.Match[str]) -> str:
    names = ("start-start", "start-end", "end-end", "end-start")
    return ";".join(f"border-{name}-radius:{value}" for name, value in zip(names, _corners(m), strict=True))
