"""The nations whose law a force may serve, and the codes in which it says how a case ends and how somebody is
released."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from core.force.vocabulary.outcomes import HOME_OFFICE_OUTCOMES, OutcomeCode
from core.force.vocabulary.stages import StageId

# Great Britain: a force that serves all three. A further nation also needs a plugin that tells its law.
Nation = Literal["England", "Wales", "Great Britain", "Northern Ireland", "Scotland"]
# By which part's bank holidays working days are counted, as ISO 3166-2:GB calls the parts.
BANK_HOLIDAYS: Mapping[Nation, str] = {
    "England": "ENG", "Wales": "WLS", "Great Britain": "ENG", "Northern Ireland": "NIR", "Scotland": "SCT",
}
RELEASE_KINDS = ("bail", "under_investigation", "no_further_action")  # those that every force may send
# Results of a court that may be sent in every nation, beside those of its schemes: where they bring a case.
COURT_RESULTS: Mapping[str, StageId] = {
    "guilty": StageId.RESULT, "not_guilty": StageId.RESULT, "sentenced": StageId.RESULT,
    "discontinued": StageId.RESULT, "adjourned": StageId.COURT,
}


def _home_office() -> Mapping[str, Mapping[str, OutcomeCode]]:
    return {"home_office": HOME_OFFICE_OUTCOMES}


@dataclass(frozen=True)
class NationCodes:
    """What record systems of one force may send: ``schemes`` of outcomes, by the codes of each.

    The first scheme is meant where news names none. Without a plugin that tells for the force's nation
    these are the Home Office's, so that no news is lost, and the release kinds that every force has.
    """

    schemes: Mapping[str, Mapping[str, OutcomeCode]] = field(default_factory=_home_office)
    release_kinds: tuple[str, ...] = RELEASE_KINDS
