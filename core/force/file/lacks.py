"""What a draft lacks before it can go live, each with its place in ``force.toml``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from core.base.languages import english_name
from core.force.file.report import key_of
from core.force.file.toml_lines import Place

if TYPE_CHECKING:
    from core.force.model import Force
    from core.force.words import Words

RESERVED = (".example", ".test", ".invalid", ".localhost", "example.com", "example.org",
            "example.net")


def lacking(force: Force) -> list[tuple[Place, str]]:
    """Place and sentence for each fact that a live force must have and this one has not."""
    found: list[tuple[Place, str]] = [(place, sentence) for place, value, sentence in (
        (("website",), force.website, "the force's own website is missing"),
        (("references", "patterns"), force.references.patterns,
         "no shape of crime reference is given"),
        (("references", "help"), force.references.help,
         "nothing says where to find one's reference"),
        (("districts",), force.districts, "no districts are listed"),
        (("crime_types",), force.chosen_crime_types, "no crime types are chosen"),
        (("phases",), force.phases, "no phase opens the portal"),
        (("support",), force.support, "no support service is listed"),
        (("feed", "sources"), force.feed_sources, "no record system sends news"),
        (("plugins",), force.plugins, "no plugin is enabled"),
        (("oversight", "reviewer_email"), force.oversight.reviewer_email,
         "nobody is named who hears of staff opening a case that is not theirs, "
         "where no supervisor or force admin does"),
    ) if not value]
    found += _without_support(force)
    found += _untranslated(force)
    found += [(("to_confirm", number), said) for number, said in enumerate(force.to_confirm)]
    for key, called in (("address", "address"), ("discreet_address", "discreet address")):
        if getattr(force.email_sender, key).endswith(RESERVED):
            found.append((("email_sender", key), f"the {called} of letters is a made-up one"))
    return found


def missing_to_go_live(force: Force) -> list[str]:
    """What a draft still lacks, one sentence each; empty if nothing."""
    return [f"{key_of(place)}: {said}" for place, said in lacking(force)]


def _without_support(force: Force) -> Iterator[tuple[Place, str]]:
    for district in force.districts if force.support else ():
        alone = [kind.id for kind in force.crime_types
                 if not any(s.serves(district.id, kind.id) for s in force.support)]
        if alone:
            yield ("support",), f"no support service in {district.name} for: {', '.join(alone)}"


def _untranslated(force: Force) -> Iterator[tuple[Place, str]]:
    for place, text in _texts(force):
        for code in text.lacks(force.languages) if text else ():
            yield (*place, code), f"the {english_name(code)} is missing for “{text}”"


def _texts(force: Force) -> Iterator[tuple[Place, Words | None]]:
    """Every text of the force that people read, with its place in the file; not the names of support
    services, most of which have one name in all languages.
    """
    yield ("name",), force.names
    yield ("email_sender", "name"), force.email_sender.names
    for number, district in enumerate(force.districts):
        yield ("districts", number, "name"), district.names
    for number, chosen in enumerate(force.chosen_crime_types):
        yield ("crime_types", number, "name"), chosen.names
    yield ("references", "help"), force.references.help
    for number, service in enumerate(force.support):
        yield ("support", number, "hours"), service.hours
        yield ("support", number, "words"), service.words
