"""The clock of a nation's law: which news opens which promise, by when, as dated data of its plugin.

Each edition of a law is a table of :class:`Duty`; a case keeps the edition that was in force on the day of
the event. Pure: no database, no words for people. ``docs/the-code-clock.md`` is made from the tables.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from core.force.model import Force
from core.force.working_days import day_of, end_of, working_days_after
from core.hookspecs import Cause, CauseKind, CommitmentKind, EntryCodes, Promised

_Code = tuple[str, str | None, str | None]  # kind of news, scheme, code


class Confidence(StrEnum):
    """How surely a number, or a duty, stands in the edition: ``ok``: it was read there, or in a source that
    states it; ``old``: read of an earlier edition; ``unconf``: not confirmed in anything that was read."""

    OK = "ok"
    OLD = "old"
    UNCONFIRMED = "unconf"


class Unit(StrEnum):
    """``working_days`` leave out weekends and the nation's bank holidays; ``days`` do not."""

    WORKING_DAYS = "working days"
    DAYS = "days"


class Since(StrEnum):
    """From when a term counts: when it happened (``Cause.at``), or when who has to tell it received it from
    the court or the prosecutor (``Cause.known_at``)."""

    EVENT = "event"
    RECEIVED = "received"


@dataclass(frozen=True, slots=True)
class Term:
    """So many days, from the day after the event (day 0) to the end of the last one."""

    count: int
    unit: Unit = Unit.WORKING_DAYS
    confidence: Confidence = Confidence.OK

    def last_day(self, force: Force, day: date) -> date:
        """The last day of the term that counts from *day*, by the calendar of the force's nation."""
        if self.unit is Unit.DAYS:
            return day + timedelta(days=self.count)
        return working_days_after(force, day, self.count)


@dataclass(frozen=True, slots=True)
class When:
    """News that opens a duty: its kind, and where these matter, any of *codes*.

    A code is the stage of ``progress``, the kind of release of ``released``, and of ``outcome`` and
    ``court_result`` a code of *scheme* (None: of no scheme). Without codes: all news of the kind for which
    no duty names its code.
    """

    kind: str
    codes: tuple[str, ...] = ()
    scheme: str | None = None


def kind_of_news(triggers: Collection[When]) -> CommitmentKind:
    """What news that opens a duty promises: to be told; of a release by a kind of its own, since forces are
    asked for its figure."""
    released = {when.kind for when in triggers} == {"released"}
    return CommitmentKind.RELEASE if released else CommitmentKind.TOLD


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """One row of the table. ``enhanced`` None: no other than the standard term.

    A number that is not ``ok`` is the stricter one beside it, kept to and never shown as a right;
    ``confidence`` is that of the duty itself. ``not_opened`` says why the portal promises nothing by the row.
    """

    key: str
    right: str
    what: str
    teller: str
    source: str
    confidence: Confidence = Confidence.OK
    triggers: tuple[When, ...] = ()
    since: Since = Since.EVENT
    standard: Term | None = None
    enhanced: Term | None = None
    kind: CommitmentKind | None = None
    note: str = ""
    not_opened: str = ""

    def __post_init__(self) -> None:
        """Fails in the plugin that made it: a row opens something, or says why it does not."""
        opens = bool(self.triggers and self.standard and self.kind)
        if opens is bool(self.not_opened):
            raise ValueError(f"{self.key} needs a trigger, a term and a kind, or why it opens nothing")


@dataclass(frozen=True, slots=True)
class Edition:
    """A law's text as it is in force from a day on; ``id`` begins the rule of its promises."""

    id: str
    in_force_from: date
    duties: tuple[Duty, ...]


class Clock:
    """The editions of one nation's law. *usual_scheme*: the one that is meant where news names none."""

    def __init__(self, editions: Iterable[Edition], usual_scheme: str) -> None:
        newest_first = sorted(editions, key=lambda one: one.in_force_from, reverse=True)
        self.editions: Sequence[Edition] = newest_first
        self._usual_scheme = usual_scheme
        self._opened = [(one.in_force_from, one.id, _by_code(one)) for one in newest_first]

    def promised(self, force: Force, cause: Cause) -> list[Promised]:
        """The answer of a plugin to ``commitments_from``: what the edition of the event's day promises."""
        if cause.kind is not CauseKind.ENTRY or cause.entry is None:
            return []
        day = day_of(cause.at)
        for in_force_from, edition, opened in self._opened:
            if in_force_from <= day:
                return [promise(force, edition, duty, cause) for duty in self._duties(opened, cause.entry)]
        return []

    def _duties(self, opened: dict[_Code, tuple[Duty, ...]], entry: EntryCodes) -> tuple[Duty, ...]:
        scheme, code = None, None
        if entry.kind == "progress":
            code = entry.stage
        elif entry.kind == "released":
            code = entry.release_kind
        elif entry.outcome:
            # A court's result may be one of those that every nation has, which are of no scheme.
            usual = self._usual_scheme if entry.kind == "outcome" else None
            scheme, code = entry.scheme or usual, entry.outcome
        return opened.get((entry.kind, scheme, code)) or opened.get((entry.kind, None, None), ())


def promise(force: Force, edition: str, duty: Duty, cause: Cause) -> Promised:
    """What *duty* promises because of *cause*.

    Under the enhanced service the sooner day holds: that of the standard term, or that of the enhanced one
    from the later of the event and the change to it. So a change shortens what is open and lengthens nothing.
    Where the enhanced number is not confirmed and the standard one is, people are told the standard day.
    """
    if duty.standard is None or duty.kind is None:
        raise ValueError(f"{duty.key} opens nothing: {duty.not_opened}")
    start = day_of(cause.known_at if duty.since is Since.RECEIVED else cause.at)
    standard = due = duty.standard.last_day(force, start)
    confirmed = shown = duty.standard.confidence is Confidence.OK
    if duty.enhanced and cause.enhanced_since:
        sooner = duty.enhanced.last_day(force, max(start, day_of(cause.enhanced_since)))
        if sooner < due:
            due, confirmed = sooner, duty.enhanced.confidence is Confidence.OK
    return Promised(
        f"{edition}/{duty.key}", duty.kind, end_of(due), shown=confirmed or shown,
        shown_due_at=end_of(standard) if shown and not confirmed else None)


def _by_code(edition: Edition) -> dict[_Code, tuple[Duty, ...]]:
    found: dict[_Code, tuple[Duty, ...]] = {}
    for duty in edition.duties:
        for when in duty.triggers:
            for code in when.codes or (None,):
                key = when.kind, when.scheme, code
                found[key] = (*found.get(key, ()), duty)
    return found
