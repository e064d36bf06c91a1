"""The shapes of record events: CloudEvents 1.0 envelopes and the data of each type.

What is fixed for integrators is described in docs/record-feed.md. All moments carry a zone and
are kept in UTC; unknown ``data`` fields are ignored here and kept in the stored event.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from core import clock

PREFIX = "uk.police."
CLOCKS_DIFFER = timedelta(minutes=5)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
MOST_MARKS = 30  # on one letter, as Unicode's "stream-safe" text has it; no writing comes near

_RFC_3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def clean_text(text: str) -> str:
    """*text* in NFC. Raises ``ValueError`` for control characters, lone surrogates and heaps of accents."""
    if _CONTROL.search(text):
        raise ValueError("holds a control character")
    if text.isascii():
        return text
    if _heaped(text):
        raise ValueError(f"holds a letter with more than {MOST_MARKS} accents")
    return unicodedata.normalize("NFC", text)


def _heaped(text: str) -> bool:
    """Putting the marks of a letter in order takes the square of their number."""
    marks = 0
    for sign in text:
        marks = marks + 1 if unicodedata.combining(sign) else 0
        if marks > MOST_MARKS:
            return True
    return False


def _not_blank(text: str) -> str:
    if not text:
        raise ValueError("is blank")
    return text


def _written_moment(value: Any) -> Any:
    if isinstance(value, datetime) or (isinstance(value, str) and _RFC_3339.fullmatch(value)):
        return value
    raise ValueError("is not a moment with its zone, like 2024-03-01T10:00:00Z")


def _in_utc(value: datetime) -> datetime:
    """In years that calendars of every zone can hold."""
    if not 1900 <= value.year <= 2200:
        raise ValueError("is not in the years 1900 to 2200")
    return value.astimezone(UTC)


def _written_day(value: Any) -> Any:
    if isinstance(value, date) or (isinstance(value, str) and _DAY.fullmatch(value)):
        return value
    raise ValueError("is not a day, like 2024-03-01")


def clean_line(text: str) -> str:
    """One line of clean text, trimmed."""
    text = clean_text(text).strip()
    if re.search(r"[\r\n\u2028\u2029]", text):
        raise ValueError("holds a line break")
    return text


def _not_to_come(value: datetime) -> datetime:
    if value > clock.now() + CLOCKS_DIFFER:
        raise ValueError("is in the future")
    return value


def _not_after_today(value: date) -> date:
    if not date(1880, 1, 1) <= value <= clock.today():
        raise ValueError("is in the future, or more than a lifetime ago")
    return value


def _language(value: Any) -> Any:
    """People who speak neither of the portal's languages read it in English."""
    return value if value == "cy" or not isinstance(value, str) else "en"


Moment = Annotated[AwareDatetime, BeforeValidator(_written_moment), AfterValidator(_in_utc)]
Day = Annotated[date, BeforeValidator(_written_day)]
PastMoment = Annotated[Moment, AfterValidator(_not_to_come)]
BirthDay = Annotated[Day, AfterValidator(_not_after_today)]
Text = Annotated[str, StringConstraints(max_length=20_000), AfterValidator(clean_text)]
Line = Annotated[
    str, StringConstraints(max_length=500), AfterValidator(clean_line), AfterValidator(_not_blank)
]
Id = Annotated[
    str, StringConstraints(max_length=200), AfterValidator(clean_line), AfterValidator(_not_blank)
]
Email = Annotated[
    str,
    StringConstraints(
        max_length=254,
        pattern=r"^[^@\s<>,;:\"()\[\]\\]+@[^@\s<>,;:\"()\[\]\\]+\.[^@\s.<>,;:\"()\[\]\\]+$",
    ),
    AfterValidator(clean_line),
]
Precision = Literal["day", "month"]


class Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Event(Shape):
    """One record event: the envelope as CloudEvents 1.0 has it, ``data`` not yet understood."""

    specversion: Literal["1.0"]
    id: Id
    source: Id
    type: Id
    time: PastMoment
    subject: Id
    datacontenttype: Literal["application/json"] = "application/json"
    sequence: Annotated[str, StringConstraints(max_length=100), AfterValidator(clean_line)] = ""
    data: dict[str, Any]

    @property
    def stamp(self) -> str:
        """Orders news by (time, sequence, id, source), whatever order it arrives in."""
        return f"{stamp_of(self.time, self.sequence, self.id)}\x1f{self.source}"


def stamp_of(moment: datetime, sequence: str, event_id: str) -> str:
    text = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")
    return f"{text}\x1f{sequence}\x1f{event_id}"


