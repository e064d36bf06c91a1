"""What victims read of stages, decisions and rights in England and Wales, by the Victims' Code of 2021.

There the Crown Prosecution Service decides on the more serious charges, and the Witness Care Unit tells
about court. Every text speaks to the reader as "you" and is said by the force as "we". None names a force,
an officer or a suspect, so that the same words serve every force. A force that works in all of Great
Britain tells these too; its file says what is missing for Scotland.
"""

from __future__ import annotations

from functools import partial

from core.cases import tellings
from core.force import Force
from core.hookspecs import Cause, EntryCodes, Promised, hookimpl
from plugins.victims_code.clock import CLOCK
from plugins.victims_code.entries import COURT_RESULTS, ENTRIES, RELEASED, RELEASED_SOMEHOW
from plugins.victims_code.outcomes import DECISION_RECORDED
from plugins.victims_code.schemes import HOME_OFFICE, POLICE_UK_OUTCOMES
from plugins.victims_code.stages import NOW, PROGRESS

NAME = "victims_code"
VERSION = "0.1.0"
SETTINGS = None
EDITION = "2021"
NATIONS = frozenset({"England", "Wales", "Great Britain"})
LANGUAGES = {"Wales": ("cy",)}  # Welsh Language (Wales) Measure 2011
SCHEMES = {"home_office": HOME_OFFICE, "police_uk": POLICE_UK_OUTCOMES}

WORDS = tellings.Tellings(
    PROGRESS, NOW, ENTRIES, RELEASED, SCHEMES, COURT_RESULTS, decided=DECISION_RECORDED,
    released_somehow=RELEASED_SOMEHOW)
tell = partial(WORDS.tell, scheme="home_office")
stage_now = WORDS.stage_now


@hookimpl
def tell_entry(force: Force, entry: EntryCodes) -> tellings.Telling | None:
    return WORDS.of(entry) if force.nation in NATIONS else None


@hookimpl
def commitments_from(force: Force, cause: Cause) -> list[Promised]:
    return CLOCK.promised(force, cause) if force.nation in NATIONS else []
