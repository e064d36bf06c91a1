"""Where and when people agree, in the tests of this plugin."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.people import (
    Met,
)

NOW = datetime(2024, 3, 5, 12, tzinfo=UTC)
REASON = "Gemma is on a course until the end of May."
HERS = {"every": "weekly", "way": "email"}
WAYS = ("email", "text", "call", "portal")


def her_page(met: Met) -> str:
    return f"/case/{met.case}/contact-plan"


def desk_page(met: Met, name: str = "P1") -> str:
    return f"/desk/case/{met.case}/contact-plan/{met.people[name]}"
