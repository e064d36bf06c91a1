"""Breakages that were read out and change nothing that anybody could see, each with the reason."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.mutants.breakages import Breakage
from tests.mutants.rooms import ROOT

FILE = Path(__file__).with_suffix(".toml")
Key = tuple[str, str, str, str]


def _plain(text: str) -> str:
    return " ".join(text.split())


@dataclass(frozen=True)
class WithoutEffect:
    """Known by what they change, in which function or class of which file: lines may move."""

    reasons: dict[Key, str]

    @classmethod
    def read(cls, file: Path = FILE) -> WithoutEffect:
        """Raises ``KeyError`` for an entry without one of its fields, ``ValueError`` for one given twice."""
        reasons: dict[Key, str] = {}
        for one in tomllib.loads(file.read_text()).get("breakage", []):
            key = one["file"], one["in"], _plain(one["old"]), _plain(one["new"])
            if key in reasons or not one["reason"].strip():
                raise ValueError(f"given twice, or without a reason: {key}")
            reasons[key] = one["reason"]
        return cls(reasons)

    def __len__(self) -> int:
        return len(self.reasons)

    def reason(self, one: Breakage) -> str | None:
        return self.reasons.get((one.file, one.inside, _plain(one.old), _plain(one.new)))

    def stale(self) -> list[str]:
        """Entries whose code is no longer there."""
        sources = {file: _plain((ROOT / file).read_text()) if (ROOT / file).exists() else ""
                   for file, *_ in self.reasons}
        return [f"{file} in {inside}: {old}" for file, inside, old, _ in self.reasons
                if old not in sources[file]]


def entry(one: Breakage, reason: str) -> str:
    """As it is written in the file."""
    def quoted(text: str) -> str:
        return "'''" + _plain(text) + "'''" if '"' in text or "\\" in text else f'"{_plain(text)}"'

    fields: dict[str, Any] = {"file": one.file, "in": one.inside, "old": one.old, "new": one.new,
                              "reason": reason}
    return "[[breakage]]\n" + "".join(f"{name} = {quoted(text)}\n" for name, text in fields.items())


def compiles(one: Breakage, source: bytes) -> bool:
    """Whether what is left is a program at all."""
    try:
        compile(one.applied_to(source), one.file, "exec")
    except (SyntaxError, ValueError):
        return False
    return True
