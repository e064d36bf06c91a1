"""The story of a case in plain words: what happened, what it means, what comes next.

Every text speaks to the reader as "you" and is said by the force as "we". None names a force,
an officer or a suspect, so that the same words serve every force in every language.
"""

from __future__ import annotations

from flask_babel import LazyString

from core.hookspecs import Telling
from core.victims_code.entries import ENTRIES, GENERAL, NEWS, RELEASED, RELEASED_SOMEHOW
from core.victims_code.outcomes import DECISION_RECORDED, OUTCOMES
from core.victims_code.police_uk import POLICE_UK
from core.victims_code.stages import NOW, NOW_SOMEWHERE, PROGRESS

__all__ = ["TOLD_FOR", "Telling", "stage_now", "tell"]

# Whose law and bodies (the Crown Prosecution Service, the Victims' Code) these words tell of. Great
# Britain is of a force that works in all three; its file says what is missing for Scotland.
TOLD_FOR = frozenset({"England", "Wales", "Great Britain"})

_SCHEMES = {"home_office": OUTCOMES, "police_uk": POLICE_UK}


def tell(
    kind: str,
    *,
    stage: str | None = None,
    outcome: str | None = None,
    scheme: str | None = "home_office",
    release_kind: str | None = None,
) -> Telling:
    """What to tell people about an entry of *kind*.

    ``progress`` is told by *stage*, ``outcome`` by *outcome* in its *scheme*, ``released`` by
    *release_kind*. What is not known gets honest general words, never an error.
    """
    if kind == "progress":
        return PROGRESS.get(stage, GENERAL) if stage else NEWS
    if kind == "outcome":
        return _SCHEMES.get(scheme or "home_office", {}).get(outcome or "", DECISION_RECORDED)
    if kind == "released":
        return RELEASED.get(release_kind or "", RELEASED_SOMEHOW)
    return ENTRIES.get(kind, GENERAL)


def stage_now(stage: str | None) -> tuple[LazyString, LazyString]:
    """Where things stand now: a heading and an explanation for the top of the case."""
    return NOW.get(stage or "", NOW_SOMEWHERE)
