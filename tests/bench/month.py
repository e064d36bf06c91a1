"""C1 and C3: a month of crimes that a force published, and the drafts of what became of them.

The files are those of data.police.uk, named as docs/police-uk-replay.md says; without
them nothing is measured.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from core.base import clock, force_locale
from core.cases import Case, Entry, EntryWords
from core.hookspecs import EntryCodes
from core.plugin_host.host import host
from core.storage.db import db, force_scope
from core.testing.commands import run_command
from core.testing.kit import portal
from plugins.officer_desk import drafts, news
from plugins.police_uk.files import FileProblem, Months, find_files
from tests.bench.rows import NotMeasured, Row
from tests.bench.world import FORCE
from tests.core.commitments.month_crimes import published
from tests.core.commitments.month_judged import Judged, judged
from tests.core.commitments.simulation import Month

SPOKEN = ("en", "cy")
MONTHS = Months("2021-01", "2022-01")
OFFICERS = 66  # a multiple of three that fives do not divide: of each kind a third, of each a fifth unreached


def absent(folder: Path, names: set[str]) -> list[NotMeasured]:
    """Why these cannot be measured; empty where the files are there."""
    try:
        find_files(folder, FORCE, MONTHS)
    except (FileProblem, OSError):
        why = f"needs {FORCE}'s files of data.police.uk; --police-uk DIR says where they are"
        return [NotMeasured(name, "commitments of published crimes", why) for name in sorted(names)]
    return []


# --- C1 -------------------------------------------------------------------------------------------


def measure(folder: Path, cases: int) -> list[Row]:
    """The same month as the tests have, of *cases* crimes that were published."""
    with portal() as own:
        crimes = published(folder, host(own.app).get(FORCE).force, MONTHS, cases)
        month = Month(own.app, crimes, OFFICERS)
        began, worked = time.perf_counter(), time.process_time()
        month.run()
        took = f"{time.perf_counter() - began:.0f} s, {time.process_time() - worked:.0f} s of its processor"
        found = judged(month)
    print(f"month of {len(crimes):,} published crimes in {took}", flush=True)
    return list(_rows(found))


def _rows(found: Judged) -> Iterator[Row]:
    said = ", ".join(f"{count:,} {end.replace('_', ' ')}" for end, count in found.ends.items())
    yield Row("C1", "letters to an officer on a day, the most", found.most_letters, "<=", 1, "letters",
              f"{found.commitments:,} promises; due {found.ends.total():,}: {said}; {found.late:,} of them"
              f" two working days late; {found.dead:,} dead addresses")
    for name, count in found.counted.items():
        yield Row("C1", name, count, "<=", 0, "of them")


# --- C3 -------------------------------------------------------------------------------------------


def measure_drafts(folder: Path, cases: int) -> list[Row]:
    """Of how much of the news of published crimes, as the replay takes them in, a draft can be made."""
    with portal() as own:
        _replay(own.app, folder, cases)
        with own.app.test_request_context(f"/{FORCE}/"), force_scope(FORCE):
            told = db.session.scalars(sa.select(Entry)).all()
            made = {spoken: [_draft(one, spoken) for one in told] for spoken in SPOKEN}
            of_cases = [news.draft_of(one) for one in db.session.scalars(sa.select(Case.id))]
    none = Counter(f"{one.kind} {one.outcome or ''}".strip()
                   for one, *drafted in zip(told, *made.values(), strict=True) if not all(drafted))
    same = sum(one is not None and one == other for one, other in zip(*made.values(), strict=True))
    return [
        *(Row("C3", f"news of {len(told):,} of which a draft can be made, {spoken}",
              100 * sum(one is not None for one in drafted) / len(told), ">=", 90, "%",
              f"none of: {dict(none)}" if none else "")
          for spoken, drafted in made.items()),
        Row("C3", "drafts that are the same in both languages", same, "<=", 0, "of them"),
        Row("C3", f"cases of {len(of_cases):,} for whose officer there is a draft",
            100 * sum(one is not None for one in of_cases) / len(of_cases), ">=", 90, "%"),
    ]


def _replay(app: Flask, folder: Path, cases: int) -> None:
    """The first *cases* crimes and what became of them, as ``police-uk replay`` does it."""
    run_command(app, "police-uk", "replay", str(folder), "--force", FORCE, "--from", str(MONTHS.first),
                "--to", str(MONTHS.last), "--limit", str(cases), "--quiet", ends=0)


def _draft(one: Entry, spoken: str) -> str | None:
    codes = EntryCodes(one.kind, one.stage, one.outcome, one.scheme, one.release_kind)
    with force_locale(spoken):
        told = drafts.News(codes, one.happened_at, one.time_precision)
        return drafts.draft([told], EntryWords(spoken=spoken), clock.now())
