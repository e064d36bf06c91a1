"""What the portal holds of a crime: case, timeline, the people on it and its staff.

And who is who to a case, and how somebody may safely be reached.
"""

from __future__ import annotations

from core.cases import (
    by_reference,
    contact_lines,
    cover,
    general_news,
    general_words,
    people,
    relations,
    safe_contact,
    tellings,
    things,
    timeline,
    unanswered,
)
from core.cases.entry_words import EntryTexts, EntryWords
from core.cases.known_ids import kept_hashes, kept_id, kept_ids
from core.cases.models import Access, Case, Contact, Entry, Message, Person, Staff
from core.cases.visits import visits_of

__all__ = [
    "Access",
    "Case",
    "Contact",
    "Entry",
    "EntryTexts",
    "EntryWords",
    "Message",
    "Person",
    "Staff",
    "by_reference",
    "contact_lines",
    "cover",
    "general_news",
    "general_words",
    "kept_hashes",
    "kept_id",
    "kept_ids",
    "people",
    "relations",
    "safe_contact",
    "tellings",
    "things",
    "timeline",
    "unanswered",
    "visits_of",
]
