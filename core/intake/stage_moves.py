"""Which news brings a case to its stage, in whatever order it arrives."""

from __future__ import annotations

from core.force.vocabulary import MOVES_ON_FROM, StageId
from core.intake.tracked_row import TrackedRow

LEADS_TO = {kind: StageId.ALLOCATED if kind == "allocated" else StageId.SUSPECT_ACTION
            for kind in MOVES_ON_FROM}


def bring_to(case: TrackedRow, kind: str, stage: StageId, stamp: str) -> None:
    """News of *kind* and *stamp* speaks of *stage*. Most kinds say where the case stands: the newest of
    them decides. Those of :data:`core.force.vocabulary.MOVES_ON_FROM` move it on from
    there, if they are newer."""
    if kind not in MOVES_ON_FROM:
        if case.registers.wins("stage", stamp):
            case.force("stage", _moved_on(case, stage, stamp))
    elif case.registers.wins(kind, stamp):
        case.force("stage", _moved_on(case, case.values["stage"], case.registers.stamp("stage")))


def _moved_on(case: TrackedRow, stage: StageId, stamp: str) -> StageId:
    """From *stage*, where news of *stamp* put it, by what was done since."""
    for kind, here in MOVES_ON_FROM.items():
        if stage in here and case.registers.stamp(kind) > stamp:
            stage = LEADS_TO[kind]
    return stage
