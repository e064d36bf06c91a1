"""From the files to the one way in: batches of events, each taken in and committed as a whole."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Protocol

from .conversion import Conversion, Made, with_known_outcome
from .files import DataFile, Row, read_rows

SOURCE = "police_uk"
BATCH = 400
STEP = 1000
FAULTS_SHOWN = 5
WRITTEN = "written"

Progress = Callable[[int], None]


@dataclass
class Summary:
    """What a run did, as ``--json`` prints it."""

    street_rows: int = 0
    outcome_rows: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    rows_used: int = 0
    events: Counter[str] = field(default_factory=Counter)
    accepted: int = 0
    repeated: int = 0
    parked: int = 0
    cases_by_category: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)

    @property
    def has_problems(self) -> bool:
        return any(self.left_out[reason] for reason in ("unreadable", "rejected", "conflict"))

    @property
    def changed_nothing(self) -> bool:
        return self.repeated > 0 and self.repeated == sum(self.events.values())

    def as_json(self) -> dict[str, Any]:
        return {
            "street_rows": self.street_rows, "outcome_rows": self.outcome_rows,
            "left_out": dict(sorted(self.left_out.items())), "rows_used": self.rows_used,
            "events": dict(sorted(self.events.items())), "accepted": self.accepted,
            "repeated": self.repeated, "parked": self.parked,
            "cases_by_category": dict(sorted(self.cases_by_category.items())),
            "seconds": round(self.seconds, 2),
        }


class Answer(Protocol):
    """What :func:`core.intake.take_in` says of one event."""

    @property
    def status(self) -> str: ...

    @property
    def detail(self) -> str | None: ...

    @property
    def offered(self) -> bool | None: ...


TakeIn = Callable[[list[dict[str, Any]]], Sequence[Answer]]


class Replay:
    """One run over checked files. ``take_in`` takes a batch in and commits it."""

    def __init__(self, files: Sequence[DataFile], conversion: Conversion, take_in: TakeIn) -> None:
        self.files, self.conversion, self.take_in = files, conversion, take_in
        self.summary = Summary()

    def run(self, progress: Progress = lambda rows: None) -> Summary:
        """All street rows, then the outcome rows. Raises FileProblem between two batches."""
        started = time.monotonic()
        convert = self.conversion
        try:
            for kind, admit, make in (
                ("street", convert.admit, convert.open_crimes),
                ("outcomes", convert.admit_outcome, convert.outcomes),
            ):
                rows = self._rows(kind, admit, progress)
                while batch := list(islice(rows, BATCH)):
                    self._take_in(make(batch))
        finally:
            self._finish(time.monotonic() - started)
        return self.summary

    def _rows(self, kind: str, admit: Callable[[Row], bool], progress: Progress) -> Iterator[Row]:
        read = self.conversion.tally.read
        for file in self.files:
            if file.kind != kind:
                continue
            for row in read_rows(file):
                read[kind] += 1
                if not read[kind] % STEP:
                    progress(STEP)
                if kind == "outcomes":
                    row = with_known_outcome(row)
                if row.fault:
                    self._fault(f"{file.path}: line {row.line}: {row.fault}")
                if admit(row):
                    yield row
        progress(read[kind] % STEP)

    def _fault(self, text: str) -> None:
        if len(self.summary.faults) < FAULTS_SHOWN:
            self.summary.faults.append(text)

    def _take_in(self, made: Sequence[Made]) -> None:
        """An empty batch is handed on too, so that what it noted is committed."""
        answers = self.take_in([each.event for each in made])
        tally, summary = self.conversion.tally, self.summary
        for each, answer in zip(made, answers, strict=True):
            summary.events[each.event["type"]] += 1
            if answer.status == "accepted":
                summary.accepted += 1
                if each.category and answer.offered:
                    summary.cases_by_category[each.category] += 1
            elif answer.status == "repeated":
                summary.repeated += 1
            elif answer.status == "parked":
                summary.parked += 1
            elif answer.status != WRITTEN:
                self._fault(f"{each.event['id']}: {answer.status}: {answer.detail}")
                if each.for_row:
                    tally.used -= 1
                    tally.leave_out(answer.status)

    def _finish(self, seconds: float) -> None:
        tally, summary = self.conversion.tally, self.summary
        summary.street_rows, summary.outcome_rows = tally.read["street"], tally.read["outcomes"]
        summary.left_out, summary.rows_used, summary.seconds = tally.left_out, tally.used, seconds
