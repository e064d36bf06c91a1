"""What a plugin is asked of an entry, and the words that it answers; see the hook ``tell_entry``."""

from __future__ import annotations

from dataclasses import dataclass, fields

from flask_babel.speaklater import LazyString
from markupsafe import Markup


@dataclass(frozen=True)
class EntryCodes:
    """What decides how an entry of the timeline is told; of two with the same codes, the same is told.

    ``kind`` is that of the news (``recorded``, ``progress``, ``outcome``, ``released``, ``charged`` …), or
    ``standing``: where a case at ``stage`` stands now, of which title and meaning are shown. ``stage`` is
    where an entry brings the case to, None if nowhere: ``progress`` is told by it, or is what an officer
    wrote. ``outcome`` has a code of a ``scheme``, and ``released`` a ``release_kind``.
    """

    kind: str
    stage: str | None = None
    outcome: str | None = None
    scheme: str | None = None
    release_kind: str | None = None


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

    def __post_init__(self) -> None:
        """Fails in the plugin that made it, and not in the page that shows it."""
        for one in fields(self):
            text = getattr(self, one.name)
            missing = text is None and one.default is None
            if not missing and (not isinstance(text, (str, LazyString)) or isinstance(text, Markup)):
                raise TypeError(f"Telling.{one.name} is a {type(text).__name__}")
