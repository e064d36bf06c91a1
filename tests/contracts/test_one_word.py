"""One word stands for one thing: the table for authors, held against each sentence that people read."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from tests.contracts.test_welsh import softened

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs/writing-a-plugin.md"
CATALOGUE = ROOT / "translations/cy/LC_MESSAGES/messages.po"
# Names and terms that hold one of the words, and may.
TERMS = re.compile(r"TrackMyCrime|crime (?:reference|report|record)s?", re.IGNORECASE)


def rows() -> list[list[str]]:
    """The table's rows: the thing, the words for it and the words not to be used, in both languages."""
    chapter = DOCUMENT.read_text("utf-8").split("\n## One word for one thing\n")[1].split("\n## ")[0]
    table = [line.strip("| ").split("|") for line in chapter.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in table[2:]]


def pairs() -> Iterator[tuple[str, str, str]]:
    """The language, a word that is not used, and what is used in its place."""
    for _, english, not_english, welsh, not_welsh in rows():
        for language, used, unused in (("en", english, not_english), ("cy", welsh, not_welsh)):
            yield from ((language, word.strip(), used) for word in unused.split(",") if word.strip("– "))


PAIRS = [*pairs()]


def every_sentence(language: str) -> Iterator[str]:
    """Of the catalogue, and what forces write in their files."""
    with CATALOGUE.open("rb") as file:
        for message in read_po(file, locale="cy"):
            said = message.id if language == "en" else message.string
            yield from [said] if isinstance(said, str) else said
    for path in sorted((ROOT / "forces").glob("*/force.toml")):
        yield from texts(tomllib.loads(path.read_text("utf-8")), language)


def texts(part: object, language: str) -> Iterator[str]:
    if isinstance(part, dict):
        for name, value in part.items():
            if name == language and isinstance(value, str):
                yield value
            yield from texts(value, language)
    elif isinstance(part, list):
        for value in part:
            yield from texts(value, language)


def says(sentence: str, word: str, language: str) -> bool:
    """Whether *sentence* has *word* or begins a word with it; in Welsh also softened."""
    plain = TERMS.sub("", sentence.replace("’", "'"))
    forms = {word, softened(word)} if language == "cy" else {word}
    return any(re.search(rf"\b{re.escape(form)}", plain, re.IGNORECASE) for form in forms)


@pytest.mark.parametrize(("language", "word", "used"), PAIRS)
def test_people_read_one_word_for_one_thing(language: str, word: str, used: str) -> None:
    said = [*every_sentence(language)]
    assert len(said) > 1300
    assert [sentence for sentence in said if says(sentence, word, language)] == [], f"use {used}"


@pytest.mark.parametrize(("language", "word", "used"), PAIRS)
def test_another_word_is_noticed_wherever_it_stands_and_the_right_one_is_not(
    language: str, word: str, used: str
) -> None:
    for sentence in (f"{word.capitalize()} 1.", f"1, {word}s"):
        assert says(sentence, word, language)
    assert not says(used, word, language)


def test_names_that_hold_one_of_the_words_may_stand() -> None:
    assert says("Track your crime here", "track", "en")
    assert not says("TrackMyCrime asks for your crime reference", "track", "en")
    assert not says("TrackMyCrime asks for your crime reference", "your crime", "en")
