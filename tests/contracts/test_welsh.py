"""The Welsh of the pages keeps the rules that a machine can look at. A reader of Welsh looks at the rest."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages import Message
from babel.messages.pofile import read_po

CATALOGUE = Path(__file__).parents[2] / "translations/cy/LC_MESSAGES/messages.po"
with CATALOGUE.open("rb") as file:
    MESSAGES = [message for message in read_po(file, locale="cy") if message.id]
PLURALS = [message for message in MESSAGES if not isinstance(message.string, str)]
OF_TWO = 2  # the place of that form, after Plural-Forms
AFTER_TWO = (("ll", "l"), ("rh", "r"), ("p", "b"), ("t", "d"), ("c", "g"), ("b", "f"), ("d", "dd"),
             ("g", ""), ("m", "f"))
NEVER = {
    "chi oedd yno": "says that somebody was at a place, not who they are",
    "chi sydd yno": "says that somebody is at a place, not who they are",
    "o'ch eiddo": "says whose property it is",
    "Gofyn am drosedd": "asks for a crime",
    "ac yn mynd i unman": "goes nowhere without its “not”",
    "neu gwrddwch": "a command is not mutated after “neu”",
    "dal ar unwaith": "holds something in the hand",
}


def softened(word: str) -> str:
    """As it is after “dau” and “dwy”."""
    for plain, soft in AFTER_TWO:
        if word.startswith(plain) and not word.startswith(("ch", "dd", "ff", "ng", "ph", "th")):
            return soft + word.removeprefix(plain)
    return word


def counted(form: str) -> str | None:
    """The word that a number stands before."""
    found = re.search(r"%\(num\)d (\w+)", form)
    return found and found[1]


def test_a_word_softens_as_the_grammar_says() -> None:
    words = {"munud": "funud", "dyfais": "ddyfais", "cod": "god", "neges": "neges", "achos": "achos",
             "llythyr": "lythyr", "rhif": "rif", "chwaer": "chwaer", "tudalen": "dudalen"}
    assert {word: softened(word) for word in words} == words


@pytest.mark.parametrize("message", PLURALS, ids=lambda message: message.id[0][:40])
def test_what_is_two_is_softened(message: Message) -> None:
    plain, of_two = counted(message.string[0]), counted(message.string[OF_TWO])
    assert plain is None or of_two is None or of_two == softened(plain)


@pytest.mark.parametrize("words", NEVER)
def test_no_sentence_says_another_thing_than_it_means(words: str) -> None:
    forms = [form for message in MESSAGES for form in (
        [message.string] if isinstance(message.string, str) else message.string)]
    assert len(forms) > 1000
    assert [form for form in forms if words in form] == [], NEVER[words]
