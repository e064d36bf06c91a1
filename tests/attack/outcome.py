"""What a tool did to a target, as a line of the table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass
class Outcome:
    """``findings`` are faults of the portal, or None where the target is the planted application;
    ``planted`` is whether the fault that was put there was found."""

    tool: str
    target: str
    requests: int
    findings: list[str] = field(default_factory=list)
    planted: bool | None = None
    reached: dict[str, dict[str, int]] = field(default_factory=dict)

    @property
    def good(self) -> bool:
        return bool(self.planted) if self.planted is not None else not self.findings and self.requests > 0


def table(outcomes: Sequence[Outcome]) -> str:
    head = f"{'tool':9} {'target':26} {'requests':>8} {'findings':>8}  planted fault"
    lines = [head, "-" * len(head)]
    for one in outcomes:
        planted = one.planted is not None
        found = "" if planted else str(len(one.findings))
        said = ("found" if one.planted else "NOT FOUND") if planted else ""
        lines.append(f"{one.tool:9} {one.target:26} {one.requests:8} {found:>8}  {said}".rstrip())
    return "\n".join(lines)


def reached(outcomes: Sequence[Outcome]) -> str:
    """For each route how many requests of each tool and target came to an answer of each class."""
    rows: dict[str, dict[str, int]] = {}
    for one in outcomes:
        for route, classes in one.reached.items():
            for kind, number in classes.items():
                row = rows.setdefault(route, {})
                row[kind] = row.get(kind, 0) + number
    kinds = ("2xx", "3xx", "4xx", "5xx")
    width = max(map(len, rows), default=5)
    lines = [f"{'route':{width}} " + " ".join(f"{kind:>6}" for kind in kinds)]
    lines += [
        f"{route:{width}} " + " ".join(f"{rows[route].get(kind, 0):6}" for kind in kinds)
        for route in sorted(rows)
    ]
    return "\n".join(lines)
