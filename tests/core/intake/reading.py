"""Record events as they are read, without a portal."""

from __future__ import annotations

from typing import Any

from core.intake.reading import read_data, read_envelope
from core.testing import person, recorded


def read(said: dict[str, Any]) -> Any:
    return read_data(read_envelope(said))


def one(**more: Any) -> Any:
    """The person as they are read from a crime that was recorded."""
    return read(recorded(people=[person(**more)])).people[0]


def left_out(said: dict[str, Any]) -> list[str]:
    return [one.pointer for one in read(said).left_out]
