"""The few steps of a case, for a line that shows how far it has come."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from flask_babel import LazyString
from flask_babel import lazy_gettext as N_

from core.force.vocabulary import ENDED

STEP_NAMES: dict[str, LazyString] = {
    "reported": N_("Reported"),
    "investigating": N_("Investigating"),
    "decision": N_("Decision"),
    "court": N_("Court"),
    "closed": N_("Closed"),
}
COURT_PERHAPS = N_("Court, if someone is charged")

STAGE_STEPS: dict[str, str] = {
    "received": "reported",
    "recorded": "reported",
    "assessing": "reported",
    "not_investigating": "closed",
    "allocated": "investigating",
    "investigating": "investigating",
    "suspect_action": "investigating",
    "decision": "decision",
    "charged": "court",
    "out_of_court": "closed",
    "no_further_action": "closed",
    "court": "court",
    "result": "court",
    "closed": "closed",
    "reopened": "investigating",
}

@dataclass(frozen=True)
class Step:
    """One step as shown: ``done``, ``now`` or ``ahead``."""

    id: str
    name: LazyString
    state: Literal["done", "now", "ahead"]


def steps(stage: str, seen: Collection[str] = ()) -> tuple[Step, ...]:
    """The steps of a case at *stage*; *seen* are the stages it has been in.

    Nobody is promised a court: it is "if someone is charged" while it lies ahead, and is left
    out of a case that ended without. So is an investigation that never was.
    """
    now = STAGE_STEPS.get(stage, "reported")
    been = {STAGE_STEPS[each] for each in seen if each in STAGE_STEPS} | {now}
    skipped = _skipped(stage, seen) - been
    ids = [each for each in STEP_NAMES if each not in skipped]
    here = ids.index(now)
    return tuple(_step(each, at - here) for at, each in enumerate(ids))


def _skipped(stage: str, seen: Collection[str]) -> set[str]:
    skipped = {"court"} if stage in ENDED else set()
    if stage in {"not_investigating", "closed"} and "not_investigating" in {
        stage,
        *seen,
    }:
        skipped |= {"investigating", "decision"}
    return skipped


def _step(step: str, distance: int) -> Step:
    if distance > 0:
        return Step(step, COURT_PERHAPS if step == "court" else STEP_NAMES[step], "ahead")
    return Step(step, STEP_NAMES[step], "now" if distance == 0 else "done")
