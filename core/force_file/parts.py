"""The parts of a force's ``force.toml``, each frozen and checked by itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)

from core.email_address import NoAddress, ascii_address
from core.force_file.fault import fault

Status = Literal["draft", "ready", "live", "closed"]
Nation = Literal["England", "Wales", "Great Britain", "Northern Ireland", "Scotland"]
Language = Literal["en", "cy"]

WHITE = "#ffffff"
LEAST_CONTRAST = 4.5


def _must_be(pattern: str, wrong: str, right: str) -> AfterValidator:
    whole = re.compile(pattern, re.ASCII)

    def check(value: str) -> str:
        if not whole.fullmatch(value):
            raise fault(f"“{value}” {wrong}", right)
        return value

    return AfterValidator(check)


def _an_address(value: str) -> str:
    """In ASCII and with the domain in small letters: it stands in headers as it is."""
    try:
        written = ascii_address(value)
    except NoAddress:
        written = ""
    if written != value:
        raise fault(f"“{value}” is not an email address", "an address like no-reply@example.org")
    return value


def _one_line(value: str) -> str:
    if not value.isprintable():
        raise fault("holds a line break or a sign that cannot be seen", "one line of plain text")
    return value


def _no_number(value: Any) -> Any:
    if isinstance(value, (int, float)):
        raise fault(f"{value} is not a day", "a day like 2016-04-01")
    return value


def _readable(value: str) -> str:
    if contrast(value, WHITE) < LEAST_CONTRAST:
        raise fault(
            f"white text on {value} cannot be read well: contrast {contrast(value, WHITE):.1f}",
            f"a darker colour, contrast {LEAST_CONTRAST} or more, like {darker(value)}",
        )
    return value


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
Line = Annotated[Text, AfterValidator(_one_line)]
Id = Annotated[str, _must_be(
    r"[a-z][a-z0-9]*(-[a-z0-9]+)*", "is not an id",
    "small letters, digits and single dashes, like st-albans")]
Name = Annotated[str, _must_be(
    r"[a-z][a-z0-9_]*", "is not a name of a plugin or source",
    "small letters, digits and underscores, like record_feed")]
Colour = Annotated[str, _must_be(
    r"#[0-9a-fA-F]{6}", "is not a colour", 'a "#" and six digits, like "#204a5e"',
), AfterValidator(_readable)]
Website = Annotated[str, _must_be(
    r"https?://[a-z0-9-]+(\.[a-z0-9-]+)+(/[^\s<>\"]*)?", "is not a web address",
    "a whole address, like https://www.example.org")]
Host = Annotated[str, _must_be(
    r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+", "is not a host name",
    "the name alone, in small letters, like track.example.org")]
Phone = Annotated[str, _must_be(
    r"\+?[0-9][0-9 ()]{1,18}[0-9]", "is not a telephone number",
    "digits and spaces, like 0808 123 4567")]
Email = Annotated[str, AfterValidator(_an_address)]
LogoFile = Annotated[str, _must_be(
    r"[A-Za-z0-9_-]+\.svg", "is not a logo file",
    "the name of an .svg file in the force's static folder")]
OnsCode = Annotated[str, _must_be(r"[EWNSK]\d{8}", "is not an ONS code", "like E07000103")]
Day = Annotated[date, BeforeValidator(_no_number)]


def contrast(one: str, other: str) -> float:
    """WCAG 2 contrast ratio of two colours ``#rrggbb``, from 1 to 21."""
    lighter, dimmer = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (dimmer + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at:at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def darker(colour: str) -> str:
    """The nearest darker shade of *colour* that carries white text."""
    parts = [int(colour[at:at + 2], 16) for at in (1, 3, 5)]
    for step in range(100, -1, -1):
        shade = "#" + "".join(f"{part * step // 100:02x}" for part in parts)
        if contrast(shade, WHITE) >= LEAST_CONTRAST:
            return shade
    return "#000000"


class Part(BaseModel):
    """What all parts share: frozen, and an unknown key is a fault."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Words(Part):
    """A text of the force in the languages it is written in."""

    en: Text
    cy: Text | None = None

    def in_language(self, language: str) -> tuple[str, str]:
        """The text and the language it is really in (``en`` when there is no other)."""
        return (self.cy, "cy") if language == "cy" and self.cy else (self.en, "en")


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


class EmailSender(Part):
    """Who letters come from. ``discreet_address`` says nothing of police."""

    name: Line
    address: Email
    discreet_address: Email


def _no_dear_numbers(value: str) -> str:
    if value.startswith("+44") and not value.startswith("+447"):
        raise fault(f"“{value}” would let texts go to numbers that are no mobiles", "+447624")
    return value


Dialling = Annotated[str, _must_be(
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


class District(Part):
    """A district; ``former_districts`` are the names of those that were merged into it."""

    id: Id
    name: Line
    name_cy: Line | None = None
    former_districts: tuple[Line, ...] = ()
    ons_code: OnsCode | None = None
    valid_from: Day | None = Field(None, alias="from")
    valid_to: Day | None = Field(None, alias="to")

    def stands_on(self, day: date) -> bool:
        """Whether the district is there on this day; both days of ``from`` and ``to`` included."""
        return (self.valid_from or day) <= day <= (self.valid_to or day)

    def name_in(self, language: str) -> str:
        return self.name_cy if language == "cy" and self.name_cy else self.name


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
    name: Line | None = None
    name_cy: Line | None = None
    sensitive: Annotated[bool, BeforeValidator(_stricter_only)] = False


class Phase(Part):
    """An opening of the portal for crimes reported from ``opens`` to ``closes`` (both included)."""

    name: Line | None = None
    opens: Day
    closes: Day | None = None
    districts: tuple[Id, ...] = Field(min_length=1)
    crime_types: tuple[Id, ...] = Field(min_length=1)


class SupportService(Part):
    """Where a person is referred. No ``districts``: all; no ``crime_types``: all."""

    id: Id
    name: Line
    name_cy: Line | None = None
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

    def name_in(self, language: str) -> str:
        return self.name_cy if language == "cy" and self.name_cy else self.name


LARGEST_BATCH = 1000  # events of one delivery; a smaller burst would never let it in


class FeedSource(Part):
    """A record system that sends events; ``map``: its code -> id of a crime type or district.

    ``absorbed_from``: the force that this system was of before forces merged; its officers are
    known by that force's numbers. ``events_per_minute`` in the long run, ``burst`` more events at once
    after a quiet time, ``at_once`` deliveries being taken in: what goes beyond is told to come back.
    """

    map: Annotated[Mapping[str, Id], AfterValidator(MappingProxyType)] = Field(
        default_factory=lambda: MappingProxyType({})
    )
    absorbed_from: Id | None = None
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
