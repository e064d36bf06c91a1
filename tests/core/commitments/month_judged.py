"""What is asked of a simulated month, small or whole: that nobody was left in silence, and that it counts."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import util
from pathlib import Path
from types import ModuleType
from typing import Any

import sqlalchemy as sa

from core.cases.models import Case
from core.commitments import export, figures
from core.commitments.models import Commitment
from core.hookspecs import CommitmentState
from core.notices.models import Notice
from core.storage.db import db
from tests.core.commitments.by_events import all_ends
from tests.core.commitments.simulation import DAYS, Month, is_dead

SCRIPT = Path(__file__).resolve().parents[3] / "docs/commitments_figures.py"
END = DAYS - 1, timedelta(hours=12)
LATE_BY = timedelta(days=5)  # longer than two working days, and the night after them
KEPT = (CommitmentState.KEPT, CommitmentState.KEPT_LATE, CommitmentState.EXPLAINED)
RULES = re.compile(r"plan|word|message|request|[^/]+/[^/]+")
ENDS = ("kept", "kept_late", "explained", "missed", "overdue")


@dataclass(frozen=True)
class Judged:
    """``faults``: what may be in no month, by what it is called, and how often; all others are counts."""

    commitments: int
    ends: Counter[str]  # of what was due
    dead: int  # cases whose person no letter reaches
    late: int  # open or missed, and two working days after their day
    most_letters: int  # to an officer on a day
    counted: dict[str, int]

    def faults(self) -> dict[str, int]:
        return {name: count for name, count in self.counted.items() if count}


def judged(month: Month) -> Judged:
    """At the end of the month's last day."""
    with month.at(*END) as now:
        rows = [(int(reference.split("/")[1]), one) for reference, one in db.session.execute(
            sa.select(Case.crime_reference, Commitment).join(Commitment, Commitment.case_id == Case.id))]
        ends = {by: _by_portal(by) for by in figures.GROUPS}
        late = [one for _, one in rows if one.due_at < now - LATE_BY
                and one.state in (CommitmentState.OPEN, CommitmentState.MISSED)]
        return Judged(
            len(rows), sum(ends["rule"].values(), Counter()),
            sum(is_dead(one.number) for one in month.crimes), len(late), max(month.letters.values()), {
                "owed nothing": month.owed_nothing,
                "sum that does not hold": _sums_that_fail(rows, ends, now),
                **_untold(late),
                **_dead(month, rows),
                "rule that readers of the export do not know": sum(
                    not RULES.fullmatch(one.rule) for _, one in rows),
                "more than one letter a day": sum(count > 1 for count in month.letters.values()),
                "other than by the events": _differences(ends["rule"], _by_events(month, now)),
                "other than by the export": sum(
                    _differences(ends[by], found) for by, found in _by_export(now).items()),
            })


def _by_portal(by: str) -> dict[str, Counter[str]]:
    return {value: +Counter({end: getattr(one, end) for end in ENDS})
            for value, one in figures.figures(by).items()}


def _sums_that_fail(rows: list[Any], ends: dict[str, dict[str, Counter[str]]], now: datetime) -> int:
    """What was due is all but what its day has not come for, and what was superseded or withdrawn."""
    not_due = (CommitmentState.SUPERSEDED, CommitmentState.WITHDRAWN)
    due = sum(one.state not in not_due and not (one.state == CommitmentState.OPEN and one.due_at >= now)
              for _, one in rows)
    return sum(sum(one.total() for one in found.values()) != due for found in ends.values())


def _untold(late: list[Commitment]) -> dict[str, int]:
    """The supervisor hears of all that is late, a person of what they were told they are owed."""
    told = {(row.case_id, row.person_id) for row in db.session.scalars(
        sa.select(Notice).where(Notice.kind == "late"))}
    return {
        "late without the supervisor told": sum(one.told_up_at is None for one in late),
        "late without the victim told": sum(
            one.shown and (one.case_id, one.person_id) not in told for one in late),
    }


def _dead(month: Month, rows: list[tuple[int, Commitment]]) -> dict[str, int]:
    """A dead address keeps nothing, and is handed to a person."""
    dead = {one.number for one in month.crimes if is_dead(one.number)}
    handed = {number for number, one in rows if one.kind == "reach"}
    return {
        "dead address counted as met": sum(
            one.state in KEPT and number in dead and not month.calls[number] for number, one in rows),
        "dead address not handed to a person": len(dead - handed),
    }


def _by_events(month: Month, now: datetime) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {}
    for (rule, end), count in all_ends(month, now).items():
        if end in ENDS:
            found.setdefault(rule, Counter())[end] += count
    return found


def _by_export(now: datetime) -> dict[str, dict[str, Counter[str]]]:
    found: dict[str, dict[str, Counter[str]]] = _script().figures("".join(export.lines("csv")), now)
    return found


def _differences(ours: dict[str, Counter[str]], theirs: dict[str, Counter[str]]) -> int:
    """How many numbers are not the same."""
    return sum(ours.get(value, Counter())[end] != theirs.get(value, Counter())[end]
               for value in {*ours, *theirs} for end in ENDS)


def _script() -> ModuleType:
    """The script that whoever has the export runs, as it stands in the documents."""
    spec = util.spec_from_file_location("commitments_figures", SCRIPT)
    assert spec and spec.loader
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
