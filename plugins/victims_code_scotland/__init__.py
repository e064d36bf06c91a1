"""What victims read of stages, decisions and rights in Scotland, by the Victims' Code for Scotland.

In Scotland the police may charge someone and report them to the procurator fiscal, who decides whether
there is a court case, another measure or no action; no caution ends a case there. The Victims' Code for
Scotland stands on the Victims and Witnesses (Scotland) Act 2014. ``sources.py`` names the pages in which
each fact was read. No number of days is told: those that were read are the prosecutors' own.
"""

from __future__ import annotations

from core.cases import tellings
from core.force import Force
from core.hookspecs import Cause, EntryCodes, Promised, hookimpl
from plugins.victims_code_scotland.clock import CLOCK
from plugins.victims_code_scotland.disposals import SCOTTISH_DISPOSALS
from plugins.victims_code_scotland.stages import COURT_RESULTS, ENTRIES, NOW, PROGRESS, RELEASED

NAME = "victims_code_scotland"
VERSION = "0.1.0"
SETTINGS = None
NATIONS = frozenset({"Scotland"})
SCHEMES = {"scottish_disposals": SCOTTISH_DISPOSALS}
RELEASE_KINDS = ("undertaking", "investigative_liberation")

WORDS = tellings.Tellings(PROGRESS, NOW, ENTRIES, RELEASED, SCHEMES, COURT_RESULTS)
tell = WORDS.tell
stage_now = WORDS.stage_now


@hookimpl
def tell_entry(force: Force, entry: EntryCodes) -> tellings.Telling | None:
    return WORDS.of(entry) if force.nation in NATIONS else None


@hookimpl
def commitments_from(force: Force, cause: Cause) -> list[Promised]:
    return CLOCK.promised(force, cause) if force.nation in NATIONS else []
