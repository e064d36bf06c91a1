"""The parts of a force's ``force.toml``, each frozen and checked by itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
)

from core.base.languages import installed
from core.force.fault import fault, one_of
from core.force.field_types import (
    Colour,
    Day,
    Email,
    Id,
    Line,
    LogoFile,
    Name,
    OnsCode,
    Phone,
    Text,
    Website,
    must_be,
)
from core.force.words import Called, Words

Status = Literal["draft", "ready", "live", "closed"]


def _installed(code: str) -> str:
    if code not in installed():
        raise fault(f"“{code}” is not known here", one_of(code, installed()))
    return code


Language = Annotated[str, AfterValidator(_installed)]


class Part(BaseModel):
    """What all parts share: frozen, and an unknown key is a fault."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class NamedPart(Part):
    """A part with ``names``, its name in the languages of the force; ``name`` alone is the English one."""

    if TYPE_CHECKING:  # each part has it where it stands in the file
        names: Called

    @property
    def name(self) -> str:
        return str(self.names)

    def name_in(self, language: str) -> str:
        """Its name in the language, or in English where there is none."""
        return self.names.in_language(language)[0]


class Brand(Part):
    """How the portal looks. ``colour`` and ``accent`` are ``#rrggbb`` and carry white text.

    ``colour`` fills the header; ``accent`` is for lines, links and buttons and is ``colour`` when
    left out. ``logo`` is a file in the force's ``static`` folder.
    """

    colour: Colour
    own_accent: Colour | None = Field(None, alias="accent")
    logo: LogoFile = "logo.svg"
    note: Text | None = None


    @property
    def accent(self) -> str:
        return self.own_accent or self.colour


class EmailSender(NamedPart):
    """Who letters come from. ``discreet_address`` says nothing of police."""

    names: Called = Field(alias="name")
    address: Email
    discreet_address: Email


def _no_dear_numbers(value: str) -> str:
    if value.startswith("+44") and not value.startswith("+447"):
        raise fault(f"“{value}” would let texts go to numbers that are no mobiles", "+447624")
    return value


Dialling = Annotated[str, must_be(
    r"\+[1-9][0-9]{0,9}", "is not the beginning of an international number", "like +353"
), AfterValidator(_no_dear_numbers)]


class Texts(Part):
    """Text messages: at most ``per_day`` (UTC) for the whole force, 0 for none.

    They go to mobiles of the United Kingdom, and to those abroad that begin with one of ``also_to``.
    """

    per_day: int = Field(500, ge=0, le=100_000)
    also_to: tuple[Dialling, ...] = ()


class Visits(Part):
    """When a visit ends by itself: minutes without a press, and hours in all. A force may only shorten
    them (OWASP ASVS 7.3.1, 7.3.2); five minutes leave time for the warning two minutes before.
    """

    people_idle: int = Field(20, ge=5, le=20)
    staff_idle: int = Field(30, ge=5, le=30)
    hours: int = Field(12, ge=1, le=12)


Days = Annotated[int, Field(ge=1, le=36_525)]


class Retention(Part):
    """For how many days the portal keeps what; the record system keeps the master copy."""

    closed_cases: Days = 365
    quiet_cases: Days = 2192
    event_bodies: Days = 90
    parked_events: Days = 365
    notices: Days = 90
    access_reasons: Days = 730
    # A year at least: the audit's own function refuses to cut off less (core/audit/chain.py).
    audit: int = Field(2557, ge=366, le=36_525)


class PatternEntry(Part):
    """One shape of crime references. Days are inclusive; for people's help, not for refusing.

    ``filled_to``: the star of the pattern stands for noughts that make it this many signs.
    """

    pattern: Line
    example: Line
    filled_to: Annotated[int, Field(strict=True, ge=4, le=40)] | None = None
    valid_from: Day | None = Field(None, alias="from")
    valid_to: Day | None = Field(None, alias="to")

    def given_out_on(self, day: date) -> bool:
        """Whether references of this shape were given out on this day; both days included."""
        return (self.valid_from or day) <= day <= (self.valid_to or day)


class References(Part):
    """The force's crime references; ``template`` makes new ones for samples and replays."""

    patterns: tuple[PatternEntry, ...] = ()
    template: Line | None = None
    help: Words | None = None


