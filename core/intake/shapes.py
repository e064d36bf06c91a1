"""The shapes of record events: CloudEvents 1.0 envelopes and the data of each type.

What is fixed for integrators is described in docs/record-feed.md. All moments carry a zone and
are kept in UTC; unknown ``data`` fields are ignored here and kept in the stored event.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PrivateAttr,
    StrictBool,
    StringConstraints,
    ValidationInfo,
    model_validator,
)
from pydantic_core import PydanticKnownError

from core.base.commitment_kinds import TOPICS, WAYS
from core.base.field_marks import DETAIL, SAFETY, NotBlank
from core.base.field_values import read_outcome
from core.base.fields import (
    AsItLooks,
    Day,
    Id,
    Line,
    Moment,
    PastMoment,
    Text,
    clean_text,
    key,
    key_reader,
    listed,
    not_blank,
)
from core.force.vocabulary import STAGES, OutcomeCode
from core.intake.court_shapes import (
    CourtResult as CourtResult,
)
from core.intake.court_shapes import (
    Hearing as Hearing,
)
from core.intake.shape_parts import (
    CHANNELS as CHANNELS,
)
from core.intake.shape_parts import (
    EACH_ONCE as EACH_ONCE,
)
from core.intake.shape_parts import (
    ROLES as ROLES,
)
from core.intake.shape_parts import (
    Cover as Cover,
)
from core.intake.shape_parts import (
    CoverShape as CoverShape,
)
from core.intake.shape_parts import (
    Data as Data,
)
from core.intake.shape_parts import (
    Item as Item,
)
from core.intake.shape_parts import (
    Known as Known,
)
from core.intake.shape_parts import (
    LeftOut as LeftOut,
)
from core.intake.shape_parts import (
    LooksLike as LooksLike,
)
from core.intake.shape_parts import (
    Name as Name,
)
from core.intake.shape_parts import (
    NotUnderstood as NotUnderstood,
)
from core.intake.shape_parts import (
    Officer as Officer,
)
from core.intake.shape_parts import (
    PersonShape as PersonShape,
)
from core.intake.shape_parts import (
    codes_of as codes_of,
)
from core.intake.shape_parts import (
    has_letters as has_letters,
)

PREFIX = "uk.police."
CONTACT_WAYS = tuple(way for way in WAYS if way != "portal")  # of which somebody can tell


def _one_of(value: Any, known: Iterable[str]) -> str:
    """As it would be read by a ``Literal`` of *known*, which differs from force to force."""
    names = tuple(known)
    found = key_reader(names)(value)
    if not isinstance(found, str) or found not in names:
        *others, last = map(repr, names)
        expected = f"{', '.join(others)} or {last}" if others else last
        raise PydanticKnownError("literal_error", {"expected": expected})
    return found


def _read_release_kind(value: Any, info: ValidationInfo) -> str:
    return _one_of(value, codes_of(info).release_kinds)


def _read_scheme(value: Any, info: ValidationInfo) -> str:
    """News that names no scheme means the first of the force's nation."""
    schemes = codes_of(info).schemes
    return _one_of(value, schemes) if value != "" else next(iter(schemes))


def _read_code(value: Any, info: ValidationInfo) -> Any:
    """One of the codes of any scheme, as people write it; whether it is of the scheme, is asked later."""
    codes = tuple(dict.fromkeys(code for known in codes_of(info).schemes.values() for code in known))
    return key_reader(codes)(value)


ReleaseKind = Annotated[str, BeforeValidator(_read_release_kind)]
class CrimeFields(Data):
    incident_reference: Annotated[Line | None, DETAIL] = None
    home_office_code: Annotated[Line | None, DETAIL] = None
    occurred_from: Annotated[Moment | None, DETAIL] = None
    occurred_to: Annotated[Moment | None, DETAIL] = None
    summary: Annotated[Text | None, DETAIL] = None
    flags: Annotated[
        list[Id], Field(default_factory=list, max_length=100), BeforeValidator(listed), SAFETY
    ]
    service_level: Annotated[
        Literal["standard", "enhanced"], key("standard", "enhanced"), SAFETY
    ] = "standard"
    officer: Annotated[Officer | None, DETAIL] = None
    property: Annotated[list[Item], Field(default_factory=list, max_length=100), EACH_ONCE, DETAIL]


def _each_once(people: list[PersonShape]) -> list[PersonShape]:
    """Somebody listed twice is one person; two people under one id are a fault."""
    found: dict[str, PersonShape] = {}
    for person in people:
        if found.setdefault(person.id, person) != person:
            raise ValueError("two different people have the same id")
    return list(found.values())


