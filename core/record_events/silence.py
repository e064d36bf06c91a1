"""A case that stops being shown online: its officer is told why at the desk, people on it nothing."""

from __future__ import annotations

from collections.abc import Iterable

from core import audit
from core.eligibility import NEEDS_CARE
from core.force import Force
from core.hookspecs import News
from core.record_events.drafts import Book, Draft
from core.record_events.store import Incoming


def news_of(force: Force, book: Book, items: Iterable[Incoming]) -> list[News]:
    """One alert for each case that people could open before *items* and that now needs care.

    Compared are the case as it stood before the batch and as it stands after it, so what came and
    went within the batch alerts nobody. Each change is written to the audit.
    """
    changed = {case.id: case for case in book.cases.drafts.values() if _changed(book, case)}
    audit.write_many([
        ("case_shown", case.id, {}) if case.values["offered"]
        else ("case_not_shown", case.id, {"reason": case.values["offered_reason"]})
        for case in changed.values()
    ])
    silent = {one: case for one, case in changed.items() if _needs_care(case)}
    causes = _causes(force, book, items) if silent else {}
    return [
        News("case_silent", one, causes[one].row_id, causes[one].event.time,
             staff_id=case.values["staff_id"])
        for one, case in silent.items() if one in causes
    ]


def _changed(book: Book, case: Draft) -> bool:
    before = book.offered_before.get(case.id)
    return before is not None and before != case.values["offered"]


def _needs_care(case: Draft) -> bool:
    return not case.values["offered"] and case.values["offered_reason"] in NEEDS_CARE


def _causes(force: Force, book: Book, items: Iterable[Incoming]) -> dict[object, Incoming]:
    """The latest announced event of each case."""
    found: dict[object, Incoming] = {}
    for item in items:
        case = book.cases.get(force.normalise_reference(item.event.subject))
        if case and item.announce:
            known = found.get(case.id, item)
            found[case.id] = max(known, item, key=lambda one: one.event.time)
    return found
