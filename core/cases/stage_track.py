"""The few steps of a case, for a line that shows how far it has come."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from flask_babel import LazyString
from flask_babel import lazy_gettext as N_

from core.force.vocabulary import ENDED, StageId


class StepId(StrEnum):
    """The steps that a case may go through; several stages are one of them."""

    REPORTED = "reported"
    INVESTIGATING = "investigating"
    DECISION = "decision"
    COURT = "court"
    CLOSED = "closed"


STEP_NAMES: dict[StepId, LazyString] = {
    StepId.REPORTED: N_("Reported"),
    StepId.INVESTIGATING: N_("Investigating"),
    StepId.DECISION: N_("Decision"),
    StepId.COURT: N_("Court"),
    StepId.CLOSED: N_("Closed"),
}
COURT_PERHAPS = N_("Court, if someone is charged")

STAGE_STEPS: dict[str, StepId] = {
    StageId.RECEIVED: StepId.REPORTED,
    StageId.RECORDED: StepId.REPORTED,
    StageId.ASSESSING: StepId.REPORTED,
    StageId.NOT_INVESTIGATING: StepId.CLOSED,
    StageId.ALLOCATED: StepId.INVESTIGATING,
    StageId.INVESTIGATING: StepId.INVESTIGATING,
    StageId.SUSPECT_ACTION: StepId.INVESTIGATING,
    StageId.DECISION: StepId.DECISION,
    StageId.CHARGED: StepId.COURT,
    StageId.OUT_OF_COURT: StepId.CLOSED,
    StageId.NO_FURTHER_ACTION: StepId.CLOSED,
    StageId.COURT: StepId.COURT,
    StageId.RESULT: StepId.COURT,
    StageId.CLOSED: StepId.CLOSED,
    StageId.REOPENED: StepId.INVESTIGATING,
}

@dataclass(frozen=True)
class Step:
    """One step as shown: ``done``, ``now`` or ``ahead``."""

    id: StepId
    name: LazyString
    state: Literal["done", "now", "ahead"]


def steps(stage: str, seen: Collection[str] = ()) -> tuple[Step, ...]:
    """The steps of a case at *stage*; *seen* are the stages it has been in.

    Nobody is promised a court: it is "if someone is charged" while it lies ahead, and is left
    out of a case that ended without. So is an investigation that never was.
    """
    now = STAGE_STEPS.get(stage, StepId.REPORTED)
    been = {STAGE_STEPS[each] for each in seen if each in STAGE_STEPS} | {now}
    skipped = _skipped(stage, seen) - been
    ids = [each for each in STEP_NAMES if each not in skipped]
    here = ids.index(now)
    return tuple(_step(each, at - here) for at, each in enumerate(ids))


def _skipped(stage: str, seen: Collection[str]) -> set[StepId]:
    skipped = {StepId.COURT} if stage in ENDED else set()
    never_looked_into = StageId.NOT_INVESTIGATING in {stage, *seen}
    if never_looked_into and stage in {StageId.NOT_INVESTIGATING, StageId.CLOSED}:
        skipped |= {StepId.INVESTIGATING, StepId.DECISION}
    return skipped


def _step(step: StepId, distance: int) -> Step:
    if distance > 0:
        return Step(step, COURT_PERHAPS if step is StepId.COURT else STEP_NAMES[step], "ahead")
    return Step(step, STEP_NAMES[step], "now" if distance == 0 else "done")
