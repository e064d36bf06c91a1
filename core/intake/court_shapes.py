"""The shapes of news from a court: a hearing, and a result, which may be one of a list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, NamedTuple

from pydantic import PrivateAttr, ValidationInfo, model_validator

from core.base.field_marks import DETAIL
from core.base.fields import Line, Moment, Text, key_reader
from core.force.vocabulary import COURT_RESULTS, NationCodes, StageId
from core.intake.shape_parts import Data, codes_of, has_letters


class Hearing(Data):
    court: Annotated[Line | None, DETAIL] = None
    starts_at: Moment
    purpose: Text | None = None
    received_at: Annotated[Moment | None, DETAIL] = None


class CodedResult(NamedTuple):
    """A result that is known: a code of a scheme, or of none; and the stage that it brings a case to."""

    scheme: str | None
    code: str
    stage: StageId


class CourtResult(Data):
    court: Annotated[Line | None, DETAIL] = None
    result: Line
    text: Text | None = None
    received_at: Annotated[Moment | None, DETAIL] = None
    _coded: CodedResult | None = PrivateAttr(None)

    @model_validator(mode="after")
    def _as_coded(self, info: ValidationInfo) -> CourtResult:
        self._coded = _coded_result(self.result, codes_of(info))
        return self

    @property
    def coded(self) -> CodedResult | None:
        """The code that it is, however it is written; None where it is in words of somebody's own."""
        return self._coded


def _coded_result(written: str, codes: NationCodes) -> CodedResult | None:
    known: list[tuple[str | None, Mapping[str, StageId]]] = [
        (scheme, {one.id: one.stage for one in of_scheme.values()
                  if one.stage in (StageId.COURT, StageId.RESULT) and has_letters(one.id)})
        for scheme, of_scheme in codes.schemes.items()
    ]
    for scheme, stages in [*known, (None, COURT_RESULTS)]:
        code = key_reader(tuple(stages))(written)
        if code in stages:
            return CodedResult(scheme, code, stages[code])
    return None
