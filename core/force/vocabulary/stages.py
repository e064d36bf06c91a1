"""The stages of an investigation, in their order. A force may rename them, not reorder them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from flask_babel import lazy_gettext as N_

from core.force.vocabulary.crime_types import Named


class StageId(StrEnum):
    """Where a case can stand, as rows and record systems name it."""

    RECEIVED = "received"
    RECORDED = "recorded"
    ASSESSING = "assessing"
    NOT_INVESTIGATING = "not_investigating"
    ALLOCATED = "allocated"
    INVESTIGATING = "investigating"
    SUSPECT_ACTION = "suspect_action"
    DECISION = "decision"
    CHARGED = "charged"
    OUT_OF_COURT = "out_of_court"
    NO_FURTHER_ACTION = "no_further_action"
    COURT = "court"
    RESULT = "result"
    CLOSED = "closed"
    REOPENED = "reopened"


@dataclass(frozen=True, slots=True)
class Stage(Named):
    """``order`` grows along the way; results of an investigation share one."""

    id: StageId
    order: int


STAGES: dict[str, Stage] = {item.id: item for item in (
    Stage(StageId.RECEIVED, N_("Reported"), 1),
    Stage(StageId.RECORDED, N_("Recorded as a crime"), 2),
    Stage(StageId.ASSESSING, N_("Being assessed"), 3),
    Stage(StageId.NOT_INVESTIGATING, N_("Not being investigated"), 4),
    Stage(StageId.ALLOCATED, N_("With an officer or team"), 5),
    Stage(StageId.INVESTIGATING, N_("Being investigated"), 6),
    Stage(StageId.SUSPECT_ACTION, N_("A step was taken with a suspect"), 7),
    Stage(StageId.DECISION, N_("Waiting for a decision"), 8),
    Stage(StageId.CHARGED, N_("Someone has been charged"), 9),
    Stage(StageId.OUT_OF_COURT, N_("Dealt with out of court"), 9),
    Stage(StageId.NO_FURTHER_ACTION, N_("No further action planned"), 9),
    Stage(StageId.COURT, N_("At court"), 10),
    Stage(StageId.RESULT, N_("Court result"), 11),
    Stage(StageId.CLOSED, N_("Closed"), 12),
    Stage(StageId.REOPENED, N_("Open again"), 13),
)}

# Those after which we plan nothing more: without court, or when all is over.
ENDED = frozenset({
    StageId.NOT_INVESTIGATING, StageId.OUT_OF_COURT, StageId.NO_FURTHER_ACTION, StageId.CLOSED,
})


def _before(stage: StageId) -> frozenset[StageId]:
    return frozenset(one.id for one in STAGES.values() if one.order < STAGES[stage].order)


# News of these kinds says that something was done, not where the case stands. It moves a case on to a
# stage, but only from these: another officer takes nothing back, nor does a change of bail after a charge.
_NOT_YET_CHARGED = frozenset(StageId) - {StageId.CHARGED, StageId.COURT}
MOVES_ON_FROM = {
    "arrested": _NOT_YET_CHARGED,
    "interviewed": _NOT_YET_CHARGED,
    "released": _before(StageId.SUSPECT_ACTION),
    "bail_changed": _before(StageId.SUSPECT_ACTION),
    "allocated": _before(StageId.ALLOCATED),
}
