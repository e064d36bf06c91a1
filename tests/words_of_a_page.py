"""Which of our sentences a page shows, and in which language."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po
from playwright.sync_api import Page

CATALOGUE = Path(__file__).resolve().parents[1] / "translations/cy/LC_MESSAGES/messages.po"
SHORTEST = 12  # a shorter piece of a sentence may stand inside a Welsh one by chance
# All that is not marked as English, without what people and letters say in a language of their own.
READ = """() => {
  const copy = document.body.cloneNode(true);
  copy.querySelectorAll("[lang=en], .tmc-message__text, .tmc-excerpts__text, article, script")
    .forEach(one => one.remove());
  return copy.textContent;
}"""


def read_aloud(page: Page) -> str:
    """The page's words, as white space matters to no reader."""
    return " ".join(page.locator("body").inner_text().split())


def english_sentences(page: Page) -> list[str]:
    """Sentences of the catalogue that stand on this page in English."""
    shown = " ".join(str(page.evaluate(READ)).split())
    return [sentence for sentence in _sentences() if sentence in shown]


@cache
def _sentences() -> tuple[str, ...]:
    """The longest fixed piece of each English sentence whose Welsh is different."""
    with CATALOGUE.open("rb") as file:
        messages = [message for message in read_po(file, locale="cy") if message.id]
    one_each = [m.id if isinstance(m.id, str) else m.id[-1] for m in messages if m.id != m.string]
    pieces = {
        max(re.split(r"%\(\w+\)[sd]", " ".join(english.split())), key=len).strip()
        for english in one_each
    }
    return tuple(sorted(piece for piece in pieces if len(piece) >= SHORTEST and " " in piece))
