"""How a field of an event is read where its value cannot be used; the shapes mark their fields with these."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Detail:
    """Marks a field that is left out when its value cannot be used, so that the rest counts.

    With ``emptied``, what the record had before is no longer used either: the record system has
    another value now, and writing to the old one may reach somebody else. ``instead``: what is safe
    to say in its place.
    """

    emptied: bool = False
    instead: Any = None


@dataclass(frozen=True)
class Safety:
    """Marks a field that somebody's safety hangs on: null says nothing, and nothing is left out."""


@dataclass(frozen=True)
class NotBlank:
    """Marks an optional field of which a blank is a fault: left out, it would mean everybody."""

DETAIL, CONTACT, SAFETY = Detail(), Detail(emptied=True), Safety()
