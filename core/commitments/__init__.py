"""What somebody was promised, by when, by whom; kept, late, missed with a reason."""

from __future__ import annotations

from core.commitments import figures, law
from core.commitments.models import Commitment
from core.commitments.next_contact import next_contact_day
from core.commitments.reading import NextPromise, due_for, open_in_case
from core.commitments.settling import settle

__all__ = [
    "Commitment", "NextPromise", "due_for", "figures", "law", "next_contact_day", "open_in_case", "settle"]
