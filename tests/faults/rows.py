"""What a scenario measured, beside what is allowed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One line of the table. ``most`` is the bound: a higher ``figure`` breaks it; ``least`` likewise."""

    scenario: str
    what: str
    figure: float
    unit: str = ""
    most: float | None = None
    least: float | None = None

    @property
    def holds(self) -> bool:
        over = self.most is not None and self.figure > self.most
        return not over and not (self.least is not None and self.figure < self.least)

    @property
    def bound(self) -> str:
        said = [f"≤ {self.most:g}" if self.most is not None else "",
                f"≥ {self.least:g}" if self.least is not None else ""]
        return " and ".join(one for one in said if one)


def table(rows: list[Row]) -> str:
    """The rows as text, in columns."""
    cells = [("scenario", "what", "measured", "allowed", "")]
    cells += [
        (row.scenario, row.what, f"{row.figure:.4g} {row.unit}".strip(), row.bound,
         "" if row.holds else "BROKEN") for row in rows
    ]
    widths = [max(len(one[place]) for one in cells) for place in range(len(cells[0]))]
    return "\n".join("  ".join(
        word.ljust(width) for word, width in zip(one, widths, strict=True)).rstrip() for one in cells)