class Officer(Shape):
    id: Id
    name: Line
    collar_number: Line | None = None
    unit: Line | None = None
    email: Email | None = None
    rest_days_until: Day | None = None


class Name(Shape):
    given: Line | None = None
    family: Line


class SafeContact(Shape):
    """Which channels, hours (local time) and words are safe; ``silent`` means never.

    Any ``words`` but "named" ask for the discreet kind of letter.
    """

    channels: list[Literal["email", "sms", "phone", "post"]] | None = None
    not_before: time | None = None
    not_after: time | None = None
    words: Line | None = None
    silent: bool = False
    review_on: Day | None = None


class PersonShape(Shape):
    id: Id
    role: Literal["victim", "parent", "representative", "business_contact"]
    name: Name
    date_of_birth: BirthDay | None = None
    postcode: Line | None = None
    email: Email | None = None
    phone: Line | None = None
    language: Annotated[Literal["en", "cy"], BeforeValidator(_language)] = "en"
    organisation: Line | None = None
    safe_contact: SafeContact | None = None
    made_up: bool = False


class Data(Shape):
    time_precision: Precision | None = None


class CrimeFields(Data):
    incident_reference: Line | None = None
    home_office_code: Line | None = None
    occurred_from: Moment | None = None
    occurred_to: Moment | None = None
    summary: Text | None = None
    flags: list[Id] = Field(default_factory=list, max_length=100)
    service_level: Literal["standard", "enhanced"] = "standard"
    officer: Officer | None = None


class Recorded(CrimeFields):
    crime_type: Id
    district: Id
    reported_at: PastMoment
    people: list[PersonShape] = Field(max_length=100)


class Amended(CrimeFields):
    crime_type: Id | None = None
    district: Id | None = None
    reported_at: PastMoment | None = None
    crime_reference: Line | None = None


class Allocated(Data):
    officer: Officer


class Progress(Data):
    stage: Id | None = None
    text: Text | None = None
    next_step: Text | None = None
    next_update_by: Day | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Progress:
        if not self.stage and not self.text:
            raise ValueError("needs `stage` or `text`")
        return self


class Suspect(Data):
    kind: Literal["bail", "under_investigation", "no_further_action"] | None = None
    text: Text | None = None
    received_at: Moment | None = None


class Released(Suspect):
    kind: Literal["bail", "under_investigation", "no_further_action"]


class Outcome(Data):
    outcome: Id
    scheme: Literal["home_office", "police_uk"] = "home_office"
    reasons: Text | None = None
    done: Text | None = None
    received_at: Moment | None = None


class Reopened(Data):
    reasons: Text | None = None


class PersonAmended(Data):
    person: PersonShape
    removed: bool = False


class MessageSent(Data):
    officer: Officer
    to: Id | None = None
    text: Annotated[
        str, StringConstraints(max_length=20_000, strip_whitespace=True),
        AfterValidator(clean_text), AfterValidator(_not_blank),
    ]
    in_reply_to: Id | None = None


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
    """The data of an event is not of its type's shape; ``pointer`` is a JSON pointer."""

    def __init__(self, reason: str, pointer: str = "") -> None:
        super().__init__(reason)
        self.reason, self.pointer = reason, pointer


def read_data(event: Event) -> Data:
    """The event's data in the shape of its type. Raises :class:`NotUnderstood`."""
    shape = TYPES.get(event.type)
    if shape is None:
        raise NotUnderstood(f"the type {event.type} is not known here", "/type")
    try:
        return shape.model_validate(event.data)
    except ValidationError as error:
        raise _explained(error, "/data") from None


def read_envelope(value: Any) -> Event:
    """A parsed CloudEvent. Raises :class:`NotUnderstood` naming the first field that is wrong.

    News from the future is refused: it would stay the newest, and hide all that really happens.
    """
    try:
        return Event.model_validate(value)
    except ValidationError as error:
        raise _explained(error, "") from None


_PLAIN = {
    "model_type": "is not an object",
    "dict_type": "is not an object",
    "list_type": "is not a list",
    "string_type": "is not text",
    "bool_type": "is neither true nor false",
    "bool_parsing": "is neither true nor false",
    "missing": "is missing",
    "string_pattern_mismatch": "is not an email address, like amina@example.com",
    "date_from_datetime_parsing": "is not a day, like 2024-03-01",
}


def _explained(error: ValidationError, base: str) -> NotUnderstood:
    first = error.errors(include_url=False, include_input=False)[0]
    pointer = base + "".join(f"/{part}" for part in first["loc"])
    message = _PLAIN.get(first["type"]) or first["msg"].removeprefix("Value error, ")
    return NotUnderstood(f"{pointer or 'the event'}: {message[:1].lower()}{message[1:]}", pointer)
