"""The security checklist, and the marks with which tests say what they show."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

FILE = Path(__file__).with_name("checklist.toml")


@dataclass(frozen=True)
class Line:
    """One requirement. ``protection``: a test must also show what happens without it."""

    id: str
    says: str
    protection: bool = False


@cache
def lines() -> dict[str, Line]:
    """Every line, by its id."""
    sections = tomllib.loads(FILE.read_text()).values()
    return {
        row: Line(row, **given)
        for section in sections for row, given in section.items() if isinstance(given, dict)
    }


@cache
def complete() -> frozenset[str]:
    """The ids that may not be without a test."""
    sections = tomllib.loads(FILE.read_text())
    return frozenset(row for row in lines() if sections[row[0]]["complete"])


def requirement(*ids: str) -> Any:
    """This test shows the lines *ids*."""
    return pytest.mark.requirement(*_known(ids))


def protection(*ids: str) -> Any:
    """This test takes the protection of *ids* away and sees the attack get through."""
    return pytest.mark.protection(*_known(ids))


def _known(ids: tuple[str, ...]) -> tuple[str, ...]:
    unknown = [row for row in ids if row not in lines()]
    if unknown or not ids:
        raise LookupError(f"{', '.join(unknown) or 'nothing'}: no such line in {FILE.name}")
    return ids
