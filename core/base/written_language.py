"""In which language somebody wrote: a guess by frequent words, for screen readers (decision 36).

The words of each language stand in its folder, ``translations/…/frequent_words.txt``; one without is never
guessed. What is in none, in several, or too short to tell, is of no language that we know: a voice of the
wrong language makes a text unintelligible, so none is claimed.
"""

from __future__ import annotations

import string

from core.base.languages import frequent_words, installed

# A page has thirty texts. What str does by itself takes a seventh of the time that a pattern takes.
APART = str.maketrans(
    dict.fromkeys(string.punctuation.replace("'", "") + string.digits + "“”«»…–—·£", " ")
    | {"’": "'", "‘": " "})
MOST_SIGNS, MOST_WORDS = 1000, 60  # of a long text the beginning tells enough
SHORT = 4  # of so few words one frequent one tells; of more, two at least
OF_ALL = 6  # one word in so many is frequent, else the text is in another language
CLEAR_IN = 20  # words, of which more than SHORT are frequent ones of one language and none of the other
CLEARLY = 3  # words of the one language for each of the other

_LISTED = {code: frequent_words(code) for code in installed()}
FREQUENT = {
    code: frozenset(word.rstrip("*") for word in listed) for code, listed in _LISTED.items() if listed
}
# Each language with its words and those of all others.
LANGUAGES = tuple(
    (code, own, frozenset[str]().union(*(words for other, words in FREQUENT.items() if other != code)))
    for code, own in FREQUENT.items()
)
# Of these the words that are frequent in other languages of people here too: they count, but tell nothing by
# themselves.
ELSEWHERE = frozenset(word[:-1] for listed in _LISTED.values() for word in listed if word.endswith("*"))
MANY = 4  # of these, when they are more than half of the words, tell all the same


def written_in(text: str) -> str | None:
    """The code of its language; None where it is none of the portal's, or cannot be told."""
    begins = text[:MOST_SIGNS].casefold()
    return _clear_at_once(begins.split(None, CLEAR_IN)[:CLEAR_IN]) or _by_frequent_words(
        begins.translate(APART).split()[:MOST_WORDS])


def _clear_at_once(words: list[str]) -> str | None:
    """Most texts tell also when the words beside a comma or a full stop are not looked at."""
    for code, frequent, others in LANGUAGES:
        found = frequent.intersection(words)
        if len(found) > SHORT and others.isdisjoint(words) and not ELSEWHERE.issuperset(found):
            return code
    return None


def _by_frequent_words(words: list[str]) -> str | None:
    found_of = {code: [word for word in words if word in own] for code, own in FREQUENT.items()}
    code = max(found_of, key=lambda one: len(found_of[one]))  # of as many the first
    known = found_of.pop(code)
    others = max(map(len, found_of.values()), default=0)
    if not known or OF_ALL * len(known) < len(words) or len(known) < CLEARLY * others:
        return None
    found = set(known)
    enough = len(found) >= (1 if len(set(words)) <= SHORT else 2)
    by_itself = not found <= ELSEWHERE or (len(found) >= MANY and 2 * len(known) > len(words))
    return code if enough and by_itself else None
