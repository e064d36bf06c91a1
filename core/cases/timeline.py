"""What a viewer may read of a case, in plain words, newest first."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby, pairwise, takewhile
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from core.cases.cover import covering
from core.cases.entry_facts import Fact, facts_of
from core.cases.entry_words import EntryTexts, EntryWords
from core.cases.models import Case, Entry, Staff
from core.force.vocabulary import ENDED, MOVES_ON_FROM, StageId
from core.storage.db import read
from core.storage.keys.keyring import force_keys
from core.storage.sealed import unseal
from core.storage.walls import owned

ENTRIES = sa.select(
    Entry.id, Entry.kind, Entry.stage, Entry.outcome, Entry.scheme, Entry.happened_at,
    Entry.time_precision, Entry.entered_at, Entry.details_sealed, Entry.stamp_sealed,
).where(owned(Entry), Entry.case_id == sa.bindparam("case_id")).order_by(Entry.happened_at.desc())

DECIDED = ENDED | {"result"}  # of these one line may give rights and reasons for the next


class TimelineEntry(NamedTuple):
    """One entry as a person reads it. ``happened_at`` is UTC, shown no finer than ``precision``.

    ``words`` are what the officer or the record system wrote, shown as they are. ``stage`` is where the
    entry brought the case to, None if nowhere. ``entered_at``: when the portal heard of it (UTC).
    """

    id: UUID
    kind: str
    happened_at: datetime
    precision: str | None
    telling: EntryTexts
    words: str | None
    done: str | None
    next_step: str | None
    next_update_by: date | None
    officer: str | None
    stage: str | None
    facts: tuple[Fact, ...] = ()
    entered_at: datetime | None = None


@dataclass(frozen=True)
class AsItStands:
    """What holds for a case now, whoever wrote last.

    ``title`` and ``meaning`` are the big words at the top of the page. ``next_words`` is the entry in
    which an officer wrote ``next_step``; None where it is the portal's own sentence. ``rights`` are the
    entries beside which the reader's rights are said (Victims' Code, rights 3, 4, 6, 7, 9 and 12);
    ``unexplained`` are the decisions with which no reasons stand (right 6).
    """

    title: str
    meaning: str
    next_step: str | None
    next_words: UUID | None
    rights: frozenset[UUID]
    unexplained: frozenset[UUID]


@dataclass(frozen=True)
class OfficerCard:
    """Who has the case; ``away_until`` while on rest days. ``cover``: who answers meanwhile, until
    ``cover_until`` (None: no end is known)."""

    name: str
    collar_number: str | None
    unit: str | None
    away_until: date | None
    cover: str | None = None
    cover_until: date | None = None


def entries_of(case_id: UUID, words: EntryWords | None = None) -> list[TimelineEntry]:
    """The case's timeline, newest first. The caller has checked who is looking."""
    words, rows = words or EntryWords(), _in_order(read(ENTRIES, case_id=case_id).all())
    cells = [(row_id.bytes, details) for row_id, *_, details, _stamp in rows if details is not None]
    texts = iter(force_keys().open_many("entry", "details", cells))
    return _with_moves([_entry(row, words, texts) for row in rows])


def _with_moves(entries: list[TimelineEntry]) -> list[TimelineEntry]:
    """Those that moved the case nowhere have no stage: another officer, say, or bail after a charge."""
    stands: str | None = None
    # From the oldest on: what a line moved depends on where the case stood.
    for place in range(len(entries) - 1, -1, -1):
        kind, stage = entries[place].kind, entries[place].stage
        if stands and stage != stands and kind in MOVES_ON_FROM and stands not in MOVES_ON_FROM[kind]:
            entries[place] = entries[place]._replace(stage=None)
        else:
            stands = stage or stands
    return entries


def _in_order(rows: Sequence[Any]) -> Sequence[Any]:
    """*rows* come by their moment; those of one moment are put in order by what the sender said."""
    moments = [happened_at for _id, _kind, _stage, _outcome, _scheme, happened_at, *_ in rows]
    tied = {one for one, next_one in pairwise(moments) if one == next_one}
    if not tied:
        return rows

    def place(row: Any) -> tuple[datetime, str]:
        # Sealed, and opened only where two lines are of one moment: few cases have such.
        stamp = unseal(Entry, "stamp", row.id, row.stamp_sealed) if row.happened_at in tied else None
        return row.happened_at, stamp or ""

    return sorted(rows, key=place, reverse=True)


