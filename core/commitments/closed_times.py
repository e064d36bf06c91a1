"""When a case was closed, as it was known here: told by its news, in whatever order that arrived."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

from core.commitments.facts import CaseFacts, News
from core.force.vocabulary import ENDED, MOVES_ON_FROM

STANDS = "stands"  # news that says where the case stands; all other kinds move it on from there


@dataclass(frozen=True)
class Closed:
    """From when until when (UTC), and the news that opened it again; None: it is closed still."""

    begun: datetime
    ended: datetime | None = None
    opened_by: UUID | None = None

    def holds(self, moment: datetime) -> bool:
        return self.begun <= moment and (self.ended is None or moment < self.ended)


def closed_times(case: CaseFacts) -> list[Closed]:
    """Oldest first. What closes a case, or opens it, does so from when it was taken in; news of the past that
    came late closes nothing that newer news had opened before."""
    found: list[Closed] = []
    since: datetime | None = None
    newest: dict[str, News] = {}
    staged = sorted((one for one in case.news if one.stage), key=lambda one: one.entered_at)
    for moment, group in groupby(staged, key=lambda one: one.entered_at):
        together = sorted(group, key=_order)
        for news in together:
            _note(newest, news)
        if _is_closed(newest):
            since = since or moment
        elif since:
            found.append(Closed(since, moment, together[-1].id))
            since = None
    if case.stage in ENDED and case.news:
        found.append(Closed(since or max(news.entered_at for news in case.news)))
    return found


def _order(news: News) -> tuple[datetime, UUID]:
    return news.at, news.id


def _note(newest: dict[str, News], news: News) -> None:
    says = news.kind if news.kind in MOVES_ON_FROM else STANDS
    if says not in newest or _order(newest[says]) < _order(news):
        newest[says] = news


def _is_closed(newest: dict[str, News]) -> bool:
    stands = newest.get(STANDS)
    return stands is not None and stands.stage in ENDED and not any(_moves_on(newest, stands))


def _moves_on(newest: dict[str, News], stands: News) -> Iterable[bool]:
    return (kind in newest and stands.stage in here and _order(newest[kind]) > _order(stands)
            for kind, here in MOVES_ON_FROM.items())
