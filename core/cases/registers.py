"""Last-writer-wins fields: the newest news about a field decides, whatever order it arrives in."""

from __future__ import annotations

import json
from collections.abc import Mapping


class Registers:
    """For each field of one row, the stamp of the event that set it.

    Stored as JSON, ``{stamp: "field field …"}``, because most rows are set by one or two events.
    """

    def __init__(self, stored: str | None = None) -> None:
        told: Mapping[str, str] = json.loads(stored) if stored else {}
        self._stamps = {field: stamp for stamp, fields in told.items() for field in fields.split()}

    def wins(self, field: str, stamp: str) -> bool:
        """Whether news of *stamp* decides *field*; if so it is remembered."""
        # An equal stamp wins: it is the same news, tried again after it had to wait.
        if stamp < self._stamps.get(field, ""):
            return False
        self._stamps[field] = stamp
        return True

    def stamp(self, field: str) -> str:
        """The stamp of the news that set *field*; empty when none did."""
        return self._stamps.get(field, "")

    def put(self, field: str, stamp: str) -> None:
        self._stamps[field] = stamp

    def stored(self) -> str:
        grouped: dict[str, list[str]] = {}
        for field, stamp in sorted(self._stamps.items()):
            grouped.setdefault(stamp, []).append(field)
        return json.dumps({stamp: " ".join(fields) for stamp, fields in grouped.items()})
