"""The stages of an investigation, in their order. A force may rename them, not reorder them."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext as N_

from core.force.vocabulary.crime_types import Named


@dataclass(frozen=True, slots=True)
class Stage(Named):
    """``order`` grows along the way; results of an investigation share one."""

    order: int


STAGES = {item.id: item for item in (
    Stage("received", N_("Reported"), 1),
    Stage("recorded", N_("Recorded as a crime"), 2),
    Stage("assessing", N_("Being assessed"), 3),
    Stage("not_investigating", N_("Not being investigated"), 4),
    Stage("allocated", N_("With an officer or team"), 5),
    Stage("investigating", N_("Being investigated"), 6),
    Stage("suspect_action", N_("A step was taken with a suspect"), 7),
    Stage("decision", N_("Waiting for a decision"), 8),
    Stage("charged", N_("Someone has been charged"), 9),
    Stage("out_of_court", N_("Dealt with out of court"), 9),
    Stage("no_further_action", N_("No further action planned"), 9),
    Stage("court", N_("At court"), 10),
    Stage("result", N_("Court result"), 11),
    Stage("closed", N_("Closed"), 12),
    Stage("reopened", N_("Open again"), 13),
)}

# Those after which we plan nothing more: without court, or when all is over.
ENDED = frozenset({"not_investigating", "out_of_court", "no_further_action", "closed"})


def _before(stage: str) -> frozenset[str]:
    return frozenset(one.id for one in STAGES.values() if one.order < STAGES[stage].order)


# News of these kinds says that something was done, not where the case stands. It moves a case on to a
# stage, but only from these: another officer takes nothing back, nor does a change of bail after a charge.
_NOT_YET_CHARGED = frozenset(STAGES) - {"charged", "court"}
MOVES_ON_FROM = {
    "arrested": _NOT_YET_CHARGED,
    "interviewed": _NOT_YET_CHARGED,
    "released": _before("suspect_action"),
    "bail_changed": _before("suspect_action"),
    "allocated": _before("allocated"),
}
