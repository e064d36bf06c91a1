"""What a nation's clock promises somebody, by its hook; days are those of the United Kingdom."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from types import ModuleType
from typing import Any
from uuid import UUID

from core.base.clock import LONDON
from core.commitments.law import Clock
from core.force import Force, build_force
from core.force.working_days import day_of
from core.hookspecs import Cause, CauseKind, EntryCodes, Promised
from tests.core.force.force_texts import GOOD

MIDSHIRE = build_force(GOOD)


def force_in(nation: str) -> Force:
    return MIDSHIRE.model_copy(update={"nation": nation})


def moment(text: str) -> datetime:
    """A moment that is written in the time of the United Kingdom; a day alone is its noon."""
    written = datetime.fromisoformat(text if "T" in text else f"{text}T12:00")
    return written.replace(tzinfo=LONDON).astimezone(UTC)


def because_of(
    entry: EntryCodes | None, at: str, *, known_at: str | None = None, enhanced_since: str | None = None,
    kind: CauseKind = CauseKind.ENTRY,
) -> Cause:
    return Cause(
        kind, UUID(int=1), moment(at), moment(known_at or at), UUID(int=2), UUID(int=3), "burglary", "north",
        moment(enhanced_since) if enhanced_since else None, entry)


def outcome_of(scheme: str | None, code: str) -> EntryCodes:
    return EntryCodes("outcome", outcome=code, scheme=scheme)


def dues(promised: Iterable[Promised]) -> dict[str, date]:
    """The last day of each promise, by its rule."""
    return {one.rule: day_of(one.due_at) for one in promised}


def shown_dues(promised: Iterable[Promised]) -> dict[str, date | None]:
    """The day of each promise that people are told, by its rule; None: they are told none."""
    return {one.rule: day_of(one.shown_due_at or one.due_at) if one.shown else None for one in promised}


def opened_keys(clock: Clock) -> set[str]:
    return {duty.key for edition in clock.editions for duty in edition.duties if not duty.not_opened}


def codes_without_one_duty(plugin: ModuleType, force: Force) -> dict[str, Any]:
    """The outcomes of the plugin's schemes of which people are promised nothing, or more than one thing."""
    found = {}
    for scheme, known in plugin.SCHEMES.items():
        for code in known:
            cause = because_of(EntryCodes("outcome", outcome=code, scheme=scheme), "2026-06-01")
            rules = [one.rule for one in plugin.commitments_from(force, cause)]
            if len(rules) != 1:
                found[scheme, code] = rules
    return found
