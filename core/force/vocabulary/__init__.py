"""The lists that all forces share, keyed by id; names are translated when they are shown.

Contains public sector information, and National Statistics data, licensed under the Open
Government Licence v3.0.
"""

from __future__ import annotations

from core.force.vocabulary.crime_types import (
    CATEGORIES,
    CRIME_TYPES,
    FLAGS,
    GROUPS,
    Category,
    CrimeType,
    Flag,
    Named,
)
from core.force.vocabulary.nation import COURT_RESULTS, RELEASE_KINDS, Nation, NationCodes
from core.force.vocabulary.outcomes import HOME_OFFICE_OUTCOMES, OutcomeCode
from core.force.vocabulary.stages import ENDED, MOVES_ON_FROM, STAGES, Stage, StageId

__all__ = [
    "CATEGORIES", "COURT_RESULTS", "CRIME_TYPES", "ENDED", "FLAGS", "GROUPS", "HOME_OFFICE_OUTCOMES",
    "MOVES_ON_FROM", "RELEASE_KINDS", "STAGES", "Category", "CrimeType", "Flag", "Named", "Nation",
    "NationCodes", "OutcomeCode", "Stage", "StageId",
]
