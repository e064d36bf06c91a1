"""Events of one source entered into their cases, in rounds: what one unlocks lets in what waited for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from core.force.model import Force
from core.hookspecs import Event, Parked
from core.intake import casework, shapes
from core.intake.batch import batch_of
from core.intake.case_parts import Work
from core.intake.mapped_codes import mapped
from core.intake.reading import read_data
from core.intake.shapes import NotUnderstood
from core.intake.store import PARKED_FOR, Incoming, is_reference, revived
from core.intake.tracked_row import TrackedRow
from core.plugin_host.host import installed
from core.storage.db import read

UNLOCKING = frozenset({
    "uk.police.crime.recorded.v1", "uk.police.crime.amended.v1", "uk.police.person.amended.v1",
})
WAITS_FOR_CASE = "waits for the crime to be recorded"
ReadEvent = tuple[Event, shapes.Data]  # as the force's plugins translated it, and its data


class Entering:
    """A batch of one source on its way into the cases: in memory, until its caller writes it."""

    def __init__(self, force: Force, source: str) -> None:
        self.force, self.source = force, source
        self.batch = batch_of(force, source)
        self.read: list[tuple[Incoming, ReadEvent | None]] = []  # None: parked, since not understood
        self.entered: list[tuple[Incoming, Work]] = []
        self.looked_for: set[str] = set()  # crimes whose parked events were looked for, by reference key
        self.other_sources: set[str] = set()  # that have parked events of these crimes

    @property
    def items(self) -> list[Incoming]:
        """All events of the batch, with those that had waited for it."""
        return [item for item, _ in self.read]

    def enter(self, items: Sequence[Incoming]) -> None:
        """Enter *items*, crimes that are recorded before all else, and what had waited for any of them."""
        waiting = self._read(items)
        waiting.sort(key=lambda one: not (one[1] and isinstance(one[1][1], shapes.Recorded)))
        self.read += waiting
        while waiting:
            waiting = self._waited_for(self._enter_each(waiting))

    def _read(self, items: Iterable[Incoming]) -> list[tuple[Incoming, ReadEvent | None]]:
        """Each with what it says; the rows that they name are read together."""
        news = [(item, understood(self.force, self.source, item)) for item in items]
        references, people, staff = set(), set(), set()
        for item, pair in news:
            if pair:
                event, data = pair
                references.add(item.reference_key(self.force, event))
                named_people, named_staff = casework.names_in(data)
                people.update(named_people)
                staff.update(named_staff)
        self.batch.load(references, people, staff)
        return news

    def _enter_each(self, news: Iterable[tuple[Incoming, ReadEvent | None]]) -> set[str]:
        """The reference keys of the crimes for which others may have waited."""
        unlocked = set()
        for item, pair in news:
            work = self._enter(item, *pair) if pair else None
            if work:
                self.entered.append((item, work))
                if item.event.type in UNLOCKING:
                    unlocked.add(work.case.values["reference_key"])
        return unlocked

    def _enter(self, item: Incoming, event: Event, data: shapes.Data) -> Work | None:
        """None, with the item parked, where it cannot enter yet."""
        try:
            case = self._case(item, event, data)
            work = Work(self.force, self.batch, event, item.row_id, item.announce, case)
            if item.written:
                work.author, work.seen = item.written.author, item.written.seen
            casework.apply(work, data)
        except NotUnderstood as problem:
            if item.written:
                raise  # whoever wrote it hears at once, and nothing of it waits
            park(item, problem)
            return None
        item.status, item.reason, item.left_out = "accepted", None, data.left_out
        return work

    def _case(self, item: Incoming, event: Event, data: shapes.Data) -> TrackedRow:
        case = self.batch.cases.get(item.reference_key(self.force, event))
        if case:
            return case
        if not isinstance(data, shapes.Recorded):
            raise NotUnderstood(WAITS_FOR_CASE, "/subject")
        return casework.open_case(self.force, self.batch, event, data)

    def _waited_for(self, unlocked: set[str]) -> list[tuple[Incoming, ReadEvent | None]]:
        """What is parked for these crimes: of this batch, and of what was taken in before it."""
        waiting = [(item, pair) for item, pair in self.read if pair and item.status == "parked"
                   and self.force.normalise_reference(pair[0].subject) in unlocked]
        before = self._read(self._parked_before(unlocked - self.looked_for))
        self.read += before
        return [*waiting, *before]

    def _parked_before(self, references: set[str]) -> list[Incoming]:
        """What this source sent of crimes that were just opened or given a person, to be tried again."""
        if not references:
            return []
        self.looked_for |= references
        here = {item.row_id for item in self.items}
        rows = [row for row in read(PARKED_FOR, subjects=list(references)) if row.id not in here]
        self.other_sources.update(row.source for row in rows if row.source != self.source)
        return [revived(row) for row in rows if row.source == self.source]


def understood(force: Force, source: str, item: Incoming) -> ReadEvent | None:
    """The event as the force's plugins translate it, and its data; None, with the item parked, if nobody
    could make sense of it. What is written here is understood as it stands."""
    if item.written:
        return item.event, item.written.data
    try:
        at = installed()
        answer = at.hook.translate_event(force=force, event=item.event)
        if isinstance(answer, Parked):
            raise NotUnderstood(answer.reason)
        event = mapped(force, source, answer or item.event)
        if not force.normalise_reference(event.subject):
            raise NotUnderstood("/subject: the crime reference has no letter or digit", "/subject")
        if not is_reference(force, event.subject):
            raise NotUnderstood(
                "/subject: this is not like a crime reference; if it is one, add its shape to "
                "[references] of force.toml, then run `trackmycrime feed retry`", "/subject",
            )
        if item.beside:
            raise NotUnderstood(
                "beside the fields of the envelope stands something like a field of safety; it "
                "belongs into `data`, see docs/record-feed.md", item.beside,
            )
        return event, read_data(event, at.law.codes)
    except NotUnderstood as problem:
        park(item, problem)
        return None


def park(item: Incoming, problem: NotUnderstood) -> None:
    """Keep *item* for later, with what is wrong with it."""
    item.status, item.reason, item.pointer = "parked", problem.reason, problem.pointer
