"""That the force was in contact with a person, or tried to be, as lines beside those of the timeline.

They are for this one person: nobody else on the case reads of them. Officers read all, each with for whom.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core.cases.entry_words import EntryWords
from core.cases.general_news import TRIED
from core.cases.models import Contact
from core.cases.timeline import TimelineEntry
from core.storage.db import read
from core.storage.sealed import unseal
from core.storage.walls import owned

_all = sa.select(
    Contact.id, Contact.person_id, Contact.way, Contact.reached, Contact.happened_at, Contact.line_sealed,
).where(
    owned(Contact), Contact.case_id == sa.bindparam("case_id"), Contact.way != "portal"
).order_by(Contact.happened_at.desc(), Contact.id.desc())
ALL = _all
OF_PERSON = _all.where(Contact.person_id == sa.bindparam("person_id"))


def contacts_of(case_id: UUID, person_id: UUID, words: EntryWords | None = None) -> list[TimelineEntry]:
    """Those with this person about this case, newest first. The caller has checked who is looking."""
    words = words or EntryWords()
    return [_line(row, words) for row in read(OF_PERSON, case_id=case_id, person_id=person_id)]


def all_contacts_of(case_id: UUID, words: EntryWords | None = None) -> list[tuple[UUID, TimelineEntry]]:
    """Those with everybody on the case, for its officers: the person's id, and the line."""
    words = words or EntryWords()
    return [(row.person_id, _line(row, words)) for row in read(ALL, case_id=case_id)]


def merged(entries: Sequence[TimelineEntry], contacts: Iterable[TimelineEntry]) -> Sequence[TimelineEntry]:
    """Both, newest first; the *entries* stay in their order, also those of one moment."""
    contacts = [*contacts]
    if not contacts:
        return entries
    return sorted([*entries, *contacts], key=attrgetter("happened_at"), reverse=True)


def _line(row: Any, words: EntryWords) -> TimelineEntry:
    telling = words.of("contact", outcome=None if row.reached else TRIED, release_kind=row.way)
    line = unseal(Contact, "line", row.id, row.line_sealed)
    return TimelineEntry(
        row.id, "contact", row.happened_at, None, telling, line, None, None, None, None, None)
