"""What a draft lacks before it can go live, each with its place in ``force.toml``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from core.force_file.toml_lines import Place
from core.narrative import TOLD_FOR

if TYPE_CHECKING:
    from core.force import Force
    from core.force_file.parts import Words

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
    if "cy" in force.languages:
        found += _without_welsh(force)
    elif force.nation == "Wales":
        found.append((("languages",), "a force in Wales has its own texts in Welsh too"))
    if force.nation not in TOLD_FOR:
        found.append((("nation",), "the portal's words about stages, outcomes and rights are those of "
                      f"England and Wales; it has none yet for the law of {force.nation}"))
    found += [(("to_confirm", number), said) for number, said in enumerate(force.to_confirm)]
    for key, called in (("address", "address"), ("discreet_address", "discreet address")):
        if getattr(force.email_sender, key).endswith(RESERVED):
            found.append((("email_sender", key), f"the {called} of letters is a made-up one"))
    return found


def _without_support(force: Force) -> Iterator[tuple[Place, str]]:
    for district in force.districts if force.support else ():
        alone = [kind.id for kind in force.crime_types
                 if not any(s.serves(district.id, kind.id) for s in force.support)]
        if alone:
            yield ("support",), f"no support service in {district.name} for: {', '.join(alone)}"


def _without_welsh(force: Force) -> Iterator[tuple[Place, str]]:
    for place, english, welsh in _names(force):
        if english and not welsh:
            yield (*place, "name_cy"), _no_welsh(english)
    for place, text in _texts(force):
        if text and not text.cy:
            yield (*place, "cy"), _no_welsh(text.en)


def _no_welsh(english: str) -> str:
    return f"the Welsh is missing for “{english}”"


def _names(force: Force) -> Iterator[tuple[Place, str | None, str | None]]:
    yield (), force.name, force.name_cy
    for number, district in enumerate(force.districts):
        yield ("districts", number), district.name, district.name_cy
    for number, chosen in enumerate(force.chosen_crime_types):
        yield ("crime_types", number), chosen.name, chosen.name_cy


def _texts(force: Force) -> Iterator[tuple[Place, Words | None]]:
    yield ("references", "help"), force.references.help
    for number, service in enumerate(force.support):
        yield ("support", number, "hours"), service.hours
        yield ("support", number, "words"), service.words
