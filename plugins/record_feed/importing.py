"""Events from files to the one way in: batches, each committed as a whole."""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import IO, Any

from core.force import Force
from core.intake import Result, take_in
from plugins.record_feed.files import EventFile, FileProblem, Line

# In one transaction, in which this force takes in nothing else.
BATCH = 200
FAULTS_SHOWN = 5
ANSWERS = ("accepted", "repeated", "parked", "conflict", "rejected")
NOT_TAKEN = ("rejected", "conflict")


@dataclass
class Summary:
    """What a run did; ``lines`` = accepted + repeated + parked + all that is left out."""

    lines: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    events: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        told = {name: self.answers[name] for name in ANSWERS}
        return {
            "lines": self.lines,
            "left_out": dict(sorted(self.left_out.items())),
            "events": dict(sorted(self.events.items())),
            **told,
            "seconds": round(self.seconds, 2),
        }


class Rejections:
    """``<file>.rejected.jsonl``: the lines that were not taken; there only when there are any.

    They hold what the file holds, so only its owner may read them.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.with_name(f"{path.name}.rejected.jsonl")
        self.part = self.path.with_name(f"{self.path.name}.part")
        self.file: IO[str] | None = None

    def add(self, line: Line, status: str, reason: str | None, pointer: str | None) -> None:
        if self.file is None:
            handle = os.open(self.part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            self.file = os.fdopen(handle, "w", encoding="utf-8")
        row = {
            "line": line.number,
            "status": status,
            "reason": reason,
            "pointer": pointer,
            "event": line.event if line.event is not None else line.text.rstrip("\r\n"),
        }
        self.file.write(json.dumps(row, ensure_ascii=False) + "\n")

    def finish(self) -> None:
        if self.file is None:
            # Of an earlier run: what it lists was taken this time.
            self.path.unlink(missing_ok=True)
            return
        self.file.close()
        # Under its name only when it is whole: half a list looks like one.
        self.part.replace(self.path)

    def give_up(self) -> None:
        """The run was stopped: the next one writes the whole list again."""
        if self.file is not None:
            self.file.close()
            self.part.unlink(missing_ok=True)


class Import:
    """One run over files that were checked; ``written`` commits each batch as a whole."""

    def __init__(
        self, force: Force, source: str, written: Callable[[], object], *, announce: bool
    ) -> None:
        self.force, self.source, self.written, self.announce = force, source, written, announce
        self.summary = Summary()

    def run(self, files: Sequence[EventFile], progress: Callable[[int], None]) -> Summary:
        """Raises :class:`FileProblem` between two batches; what was taken in stays."""
        started, before = time.monotonic(), 0
        for file in files:
            self._one(file, lambda done, before=before: progress(before + done))  # type: ignore[misc]
            before += file.size
        self.summary.seconds = time.monotonic() - started
        return self.summary

    def _one(self, file: EventFile, progress: Callable[[int], None]) -> None:
        rejections = Rejections(file.path)
        try:
            for batch in _batches(file.lines()):
                self._take_in(batch, file, rejections)
                progress(batch[-1].done)
            rejections.finish()
        except OSError as error:
            raise FileProblem(f"{rejections.path}: cannot be written: {error.strerror}") from None
        finally:
            rejections.give_up()

    def _take_in(self, batch: list[Line], file: EventFile, rejections: Rejections) -> None:
        good = [line for line in batch if line.fault is None]
        results = iter(
            take_in(self.force, self.source, [line.event for line in good], announce=self.announce)
        )
        self.written()  # before it is counted: what is told as taken is taken
        for line in batch:
            self.summary.lines += 1
            if line.fault is not None:
                unreadable = Result(None, "unreadable", line.fault)
                self._leave_out(line, unreadable, file, rejections)
                continue
            result = next(results)
            self.summary.answers[result.status] += 1
            if result.status in NOT_TAKEN:
                self._leave_out(line, result, file, rejections)
            else:
                self.summary.events[str(line.event["type"]).strip()] += 1

    def _leave_out(
        self, line: Line, result: Result, file: EventFile, rejections: Rejections
    ) -> None:
        status = result.status
        self.summary.left_out[status] += 1
        rejections.add(line, status, result.detail, result.pointer)
        if len(self.summary.faults) < FAULTS_SHOWN:
            where = f"{file.path}: line {line.number}"
            self.summary.faults.append(f"{where}: {status}: {result.detail}")


def _batches(lines: Iterator[Line]) -> Iterator[list[Line]]:
    while batch := list(islice(lines, BATCH)):
        yield batch
