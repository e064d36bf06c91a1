"""What victims read of stages, decisions and rights in Northern Ireland, by the Victim Charter of 2015.

There the Public Prosecution Service decides who is prosecuted, and its Victim and Witness Care Unit keeps
victims informed. The Victim Charter stands on the Justice Act (Northern Ireland) 2015. ``sources.py``
names the pages in which each fact was read. No number of days is told: none was confirmed.
"""

from __future__ import annotations

from core.cases import tellings
from core.force import Force
from core.hookspecs import Cause, EntryCodes, Panel, Place, Promised, hookimpl
from plugins.victim_charter_ni.clock import CLOCK
from plugins.victim_charter_ni.outcome_codes import PSNI_OUTCOMES
from plugins.victim_charter_ni.stages import COURT_RESULTS, ENTRIES, NOW, PROGRESS, RELEASED

NAME = "victim_charter_ni"
VERSION = "0.1.0"
SETTINGS = None
EDITION = "2015"
NATIONS = frozenset({"Northern Ireland"})
SCHEMES = {"psni_outcomes": PSNI_OUTCOMES}

WORDS = tellings.Tellings(PROGRESS, NOW, ENTRIES, RELEASED, SCHEMES, COURT_RESULTS)
tell = WORDS.tell
stage_now = WORDS.stage_now


@hookimpl
def tell_entry(force: Force, entry: EntryCodes) -> tellings.Telling | None:
    return WORDS.of(entry) if force.nation in NATIONS else None


@hookimpl
def commitments_from(force: Force, cause: Cause) -> list[Promised]:
    return CLOCK.promised(force, cause) if force.nation in NATIONS else []


@hookimpl
def panels(force: Force, place: Place) -> list[Panel]:
    """Who enforces the accessibility regulations: in Northern Ireland another body than in Great Britain."""
    if place.name != "accessibility" or force.nation not in NATIONS:
        return []
    return [Panel(10, "enforced-by", "victim_charter_ni/accessibility.html")]
