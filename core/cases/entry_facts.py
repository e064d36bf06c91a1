"""What an entry says beside its words: the court and the hour of a hearing, or what became of each thing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from core.base.i18n import when
from core.cases import general_news


class Fact(NamedTuple):
    """One of them, in the reader's language; moments in the time of the United Kingdom."""

    label: str
    text: str


def facts_of(details: Mapping[str, Any]) -> tuple[Fact, ...]:
    """Those that the *details* of an entry hold."""
    return tuple(_facts(details)) if details else ()


def _facts(details: Mapping[str, Any]) -> Iterator[Fact]:
    if court := details.get("court"):
        yield Fact(str(general_news.COURT), court)
    if starts_at := details.get("starts_at"):
        yield Fact(str(general_news.WHEN), when(datetime.fromisoformat(starts_at)))
    if result := details.get("result"):
        yield Fact(str(general_news.WRITTEN_RESULT), result)
    for description, identifiers, status in details.get("things", ()):
        yield _of_thing(description, identifiers, status)


def _of_thing(description: str | None, identifiers: str | None, status: str | None) -> Fact:
    called = description or str(general_news.SOMETHING)
    stands = str(general_news.STATUSES.get(status or "", ""))
    marked = f"({identifiers})" if identifiers else ""
    return Fact(called, " ".join(part for part in (stands, marked) if part) or "–")
