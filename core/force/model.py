"""One police force as its ``force.toml`` says: frozen, checked, shared by all threads."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from functools import cached_property
from types import MappingProxyType
from typing import Annotated, Any

from flask_babel.speaklater import LazyString
from pydantic import AfterValidator, Field

from core.base.i18n import language
from core.force.field_types import Email, Host, Id, Line, Name, Phone, Text, Website
from core.force.parts import (
    Brand,
    ChosenCrimeType,
    CrimeTypeChoice,
    District,
    EmailSender,
    Feed,
    FeedSource,
    Language,
    NamedPart,
    Oversight,
    Part,
    Phase,
    References,
    Retention,
    Status,
    SupportService,
    Texts,
    Visits,
)
from core.force.reference import (
    ReferencePattern,
    ReferenceTemplate,
    compile_pattern,
    short_form,
)
from core.force.reference_reading import ReferenceReader, TemplateReader
from core.force.vocabulary import CRIME_TYPES, CrimeType, Nation
from core.force.words import Called, Words


def _frozen(tables: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Mapping[str, Any]]:
    return MappingProxyType({name: MappingProxyType(table) for name, table in tables.items()})


MappingOfTables = Annotated[Mapping[Name, Mapping[str, Any]], AfterValidator(_frozen)]


class NoReference(ValueError):
    """The force's file does not say how such a reference is written; what to write there."""


class Accessibility(Part):
    """Who answers when the website does not work for somebody, and within how many days."""

    email: Email | None = None
    answer_days: int | None = Field(None, ge=1, le=60)


