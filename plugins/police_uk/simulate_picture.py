"""The picture of a simulation for a chief officer: who is offered the portal, where and when."""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from .simulate_figures import Group, Result, percent, say
from .simulate_report import CREDIT
from .simulate_svg import INK, PAPER, QUIET, RULE, Drawing, on, shade, short

LEFT, ROW, TALL, TOTAL, MARGIN = 190, 27, 190, 76, 28
COLOURS = {
    "offered": "#0b3c6f",
    "not_open_yet": "#e69f00",
    "crime_type_not_covered": "#a8487f",
    "district_not_covered": "#7cc3ea",
    "closed": "#5c5c5c",
    "sensitive_crime_type": "#00654b",
    "sensitive_flag": "#66c2a5",
    "unknown_crime_type": "#f0e442",
    "unknown_district": "#8a3b00",
}
LEFT_OUT = "url(#hatch)"
NOBODY = "#ffffff"


def picture(result: Result) -> str:
    """The SVG file: a heat map and columns by month; with a second file, the same below for it."""
    grid = Grid(result.months())
    drawing = Drawing(_title(result), _description(result))
    drawing.text(MARGIN, 40, short(_title(result), 88), size=22, bold=True)
    drawing.text(MARGIN, 64, f"{grid.span}; {result.source}.", fill=QUIET)
    y = 100.0
    for heading, part in _parts(result):
        drawing.text(MARGIN, y, heading, size=17, bold=True)
        y = Panel(drawing, grid, part).draw(y + 14) + 34
    for line in _footer(result):
        drawing.text(MARGIN, y, line, size=12, fill=QUIET)
        y += 18
    return drawing.finished(grid.width, y + 8)


def _title(result: Result) -> str:
    return f"Who would be offered the portal: {result.force.name}"


def _parts(result: Result) -> Iterator[tuple[str, Result]]:
    """Each file's heading and figures."""
    yield ("Now: " if result.second else "") + _offered_of_asked(result), result
    if result.second is not None:
        total = result.total_change()
        name = short(result.other_name, 40)
        then = replace(result, first=result.second, second=None)
        yield (f"With {name}: {_offered_of_asked(then)}; +{total.gained:,} −{total.lost:,}", then)


def _offered_of_asked(result: Result) -> str:
    tally = result.tally
    return (f"{tally.offered:,} of {tally.asked:,} crimes offered"
            f" ({percent(tally.offered, tally.asked)})")


def _description(result: Result) -> str:
    said = []
    for heading, part in _parts(result):
        shares = ", ".join(
            f"{_named(group.key[0])} {percent(group.offered, group.asked)}"
            for group in part.by("month"))
        tally = part.tally
        said.append(f"{heading}. {tally.read:,} rows read, {tally.left_out:,} of them left out. "
                    f"Offered of those asked about, by month: {shares or 'none'}.")
    return " ".join(said)


def _footer(result: Result) -> Iterator[str]:
    tally = result.tally
    yield (f"{tally.asked:,} asked about + {tally.left_out:,} left out = {tally.read:,} rows read.")
    if result.first.month_only:
        yield "Crimes carry a month only here; each is taken as reported on the first day of it."
    if result.open_data:
        yield CREDIT


def _named(month: str) -> str:
    return f"{date(int(month[:4]), int(month[5:]), 1):%b %Y}"


class Grid:
    """Where each month stands across the picture."""

    def __init__(self, months: Sequence[str]) -> None:
        self.months = list(months)
        self.step = max(34.0, min(60.0, 780 / max(1, len(months))))
        self.left = MARGIN + LEFT
        self.right = self.left + self.step * len(months)
        self.width = max(self.right + TOTAL + MARGIN, 860)

    @property
    def span(self) -> str:
        if not self.months:
            return "No month"
        return f"{_named(self.months[0])} to {_named(self.months[-1])}"

    def x(self, number: int) -> float:
        return self.left + self.step * number

    def x_of(self, day: date) -> float | None:
        """Where the day begins; None outside these months."""
        month = f"{day:%Y-%m}"
        if month not in self.months:
            return None
        part = (day.day - 1) / monthrange(day.year, day.month)[1]
        return self.x(self.months.index(month)) + self.step * part


