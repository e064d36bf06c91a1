"""Draws the rooms of the core as a staircase, from the code: plain SVG that is read on light and on dark.

Every room is a box, the lowest at the bottom. To the right of each leaves a line that goes down; a dot on it,
level with another room, says that the first imports the other.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from html import escape

from tools.rooms import ABOVE_ALL, House

WIDE, HIGH, STEP, LANE, EDGE = 150, 34, 48, 26, 16  # of a box; from box to box; from line to line; around it
TEXT_AT = 22
STYLE = """
    .ground { fill: #ffffff; } .box { fill: #f3f2f1; stroke: #0b0c0c; } .text { fill: #0b0c0c; }
    .line { fill: none; stroke: #1d70b8; stroke-width: 1.5; } .dot { fill: #1d70b8; }
    .into { stroke: #b1b4b6; } .up { fill: #d4351c; }
    text { font: 15px Arial, Helvetica, sans-serif; }
    @media (prefers-color-scheme: dark) {
      .ground { fill: #0d1117; } .box { fill: #21262d; stroke: #c9d1d9; } .text { fill: #f0f6fc; }
      .line { stroke: #79b8ff; } .dot { fill: #79b8ff; } .into { stroke: #484f58; } .up { fill: #ff7b72; }
    }
"""


def shown_rooms(house: House) -> list[str]:
    """The rooms that are drawn, from below: not what starts the portal, nor the docstring of ``core``."""
    return [room for room in house.rooms if room not in (*ABOVE_ALL, "core")]


def about(house: House, room: str) -> str:
    """What a room says of itself in the first line of its docstring."""
    tree = house.trees.get(f"core.{room}")
    return ((ast.get_docstring(tree) if tree else None) or room).splitlines()[0]


def alternative(house: House) -> str:
    """The picture in words: which rooms each room imports, from the top."""
    rooms, between = shown_rooms(house), house.between_rooms()
    lines = (", ".join(other for other in rooms if (one, other) in between) for one in reversed(rooms))
    told = "; ".join(f"{one}: {used or 'nothing'}" for one, used in zip(reversed(rooms), lines, strict=True))
    return f"The rooms of the core from the top, and what each imports. {told}."


def picture(house: House) -> str:
    """The SVG, the same for the same code."""
    rooms = shown_rooms(house)
    wide, high = 2 * EDGE + WIDE + LANE * (len(rooms) + 1), 2 * EDGE + STEP * (len(rooms) - 1) + HIGH
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" width="{wide}" height="{high}" '
        'role="img" aria-labelledby="name words">',
        '  <title id="name">The rooms of the core</title>',
        f'  <desc id="words">{escape(alternative(house))}</desc>',
        f"  <style>{STYLE}  </style>",
        f'  <rect class="ground" width="{wide}" height="{high}"/>',
        *_used_by(house, rooms), *_lines(house, rooms), *_boxes(house, rooms),
        "</svg>", "",
    ])


def _top(rooms: list[str], room: str) -> int:
    return EDGE + STEP * (len(rooms) - 1 - rooms.index(room))


def _lane(rooms: list[str], room: str) -> int:
    return EDGE + WIDE + LANE * (rooms.index(room) + 1)


def _boxes(house: House, rooms: list[str]) -> Iterator[str]:
    for room in rooms:
        top = _top(rooms, room)
        yield (f'  <g><title>{escape(about(house, room))}</title>'
               f'<rect class="box" x="{EDGE}" y="{top}" width="{WIDE}" height="{HIGH}" rx="3"/>'
               f'<text class="text" x="{EDGE + 12}" y="{top + TEXT_AT}">{escape(room)}</text></g>')


def _used_by(house: House, rooms: list[str]) -> Iterator[str]:
    """A grey line into each room, as far as the rooms that import it."""
    for room in rooms:
        users = [_lane(rooms, a) for a, b in house.between_rooms() if b == room and a in rooms]
        if users:
            y = _top(rooms, room) + HIGH - 9
            yield f'  <path class="line into" d="M{max(users)} {y}H{EDGE + WIDE}"/>'


def _lines(house: House, rooms: list[str]) -> Iterator[str]:
    """From each room to its own line, along it, and a dot level with every room that it imports."""
    for room in rooms:
        used = {b: arrows for (a, b), arrows in house.between_rooms().items() if a == room and b in rooms}
        if not used:
            continue
        x, y = _lane(rooms, room), _top(rooms, room) + 9
        ends = [_top(rooms, one) + HIGH - 9 for one in used]
        yield f'  <path class="line" d="M{EDGE + WIDE} {y}H{x}M{x} {min(y, *ends)}V{max(y, *ends)}"/>'
        for (one, arrows), end in zip(used.items(), ends, strict=True):
            kind = "dot" if rooms.index(one) < rooms.index(room) else "dot up"
            yield (f'  <circle class="{kind}" cx="{x}" cy="{end}" r="4.5">'
                   f"<title>{escape(room)} imports {escape(one)}: {len(arrows)}</title></circle>")
