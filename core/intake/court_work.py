"""What news of a court does to a case. Pure of the database, as :mod:`core.intake.casework` is."""

from __future__ import annotations

from typing import cast

from core.force.vocabulary import StageId
from core.intake import shapes
from core.intake.case_parts import Work, enter


def hearing(work: Work, data: shapes.Data) -> None:
    """The case is listed: people read the court, and the day and hour as they would say them."""
    data = cast(shapes.Hearing, data)
    enter(work, "hearing", StageId.COURT, data, {
        "text": data.purpose, "court": data.court, "starts_at": data.starts_at.isoformat()})


def result(work: Work, data: shapes.Data) -> None:
    """A known result is told in words, and may say that the case goes on; any other as it is written."""
    data = cast(shapes.CourtResult, data)
    coded = data.coded
    details = {"text": data.text, "court": data.court, "result": None if coded else data.result}
    if coded:
        enter(work, "court_result", coded.stage, data, details, outcome=coded.code, scheme=coded.scheme)
    else:
        enter(work, "court_result", StageId.RESULT, data, details)
