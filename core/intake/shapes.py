"""The shapes of record events: CloudEvents 1.0 envelopes and the data of each type.

What is fixed for integrators is described in docs/record-feed.md. All moments carry a zone and
are kept in UTC; unknown ``data`` fields are ignored here and kept in the stored event.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
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

from core.base.field_marks import CONTACT, DETAIL, SAFETY, Detail, NotBlank
from core.base.field_values import (
    Phone,
    Postcode,
    Precision,
    WrittenEmail,
    read_exact,
    read_language,
    read_outcome,
)
from core.base.fields import (
    AsItLooks,
    BirthDay,
    Day,
    Id,
    Line,
    Moment,
    PastMoment,
    Shape,
    Text,
    clean_text,
    key,
    key_reader,
    listed,
    not_blank,
)
from core.base.languages import SOURCE_LANGUAGE
from core.cases.safe_contact import SafeContact
from core.force.vocabulary import STAGES, NationCodes, OutcomeCode

PREFIX = "uk.police."


@dataclass(frozen=True)
class LeftOut:
    """A detail that could not be used: where it stood (JSON pointer), and why in words.

    ``field``: what it is called in the shape it belongs to (``email``, ``officer/unit``);
    ``person``: the record system's id of the person whom it is of, else None.
    """

    pointer: str
    why: str
    field: str
    person: str | None = None

    def __str__(self) -> str:
        return f"left out {self.pointer}: {self.why}"


class LooksLike(LeftOut):
    """Something that was taken as it stands, and that staff should look at."""

    def __str__(self) -> str:
        return f"look at {self.pointer}: {self.why}"


def has_letters(name: str | None) -> bool:
    """A dash or a full stop in place of a name is none."""
    return any(map(str.isalpha, name or ""))


def codes_of(info: ValidationInfo) -> NationCodes:
    """The codes of the force that is reading: what :func:`core.intake.reading.read_data` was given."""
    return info.context if isinstance(info.context, NationCodes) else NationCodes()


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
ROLES = ("victim", "parent", "representative", "business_contact")
CHANNELS = ("email", "sms", "phone", "post")


class Known(Shape):
    """Somebody of whom no more is said than who it is."""

    id: Id


class Officer(Known):
    name: Line
    collar_number: Annotated[Line | None, DETAIL] = None
    unit: Annotated[Line | None, DETAIL] = None
    email: Annotated[WrittenEmail | None, CONTACT] = None
    rest_days_until: Annotated[Day | None, DETAIL] = None


class Name(Shape):
    """Many people have one name only: it stands in either field."""

    given: Annotated[Line | None, DETAIL] = None
    family: Line | None = None


NO_NAME = Name.model_construct()  # it says nothing: what was known of the name stays


def _of_somebody(name: Name) -> Name:
    if name is not NO_NAME and not name.family and not has_letters(name.given):
        raise ValueError("needs `family`, or `given` of who has one name only")
    return name


class PersonShape(Shape):
    id: Id
    role: Annotated[
        Literal["victim", "parent", "representative", "business_contact"], key(*ROLES), SAFETY
    ]
    name: Annotated[Name, AfterValidator(_of_somebody), Detail(instead=NO_NAME)]
    date_of_birth: Annotated[BirthDay | None, DETAIL] = None
    postcode: Annotated[Postcode | None, DETAIL] = None
    email: Annotated[WrittenEmail | None, CONTACT] = None
    phone: Annotated[Phone | None, CONTACT] = None
    language: Annotated[str, BeforeValidator(read_language), DETAIL] = SOURCE_LANGUAGE
    organisation: Annotated[Line | None, DETAIL] = None
    safe_contact: Annotated[SafeContact | None, SAFETY] = None
    made_up: bool = False


class Data(Shape):
    time_precision: Annotated[
        Precision | None, BeforeValidator(read_exact), Detail(instead="month")
    ] = None
    _left_out: tuple[LeftOut, ...] = PrivateAttr(())

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        """What could not be used of it, in the order of the event."""
        return self._left_out


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
}


class NotUnderstood(Exception):
    """The data of an event is not of its type's shape.

    ``reason`` names the place and the kind of fault, never what stood there; ``pointer`` is a JSON
    pointer for the sender; ``why`` the reason without the place.
    """

    def __init__(self, reason: str, pointer: str = "", why: str = "") -> None:
        super().__init__(reason)
        self.reason, self.pointer, self.why = reason, pointer, why or reason
