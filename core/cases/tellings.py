"""How a nation's own words for a case are looked up; what it has no words for is told in general ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from flask_babel import LazyString

from core.cases import general_news, general_words
from core.force.vocabulary.outcomes import OutcomeCode
from core.hookspecs import EntryCodes, Telling

__all__ = ["SchemeCode", "Source", "Telling", "Tellings"]


class Source(NamedTuple):
    """A public page in which a fact was read: its title, and its address beginning with https or http."""

    title: str
    address: str


@dataclass(frozen=True, slots=True)
class SchemeCode(OutcomeCode):
    """One way in which a case goes on or ends, in the terms of a nation, and what people are told of it.

    Without ``sources`` nobody has confirmed that it is used, or that its words are right: it is known, so
    that news of it is taken in, but told in general words only.
    """

    telling: Telling
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Tellings:
    """A nation's words: of stages (as news, and where things stand now), other entries, releases and codes.

    Keys are those of :data:`core.force.vocabulary.STAGES`, of the record feed's kinds, and of the
    schemes' codes; the first scheme is meant where an entry names none. ``decided`` and
    ``released_somehow`` are told of an outcome and a release of which nothing more is known.
    """

    stages: Mapping[str, Telling] = field(default_factory=dict)
    now: Mapping[str, tuple[LazyString, LazyString]] = field(default_factory=dict)
    entries: Mapping[str, Telling] = field(default_factory=dict)
    released: Mapping[str, Telling] = field(default_factory=dict)
    schemes: Mapping[str, Mapping[str, SchemeCode]] = field(default_factory=dict)
    court_results: Mapping[str, Telling] = field(default_factory=dict)
    decided: Telling = general_words.DECISION_RECORDED
    released_somehow: Telling = general_words.RELEASED_SOMEHOW

    def of(self, entry: EntryCodes) -> Telling:
        """The answer of a plugin to ``tell_entry``: what such an entry is told as."""
        if entry.kind == "standing":
            return Telling(*self.stage_now(entry.stage))
        return self.tell(
            entry.kind, stage=entry.stage, outcome=entry.outcome,
            scheme=entry.scheme or next(iter(self.schemes), None), release_kind=entry.release_kind)

    def tell(
        self, kind: str, *, stage: str | None = None, outcome: str | None = None,
        scheme: str | None = None, release_kind: str | None = None,
    ) -> Telling:
        """What to tell people about an entry of *kind*: never an error, never what is not confirmed.

        ``progress`` is told by *stage*, ``outcome`` by *outcome* in its *scheme*, ``released`` by
        *release_kind*, ``court_result`` by *outcome* in its *scheme* or of those that every nation has,
        ``property`` by *outcome* (where its things stand), a ``contact`` by *release_kind* (its way) and
        *outcome*.
        """
        if kind == "progress":
            general = general_words.STAGES.get(stage, general_words.GENERAL) if stage else general_words.NEWS
            return self.stages.get(stage or "", general)
        if kind == "outcome":
            code = self.schemes.get(scheme or "", {}).get(outcome or "")
            return code.telling if code and code.sources else self.decided
        if kind == "released":
            somehow = general_words.RELEASED.get(release_kind or "", self.released_somehow)
            return self.released.get(release_kind or "", somehow)
        if kind == "court_result":
            return self._court_result(scheme, outcome)
        if kind == "property" and outcome:
            return general_news.PROPERTIES.get(outcome, general_news.PROPERTY)
        if kind == "contact":
            return general_news.CONTACTS[release_kind or "phone"][outcome == general_news.TRIED]
        if kind in general_news.ENTRIES:
            return self.entries.get(kind, general_news.ENTRIES[kind])
        return self.entries.get(kind, general_words.ENTRIES.get(kind, general_words.GENERAL))

    def _court_result(self, scheme: str | None, outcome: str | None) -> Telling:
        code = self.schemes.get(scheme or "", {}).get(outcome or "")
        if code and code.sources:
            return code.telling
        unknown = self.entries.get("court_result", general_news.COURT_RESULT)
        return self.court_results.get(outcome or "", general_news.COURT_RESULTS.get(outcome or "", unknown))

    def stage_now(self, stage: str | None) -> tuple[LazyString, LazyString]:
        """Where things stand now: a heading and an explanation for the top of the case."""
        return self.now.get(stage or "", general_words.NOW.get(stage or "", general_words.NOW_SOMEWHERE))
