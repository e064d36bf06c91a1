"""What happened in a case, told from its first day on, and how its promises stand then."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from core.base.clock import LONDON
from core.commitments.facts import CaseFacts, Follower, Kept, Letter, Met, News, Sought, Written
from core.commitments.reckoning import Reckoned, reckon
from core.force import StageId, build_force
from core.hookspecs import Cause, CauseKind, CommitmentKind, Promised
from tests.core.force.force_texts import GOOD

FORCE = build_force(GOOD)
MONDAY = datetime(2026, 3, 2, 10, tzinfo=LONDON).astimezone(UTC)  # no day off until Good Friday, 3 April
HER = UUID(int=1)


def day(number: float) -> datetime:
    """So many days after the Monday on which the case was recorded, at ten."""
    return MONDAY + timedelta(days=number)


def law_within(working_days: int) -> Callable[[Cause], Iterable[Promised]]:
    """A law by which every arrest is told so many days after it."""
    def ask(cause: Cause) -> Iterable[Promised]:
        if cause.kind is CauseKind.ENTRY and cause.entry and cause.entry.kind == "arrested":
            yield Promised("law/arrested", CommitmentKind.TOLD, cause.known_at + timedelta(days=working_days))
    return ask


def nothing(cause: Cause) -> Iterable[Promised]:
    return ()


@dataclass
class Story:
    """A case with one person on it, who began to follow it on its first day."""

    stage: StageId = StageId.INVESTIGATING
    offered: bool = True
    hidden: bool = False
    role: str = "victim"
    removed_at: datetime | None = None
    locked: bool = False
    silent: bool = False
    sought: list[Sought] = field(default_factory=list)
    news: list[News] = field(default_factory=list)
    messages: list[Written] = field(default_factory=list)
    contacts: list[Met] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    rows: list[Kept] = field(default_factory=list)
    _ids: int = 100

    def _id(self) -> UUID:
        self._ids += 1
        return UUID(int=self._ids)

    def entry(
        self, on: float, kind: str = "progress", *, happened: float | None = None,
        letter: float | None = 0.01, lost: float | None = None, read: float | None = None, **more: Any,
    ) -> UUID:
        """News taken in on a day; its letter went *letter* days later (None: none went) and was *lost* or
        *read* on a day."""
        at = day(on if happened is None else happened)
        values = {"stage": None, "outcome": None, "scheme": None, "release_kind": None, "known_at": at,
                  "announced": True, "promised_by": None, "explains": False, **more}
        one = News(id=self._id(), kind=kind, at=at, entered_at=day(on), **values)
        self.news.append(one)
        if letter is not None:
            self.letter(one.id, on, on + letter, lost, read)
        return one.id

    def letter(
        self, cause: UUID, made: float, sent: float | None, lost: float | None = None,
        read: float | None = None,
    ) -> None:
        self.letters.append(Letter(
            self._id(), cause, day(made), *(None if one is None else day(one) for one in (sent, lost, read))))

    def call(
        self, on: float, *topics: str, reached: bool = True, way: str = "phone",
        recorded: float | None = None,
    ) -> None:
        """On a day; it was *recorded* then, or later."""
        entered = day(on if recorded is None else recorded)
        self.contacts.append(Met(self._id(), way, reached, day(on), entered, None, frozenset(topics)))

    def sought_elsewhere(self, since: float, until: float | None, case: int = 1) -> None:
        """For another case of hers somebody is to reach her, or did *until* a day."""
        self.sought.append(Sought(day(since), UUID(int=case), None if until is None else day(until)))

    def reads(self, on: float) -> None:
        """All that stands there by then."""
        self.contacts.append(Met(self._id(), "portal", True, day(on), day(on), day(on), frozenset()))

    def writes(self, on: float, answered: float | None = None) -> UUID:
        one = Written(self._id(), True, day(on), None if answered is None else day(answered), None)
        self.messages.append(one)
        return one.id

    def answer(self, on: float, letter: float | None = 0.01, lost: float | None = None) -> None:
        one = Written(self._id(), False, day(on), None, None)
        self.messages.append(one)
        if letter is not None:
            self.letter(one.id, on, on + letter, lost)

    def facts(self, order: Callable[[list[Any]], list[Any]] = list) -> CaseFacts:
        """As they would be read, in some *order*."""
        her = Follower(HER, UUID(int=2), self.role, day(0), self.removed_at, self.locked,
                       lambda: self.silent, order(list(self.sought)))
        for name in ("messages", "contacts", "letters", "rows"):
            getattr(her, name).extend(order(list(getattr(self, name))))
        return CaseFacts(UUID(int=3), None, self.stage, self.offered, self.hidden, "burglary", "watford",
                         day(-1), None, order(list(self.news)), {HER: her})

    def stands(
        self, on: float, ask: Callable[[Cause], Iterable[Promised]] = nothing,
        order: Callable[[list[Any]], list[Any]] = list,
    ) -> list[Reckoned]:
        """Her commitments on a day, by when they were made."""
        found = reckon(FORCE, self.facts(order), ask, day(on))[HER]
        return sorted(found, key=lambda one: (one.made_at, one.rule, one.cause_id))


def by_rule(found: Iterable[Reckoned], rule: str) -> list[tuple[str, datetime | None]]:
    """State and end of each commitment of this rule."""
    return [(one.state.value, one.ended_at) for one in found if one.rule == rule]


def london(moment: datetime) -> date:
    return moment.astimezone(LONDON).date()


__all__ = [
    "FORCE", "HER", "Kept", "StageId", "Story", "by_rule", "day", "law_within", "london", "nothing",
]
