"""The shape of what people are told."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import LazyString


@dataclass(frozen=True)
class Telling:
    """One entry in plain words; each text becomes the reader's language when shown.

    None of the texts has a placeholder, so what they say may be kept for each language.
    """

    title: LazyString
    """What happened, short."""
    meaning: LazyString
    """What that means, in one to three sentences."""
    next_step: LazyString | None = None
    """What happens next and who does it."""
    rights: LazyString | None = None
    """What the reader may ask for: an explanation, a review, a complaint, coming back."""
    unexplained: LazyString | None = None
    """What is said after the meaning where no reasons stand with a decision (Victims' Code, right 6)."""