class Force(NamedPart):
    """One police force. Made by :func:`read_force`; never changed afterwards.

    Texts for people are :class:`Words`: in English, and in the other languages that the force wrote them in.
    Ids are those of ``force.toml``. Days are days in the United Kingdom.
    """

    id: Id
    names: Called = Field(alias="name")
    short_name: Line
    status: Status
    nation: Nation
    languages: tuple[Language, ...] = Field(min_length=1)
    hosts: tuple[Host, ...] = ()
    website: Website | None = None
    non_emergency: Phone
    ons_code: str | None = None
    governed_by: Line | None = None
    successor: Id | None = None
    absorbed: tuple[Id, ...] = ()
    notes: Text | None = None
    to_confirm: tuple[Text, ...] = ()

    brand: Brand
    email_sender: EmailSender
    texts: Texts = Field(default_factory=Texts)
    visits: Visits = Field(default_factory=Visits)
    references: References = Field(default_factory=References)
    districts: tuple[District, ...] = ()
    chosen_crime_types: tuple[CrimeTypeChoice, ...] = Field((), alias="crime_types")
    support: tuple[SupportService, ...] = ()
    feed: Feed = Field(default_factory=Feed)
    accessibility: Accessibility = Field(default_factory=Accessibility)
    oversight: Oversight = Field(default_factory=lambda: Oversight())
    retention: Retention = Field(default_factory=Retention)
    unit_mailboxes: Annotated[Mapping[Line, Email], AfterValidator(MappingProxyType)] = Field(
        default_factory=lambda: MappingProxyType({}))
    plugin_settings: MappingOfTables = Field(
        default_factory=lambda: MappingProxyType({}), alias="plugins"
    )
    phases: tuple[Phase, ...] = ()

    def __hash__(self) -> int:
        return hash(self.id)

    # --- what it is made of -------------------------------------------------------------------

    @cached_property
    def plugins(self) -> tuple[str, ...]:
        """Names of the enabled plugins, in the order of the file."""
        return tuple(self.plugin_settings)

    @property
    def feed_sources(self) -> Mapping[str, FeedSource]:
        """The senders of record events, by the name that stands in their address."""
        return self.feed.sources

    def ids_of(self, source: str) -> str:
        """The source by whose ids of people *source* names them: itself, unless the force says otherwise."""
        known = self.feed_sources.get(source)
        return known.ids_of if known and known.ids_of else source

    @cached_property
    def crime_types(self) -> tuple[CrimeType, ...]:
        """The crime types this force knows, in the order of the file, under its own names."""
        return tuple(map(_own_crime_type, self.chosen_crime_types))

    def crime_type(self, crime_type_id: str) -> CrimeType | None:
        """The crime type of this id, None if the force has none. ``str(name)`` is translated."""
        return self._crime_types.get(crime_type_id)

    def district(self, district_id: str) -> District | None:
        """The district of this id, None if the force has none."""
        return self._districts.get(district_id)

    def district_named(self, name: str) -> District | None:
        """The district of this name in any language, or former name, however it is capitalised."""
        return self._districts_by_name.get(name.strip().casefold())

    def district_of_lsoa(self, lsoa_name: str) -> str | None:
        """Id of the district that a Lower Layer Super Output Area lies in; None: not this force.

        ``lsoa_name`` as the Office for National Statistics writes it: "Watford 003B".
        """
        found = self.district_named(lsoa_name.strip().rpartition(" ")[0])
        return found.id if found else None

    def support_for(
        self, district: str, crime_type: str, needs: Collection[str] = ()
    ) -> tuple[SupportService, ...]:
        """Support services for a case, in the order of the file; those for a need come first."""
        serving = [service for service in self.support if service.serves(district, crime_type)]
        return tuple(sorted(serving, key=lambda service: not set(service.needs) & set(needs)))

    # --- references ---------------------------------------------------------------------------

    def normalise_reference(self, text: str) -> str:
        """A crime reference as it is stored: "41/12345/16", "41 12345 16", "41/0012345/2016" are the same.

        So are 24000123456 and 24*123456 of a force that writes it short. What its patterns tell apart is two.
        """
        return self._reader.stored_key(text)

    def reference_meaning(self, text: str) -> str:
        """One key for every way in which people write a reference of this force.

        Noughts before the number, all figures of the year, and letters that look like the figures that
        stand there make no difference: "41/0012345/2016" and "41/l2345/16" mean 411234516. Two shapes of
        this force may mean the same; :meth:`normalise_reference` keeps them apart.
        """
        return self._reader.meaning(text)

    def reference_keys(self, text: str) -> frozenset[str]:
        """The stored keys of records that may mean *text*; look at each with :meth:`reference_meaning`."""
        return self._reader.keys(text)

    def looks_like_reference(self, text: str) -> bool:
        """Whether *text* has the shape of a reference here; to catch slips, never to refuse.

        A force whose shape is not known takes anything of 4 to 20 signs with a digit in it.
        """
        return self._reader.is_shaped(text)

    def reference_examples(self, day: date) -> tuple[str, ...]:
        """An example of each shape that was given out on this day; of all shapes if none was."""
        shapes = self.references.patterns
        given_out = [one for one in shapes if one.given_out_on(day)]
        return tuple(one.example for one in given_out or shapes)

    def make_reference(self, number: int, year: int) -> str:
        """A reference of this force's own shape. Raises :class:`NoReference`."""
        if self._template is None:
            raise NoReference(f"{self.id}: its force.toml has no references.template; write one there, like "
                              'template = "41/{number}/{yy}"')
        made = self._template.fill(number, year)
        if self._patterns and not any(p.printed.fullmatch(made) for p in self._patterns):
            raise NoReference(f"{self.id}: {made} fits none of references.patterns in its force.toml: the "
                              "number is too large for them; write a pattern there that takes it")
        return made

    def sample_reference(self, number: int, year: int) -> str:
        """A reference for a sample case: of the force's own shape and far from real ones, if it has one."""
        for first in (900_001, 90_001, 9_001, 901, 1):
            try:
                return self.make_reference(first + number, year)
            except NoReference:
                continue
        return f"EX-{number + 1:03}"

    # --- phases -------------------------------------------------------------------------------

    def openings(self, district: str, crime_type: str) -> tuple[tuple[date, date], ...]:
        """First and last day of each phase for this district and crime type, earliest first."""
        return self._openings.get((district, crime_type), ())

    @cached_property
    def opened_districts(self) -> frozenset[str]:
        """Ids of the districts that any phase names."""
        return frozenset(district for district, _ in self._openings)

    # --- look-ups, made once ------------------------------------------------------------------

    @cached_property
    def _crime_types(self) -> dict[str, CrimeType]:
        return {crime_type.id: crime_type for crime_type in self.crime_types}

    @cached_property
    def _districts(self) -> dict[str, District]:
        return {district.id: district for district in self.districts}

    @cached_property
    def _districts_by_name(self) -> dict[str, District]:
        former = {name.casefold(): d for d in self.districts for name in d.former_districts}
        others = {name.casefold(): d for d in self.districts for name in d.names.by_language.values()}
        return {**former, **others, **{d.name.casefold(): d for d in self.districts}}

    @cached_property
    def _patterns(self) -> tuple[ReferencePattern, ...]:
        return tuple(compile_pattern(entry.pattern) for entry in self.references.patterns)

    @cached_property
    def _reader(self) -> ReferenceReader:
        short = tuple(short_form(one.pattern, one.filled_to)
                      for one in self.references.patterns if one.filled_to)
        template = TemplateReader(self._template) if self._template else None
        return ReferenceReader(self._patterns, short, template)

    @cached_property
    def _template(self) -> ReferenceTemplate | None:
        return ReferenceTemplate(self.references.template) if self.references.template else None

    @cached_property
    def _openings(self) -> dict[tuple[str, str], tuple[tuple[date, date], ...]]:
        found: dict[tuple[str, str], list[tuple[date, date]]] = {}
        for phase in self.phases:
            for district in phase.districts:
                for crime_type in phase.crime_types:
                    days = (phase.opens, phase.closes or date.max)
                    found.setdefault((district, crime_type), []).append(days)
        return {place: tuple(sorted(days)) for place, days in found.items()}


def _own_crime_type(chosen: ChosenCrimeType) -> CrimeType:
    shared = CRIME_TYPES[chosen.id]
    name = LazyString(_own_name, chosen.names) if chosen.names else shared.name
    return replace(shared, name=name, sensitive=shared.sensitive or chosen.sensitive)


def _own_name(names: Words) -> str:
    return names.in_language(language())[0]


