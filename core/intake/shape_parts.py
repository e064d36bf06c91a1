"""What the shapes of record events are made of: people, officers, things; and what is wrong with a value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, PrivateAttr, ValidationInfo, create_model

from core.base.field_marks import CONTACT, DETAIL, SAFETY, Detail
from core.base.field_values import (
    Phone,
    Postcode,
    Precision,
    WrittenEmail,
    read_exact,
    read_language,
)
from core.base.fields import BirthDay, Day, Id, Line, Shape, key
from core.base.languages import SOURCE_LANGUAGE
from core.cases.safe_contact import SafeContact
from core.cases.things import STATUSES
from core.force.vocabulary import NationCodes


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


class NotUnderstood(Exception):
    """The data of an event is not of its type's shape.

    ``reason`` names the place and the kind of fault, never what stood there; ``pointer`` is a JSON
    pointer for the sender; ``why`` the reason without the place.
    """

    def __init__(self, reason: str, pointer: str = "", why: str = "") -> None:
        super().__init__(reason)
        self.reason, self.pointer, self.why = reason, pointer, why or reason


ROLES = ("victim", "parent", "representative", "helper", "business_contact")
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


class CoverShape(Shape):
    """Who answers in an officer's place: from a day to a day, both included; None: no end is known."""

    officer: Officer
    until: Day | None = None


if TYPE_CHECKING:
    Cover = CoverShape
else:  # with a field that is called as a word of Python is
    Cover = create_model("Cover", __base__=CoverShape, **{"from": (Day | None, None)})


class Item(Known):
    """A thing that was taken, or that the police have; None: what was known of it stays."""

    description: Annotated[Line | None, DETAIL] = None
    identifiers: Annotated[Line | None, DETAIL] = None
    status: Annotated[
        Literal["stolen", "damaged", "recovered", "held", "ready_to_collect", "returned"], key(*STATUSES)
    ] | None = None


def _newest_of_each(items: list[Item]) -> list[Item]:
    """Something that is listed twice is one thing; the later words say how it stands."""
    return list({item.id: item for item in items}.values())


EACH_ONCE = AfterValidator(_newest_of_each)


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
        Literal["victim", "parent", "representative", "helper", "business_contact"], key(*ROLES), SAFETY
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


def codes_of(info: ValidationInfo) -> NationCodes:
    """The codes of the force that is reading: what :func:`core.intake.reading.read_data` was given."""
    return info.context if isinstance(info.context, NationCodes) else NationCodes()
