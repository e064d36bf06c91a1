"""One line of the answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class NotMeasured:
    """A target that nothing measures yet."""

    name: str
    what: str
    why: str

    def __str__(self) -> str:
        return f"{self.name:4} {self.what}: not measured: {self.why}"


@dataclass(frozen=True)
class Row:
    """What was found, beside what is wanted."""

    name: str
    what: str
    found: float
    relation: Literal[">=", "<="]
    target: float
    unit: str
    more: str = ""

    @property
    def met(self) -> bool:
        return self.found >= self.target if self.relation == ">=" else self.found <= self.target

    def __str__(self) -> str:
        sign = "≥" if self.relation == ">=" else "≤"
        digits = 2 if self.target < 100 else 0
        verdict = "met" if self.met else "MISSED"
        line = (
            f"{self.name:4} {self.what}: {self.found:.{digits}f} {self.unit} "
            f"(target {sign} {self.target:g}) {verdict}"
        )
        return f"{line}\n     {self.more}" if self.more else line