def _entry(row: Any, words: EntryWords, texts: Iterator[str]) -> TimelineEntry:
    """The next of *texts* is its details, if it has any."""
    row_id, kind, stage, outcome, scheme, happened_at, precision, entered_at, sealed, _stamp = row
    details = json.loads(next(texts)) if sealed is not None else {}
    by = details.get("next_update_by")
    return TimelineEntry(
        row_id, kind, happened_at, precision,
        words.of(kind, stage, outcome, scheme, details.get("release_kind")),
        details.get("text"), details.get("done"), details.get("next_step"),
        date.fromisoformat(by) if by else None, details.get("officer"), stage, facts_of(details),
        entered_at,
    )


def still_to_come(day: date | None, today: date) -> date | None:
    """A day that was promised, or until which somebody is away: itself, or None once it is over."""
    return day if day and day >= today else None


def officer_of(case: Any, today: date) -> OfficerCard | None:
    """The officer in the case, or None while nobody is named; *case* as the access rule found it."""
    if case.staff_id is None:
        return None
    name = unseal(Staff, "name", case.staff_id, case.name_sealed) or ""
    collar_number = unseal(Staff, "collar_number", case.staff_id, case.collar_number_sealed)
    unit = unseal(Staff, "unit", case.staff_id, case.unit_sealed)
    covers = covering(case, today)
    cover = unseal(Staff, "name", covers, case.cover_name_sealed) if covers else None
    return OfficerCard(name, collar_number, unit, still_to_come(case.rest_days_until, today), cover,
                       case.cover_until if cover else None)


def standing(case: Case | Any, words: EntryWords | None = None) -> tuple[str, str]:
    """Where things stand now: the big words at the top of the page, and what they mean."""
    told = (words or EntryWords()).of("standing", case.stage)
    return told.title, told.meaning


def as_it_stands(
    case: Case | Any, entries: Sequence[TimelineEntry], words: EntryWords | None = None
) -> AsItStands:
    """What holds for *case*; *entries* are all of its timeline, newest first.

    Asked of the stage and all its entries: one more line that moves nothing takes nothing away.
    """
    own, words = _of_stage(case.stage, entries), words or EntryWords()
    decided = next((one for one in own if one.next_step or _brings_its_own(one)), None)
    usual = words.of("progress", case.stage)
    telling = decided.telling if decided else usual
    written = decided.next_step if decided else None
    return AsItStands(
        *standing(case, words), written or telling.next_step, decided.id if decided and written else None,
        frozenset(_with_rights(case.stage, own, entries)), frozenset(_unexplained(entries)),
    )


def _of_stage(stage: str, entries: Sequence[TimelineEntry]) -> list[TimelineEntry]:
    """The entries since the case came to *stage*, newest first. "Recorded" is where a case begins and
    moves none, wherever it is filed."""
    own = [one for one in takewhile(lambda one: one.stage in (None, stage), entries)
           if one.kind != "recorded" or stage == StageId.RECORDED]
    while own and own[-1].stage is None and own[-1].kind != "recorded":
        own.pop()  # written before the case came there
    return own


def _brings_its_own(entry: TimelineEntry) -> bool:
    """Whether *entry* says what comes next by what it is, like a charge. A line of progress only says
    its stage once more, and another officer or bail after a charge says nothing of the case itself."""
    says_nothing = entry.kind == "progress" or (entry.stage is None and entry.kind in MOVES_ON_FROM)
    return not says_nothing and entry.telling.next_step is not None


def _with_rights(
    stage: str, own: Sequence[TimelineEntry], entries: Sequence[TimelineEntry]
) -> Iterator[UUID]:
    """Decisions with theirs; else each right once, beside the newest line of the stage that brings it,
    unless the decision that led there does."""
    yield from (one.id for one in entries if one.kind == "outcome")
    led_here = takewhile(lambda one: one.stage in (None, stage) or one.stage in DECIDED, entries)
    said = {None, *(one.telling.rights for one in led_here if one.kind == "outcome")}
    for one in own:
        if one.telling.rights not in said:
            said.add(one.telling.rights)
            yield one.id


def _unexplained(entries: Sequence[TimelineEntry]) -> Iterator[UUID]:
    """Of each end that the case came to, the first line that needs reasons, if no line gives them."""
    moved = [one for one in reversed(entries) if one.stage]
    for ended, lines in groupby(moved, lambda one: one.stage in DECIDED):
        together = [*lines] if ended else []
        if not any(map(_says_why, together)):
            yield from [one.id for one in together if one.telling.unexplained][:1]


def _says_why(entry: TimelineEntry) -> bool:
    """Whether somebody wrote reasons, or what the decision means is the reason: nobody was found."""
    explains_itself = entry.kind == "outcome" and not entry.telling.unexplained
    return explains_itself or entry.words is not None