class District(NamedPart):
    """A district; ``former_districts`` are the names of those that were merged into it."""

    id: Id
    names: Called = Field(alias="name")
    former_districts: tuple[Line, ...] = ()
    ons_code: OnsCode | None = None
    valid_from: Day | None = Field(None, alias="from")
    valid_to: Day | None = Field(None, alias="to")

    def stands_on(self, day: date) -> bool:
        """Whether the district is there on this day; both days of ``from`` and ``to`` included."""
        return (self.valid_from or day) <= day <= (self.valid_to or day)


def _stricter_only(value: Any) -> Any:
    if value is not True:
        raise fault("a sensitive crime type stays sensitive: people could be put at risk",
                    "sensitive = true, or leave the key out")
    return value


def _by_id(value: Any) -> Any:
    return {"id": value} if isinstance(value, str) else value


class ChosenCrimeType(Part):
    """A crime type of the shared list, by id alone, or with the force's own name for it.

    A force may call a type sensitive that is not so in the list, never the other way round.
    """

    id: Id
    names: Called | None = Field(None, alias="name")
    sensitive: Annotated[bool, BeforeValidator(_stricter_only)] = False


class Phase(Part):
    """An opening of the portal for crimes reported from ``opens`` to ``closes`` (both included)."""

    name: Line | None = None
    opens: Day
    closes: Day | None = None
    districts: tuple[Id, ...] = Field(min_length=1)
    crime_types: tuple[Id, ...] = Field(min_length=1)


class SupportService(NamedPart):
    """Where a person is referred. No ``districts``: all; no ``crime_types``: all."""

    id: Id
    names: Called = Field(alias="name")
    phone: Phone | None = None
    website: Website | None = None
    email: Email | None = None
    hours: Words | None = None
    words: Words | None = None
    districts: tuple[Id, ...] = Field((), min_length=1)
    crime_types: tuple[Id, ...] = Field((), min_length=1)
    needs: tuple[Id, ...] = ()

    def serves(self, district: str, crime_type: str) -> bool:
        return (not self.districts or district in self.districts) and (
            not self.crime_types or crime_type in self.crime_types
        )


OWN_SOURCE = "desk"  # of what is written here; no record system's name, and no key is made for it
LARGEST_BATCH = 1000  # events of one delivery; a smaller burst would never let it in


class FeedSource(Part):
    """A record system that sends events; ``map``: its code -> id of a crime type or district.

    ``absorbed_from``: the force that this system was of before forces merged; its officers are
    known by that force's numbers. ``ids_of``: the source whose ids of people are also this one's; else a
    source's ids are its own. ``events_per_minute`` in the long run, ``burst`` more events at once
    after a quiet time, ``at_once`` deliveries being taken in: what goes beyond is told to come back.
    """

    map: Annotated[Mapping[str, Id], AfterValidator(MappingProxyType)] = Field(
        default_factory=lambda: MappingProxyType({})
    )
    absorbed_from: Id | None = None
    ids_of: Name | None = None
    note: Text | None = None
    events_per_minute: int = Field(6000, strict=True, ge=1, le=1_000_000)
    burst: int = Field(30_000, strict=True, ge=LARGEST_BATCH, le=10_000_000)
    at_once: int = Field(4, strict=True, ge=1, le=8)


class Feed(Part):
    """What comes in from record systems, by the name the force gave each sender."""

    sources: Annotated[Mapping[Name, FeedSource], AfterValidator(MappingProxyType)] = Field(
        default_factory=lambda: MappingProxyType({})
    )


class Oversight(Part):
    """Who is told of staff looking at cases that are not theirs, and how much looking is unusual.

    ``reviewer_email`` is written to where nobody reviews for a unit. A force may shorten the time
    that a reason opens a case for; nobody may lengthen it.
    """

    reviewer_email: Email | None = None
    break_glass_minutes: int = Field(60, ge=5, le=60)
    cases_in_an_hour: int = Field(40, ge=5, le=500)
    cases_in_a_day: int = Field(150, ge=5, le=2000)
    reasons_in_a_day: int = Field(3, ge=1, le=50)


CrimeTypeChoice = Annotated[ChosenCrimeType, BeforeValidator(_by_id)]