class Recorded(CrimeFields):
    crime_type: Id
    district: Id
    reported_at: PastMoment
    people: Annotated[list[PersonShape], Field(max_length=100), AfterValidator(_each_once)]


class Amended(CrimeFields):
    crime_type: Id | None = None
    district: Id | None = None
    reported_at: PastMoment | None = None
    crime_reference: Line | None = None


class Allocated(Data):
    officer: Officer
    cover: Annotated[Cover | None, DETAIL] = None


class Progress(Data):
    stage: Annotated[Id, key(*STAGES)] | None = None
    text: Text | None = None
    next_step: Text | None = None
    next_update_by: Annotated[Day | None, DETAIL] = None

    @model_validator(mode="after")
    def _says_something(self) -> Progress:
        if not self.stage and not self.text:
            raise ValueError("needs `stage` or `text`")
        return self


class Suspect(Data):
    kind: ReleaseKind | None = None
    text: Text | None = None
    received_at: Annotated[Moment | None, DETAIL] = None


class Released(Suspect):
    kind: ReleaseKind


class Outcome(Data):
    outcome: Annotated[Id, BeforeValidator(_read_code), BeforeValidator(read_outcome)]
    scheme: Annotated[str, Field(validate_default=True), BeforeValidator(_read_scheme)] = ""
    reasons: Text | None = None
    done: Text | None = None
    received_at: Annotated[Moment | None, DETAIL] = None
    _known: Mapping[str, OutcomeCode] = PrivateAttr(default_factory=dict)

    @model_validator(mode="after")
    def _of_its_scheme(self, info: ValidationInfo) -> Outcome:
        self._known = codes_of(info).schemes[self.scheme]
        return self

    @property
    def known(self) -> Mapping[str, OutcomeCode]:
        """The codes of its scheme."""
        return self._known


class Reopened(Data):
    reasons: Text | None = None


class PersonAmended(Data):
    person: PersonShape
    removed: Annotated[StrictBool | None, SAFETY] = None


class Sent(Data):
    """A message to a person, or to all victims; at the desk, by an officer who is known."""

    officer: Known
    to: Annotated[Id | None, NotBlank()] = None
    text: Annotated[
        str, AsItLooks, StringConstraints(max_length=20_000, strip_whitespace=True),
        AfterValidator(clean_text), AfterValidator(not_blank),
    ]
    in_reply_to: Annotated[Id | None, DETAIL] = None


class MessageSent(Sent):
    officer: Officer


class PropertyUpdated(Data):
    items: Annotated[list[Item], Field(min_length=1, max_length=100), EACH_ONCE]


class ContactMade(Data):
    """That the police were in contact with a person, or tried to be; ``line`` is what they may read of it."""

    person: Id
    way: Annotated[Literal["phone", "in_person", "post", "email", "sms"], key(*CONTACT_WAYS)]
    reached: StrictBool
    line: Text | None = None
    topics: Annotated[
        list[Annotated[
            Literal[
                "acknowledgement", "needs_assessment", "support_referral", "statement_offered", "release",
            ],
            key(*TOPICS),
        ]],
        Field(default_factory=list, max_length=20), BeforeValidator(listed), DETAIL,
    ]


class RequestDecided(Data):
    request: Id
    state: Id
    text: Text | None = None


TYPES: dict[str, type[Data]] = {
    "uk.police.crime.recorded.v1": Recorded,
    "uk.police.crime.amended.v1": Amended,
    "uk.police.crime.allocated.v1": Allocated,
    "uk.police.crime.progress.v1": Progress,
    "uk.police.suspect.arrested.v1": Suspect,
    "uk.police.suspect.interviewed.v1": Suspect,
    "uk.police.suspect.released.v1": Released,
    "uk.police.suspect.bail_changed.v1": Suspect,
    "uk.police.suspect.charged.v1": Suspect,
    "uk.police.crime.outcome.v1": Outcome,
    "uk.police.crime.reopened.v1": Reopened,
    "uk.police.person.amended.v1": PersonAmended,
    "uk.police.message.sent.v1": MessageSent,
    "uk.police.court.hearing.v1": Hearing,
    "uk.police.court.result.v1": CourtResult,
    "uk.police.property.updated.v1": PropertyUpdated,
    "uk.police.contact.made.v1": ContactMade,
    "uk.police.request.decided.v1": RequestDecided,
}