@dataclass
class Panel:
    """Heat map, columns and legend of one file."""

    drawing: Drawing
    grid: Grid
    result: Result

    def draw(self, y: float) -> float:
        """From *y* down; answers where it ends."""
        if not self.grid.months:
            self.drawing.text(MARGIN, y + 20, "None of these rows could be asked about.")
            return y + 30
        marks = list(self._marks())
        top = y + 16 * len(marks) + 10
        # First, so that no line stands over a figure.
        self._phases(marks, y, top + 32 + ROW * (len(self.result.by("district")) + 1) + 47 + TALL)
        bottom = self._heat_map(self._month_names(top))
        end = self._columns(bottom + 42)
        return self._legend(end + 30)

    # --- heat map -----------------------------------------------------------------------------

    def _month_names(self, y: float) -> float:
        self.drawing.text(self.grid.left - 10, y + 12, "Percent offered", anchor="end", bold=True)
        self.drawing.text(self.grid.left - 10, y + 27, "of crimes asked about", anchor="end",
                          fill=QUIET)
        for number, month in enumerate(self.grid.months):
            x = self.grid.x(number) + self.grid.step / 2
            name, year = _named(month).split()
            self.drawing.text(x, y + 12, name, size=12, anchor="middle", halo=True)
            if number == 0 or name == "Jan":
                self.drawing.text(x, y + 26, year, size=12, anchor="middle", fill=QUIET)
        self.drawing.text(self.grid.right + TOTAL / 2 + 4, y + 12, "All", size=12, anchor="middle",
                          bold=True)
        return y + 32

    def _heat_map(self, y: float) -> float:
        cells = {group.key: group for group in self.result.by("district", "month")}
        whole = {group.key[0]: group for group in self.result.by("month")}
        for district in self.result.by("district"):
            name = self.result.district_name(district.key[0])
            of_month = {m: cells.get((district.key[0], m)) for m in self.grid.months}
            self._squares(y, name, of_month, district)
            y += ROW
        tally = self.result.tally
        everything = Group(("",), tally.asked, tally.offered)
        self._squares(y + 5, "All districts", {m: whole.get(m) for m in self.grid.months},
                      everything, bold=True)
        return y + 5 + ROW

    def _squares(self, y: float, name: str, of_month: dict[str, Group | None], total: Group,
                 bold: bool = False) -> None:
        self.drawing.text(self.grid.left - 10, y + 18, short(name, 25), anchor="end", bold=bold)
        for number, (month, group) in enumerate(of_month.items()):
            self._square(self.grid.x(number), y, self.grid.step, group,
                         f"{name}, {_named(month)}")
        self._square(self.grid.right + 8, y, TOTAL - 8, total, f"{name}, all months")

    def _square(self, x: float, y: float, width: float, group: Group | None, name: str) -> None:
        if group is None or not group.asked:
            self.drawing.rect(x + 1, y + 1, width - 2, ROW - 2, NOBODY, RULE,
                              f"{name}: no crime asked about")
            self.drawing.text(x + width / 2, y + 18, "–", anchor="middle", fill=QUIET)
            return
        share = group.offered / group.asked
        fill = shade(share)
        self.drawing.rect(x + 1, y + 1, width - 2, ROW - 2, fill, RULE,
                          f"{name}: {group.offered:,} of {group.asked:,} offered")
        self.drawing.text(x + width / 2, y + 18, f"{_whole_percent(share)}", anchor="middle",
                          fill=on(fill))

    # --- columns ------------------------------------------------------------------------------

    def _columns(self, y: float) -> float:
        """Rows read by month: offered below, then the reasons against, left out on top."""
        self.drawing.text(self.grid.left - 10, y + 4, "Rows read", anchor="end", bold=True)
        self.drawing.text(self.grid.left - 10, y + 20, "by answer", anchor="end", fill=QUIET)
        stacks = self._stacks()
        most = max((stack.total() for stack in stacks.values()), default=0)
        step = tick(most)
        scale = TALL / max(most, 1)
        base = y + TALL
        for value in range(0, most + 1, step):
            at = base - value * scale
            self.drawing.line(self.grid.left, at, self.grid.right, at, RULE)
            if at > y + 30:
                self.drawing.text(self.grid.left - 10, at + 4, f"{value:,}", size=12, anchor="end",
                                  fill=QUIET)
        for number, month in enumerate(self.grid.months):
            self._column(number, month, stacks[month], base, scale)
        return base

    def _stacks(self) -> dict[str, Counter[str]]:
        stacks: dict[str, Counter[str]] = {month: Counter() for month in self.grid.months}
        for cell, count in self.result.tally.cells.items():
            stacks[cell.month][cell.reason] += count
        for left, count in self.result.tally.left.items():
            if left.month in stacks:
                stacks[left.month][""] += count
        return stacks

    def _column(
        self, number: int, month: str, stack: Counter[str], base: float, scale: float
    ) -> None:
        x, width = self.grid.x(number) + 4, self.grid.step - 8
        at = base
        for reason in self._order():
            height = stack[reason] * scale
            if not height:
                continue
            at -= height
            colour = self._colour(reason)
            said = say(reason) if reason else "left out"
            self.drawing.rect(x, at, width, height, colour, INK,
                              f"{_named(month)}, {said}: {stack[reason]:,}")
            said = f"{stack[reason]:,}"
            if reason == "offered" and height >= 16 and width >= 7 * len(said):
                self.drawing.text(x + width / 2, at + height / 2 + 4, said, size=12,
                                  anchor="middle", fill=PAPER)

    def _order(self) -> list[str]:
        return [*(reason for reason, _ in self.result.reasons()), ""]

    def _colour(self, reason: str) -> str:
        return COLOURS.get(reason, "#000000") if reason else LEFT_OUT

    # --- phases, legend -----------------------------------------------------------------------

    def _marks(self) -> Iterator[tuple[float, str]]:
        """Where a phase opens or closes within these months, by day."""
        marks = []
        for number, phase in enumerate(self.result.force.phases, 1):
            name = short(phase.name or f"Phase {number}", 40)
            for day, word in ((phase.opens, "opens"), (phase.closes, "closes")):
                x = self.grid.x_of(day) if day else None
                if x is not None and day is not None:
                    last = word == "closes"
                    x += self.grid.step / monthrange(day.year, day.month)[1] if last else 0
                    marks.append((day, x, f"{name} {word} {day.day} {day:%b %Y}"))
        yield from ((x, said) for _, x, said in sorted(marks))

    def _phases(self, marks: Sequence[tuple[float, str]], y: float, end: float) -> None:
        for lane, (x, said) in enumerate(marks):
            at = y + 16 * lane + 12
            self.drawing.line(x, at - 8, x, end, INK, dashed=True)
            flipped = x > (self.grid.left + self.grid.right) / 2
            self.drawing.text(x - 6 if flipped else x + 6, at, said, size=12, halo=True,
                              anchor="end" if flipped else "start")

    def _legend(self, y: float) -> float:
        tally = self.result.tally
        entries = [*self.result.reasons(), ("", tally.left_out)]
        half = (len(entries) + 1) // 2
        column = (self.grid.width - 2 * MARGIN) / 2
        for number, (reason, count) in enumerate(entries):
            x = MARGIN + column * (number // half)
            at = y + 22 * (number % half)
            self.drawing.rect(x, at, 14, 14, self._colour(reason), INK)
            said = say(reason) if reason else "left out: could not be asked about"
            said = said[:1].upper() + said[1:]
            self.drawing.text(x + 22, at + 12,
                              f"{said}: {count:,} ({percent(count, tally.read)} of rows read)")
        return y + 22 * half


def _whole_percent(share: float) -> str:
    """No 0 where there is one, no 100 where one is missing."""
    rounded = round(100 * share)
    if share and not rounded:
        return "<1"
    return ">99" if share < 1 and rounded == 100 else str(rounded)


def tick(most: int) -> int:
    """The distance of the lines behind the columns: 1, 2 or 5 with noughts, five lines or fewer."""
    step = 1
    while most / step > 5:
        step = step * 5 // 2 if str(step)[0] == "2" else step * 2
    return step


