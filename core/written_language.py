"""In which language somebody wrote: a guess by frequent words, for screen readers (decision 36).

English and Welsh only. What is in neither, in both, or too short to tell, is of no language that we know:
a voice of the wrong language makes a text unintelligible, so none is claimed.
"""

from __future__ import annotations

import string

# A page has thirty texts. What str does by itself takes a seventh of the time that a pattern takes.
APART = str.maketrans(
    dict.fromkeys(string.punctuation.replace("'", "") + string.digits + "“”«»…–—·£", " ")
    | {"’": "'", "‘": " "})
MOST_SIGNS, MOST_WORDS = 1000, 60  # of a long text the beginning tells enough
SHORT = 4  # of so few words one frequent one tells; of more, two at least
OF_ALL = 6  # one word in so many is frequent, else the text is in another language
CLEAR_IN = 20  # words, of which more than SHORT are frequent ones of one language and none of the other
CLEARLY = 3  # words of the one language for each of the other

# None of these is a word of the other language as well (a, i, o, am, an, can, dim, do, her, is, on, pan, to).
# Greetings and thanks stand here because many messages are no more.
WORDS = {
    "en": """
        the and of that it for you your we our they their this these with from were are be been being have
        had having not but could will would should might must does did don't didn't doesn't at if when where
        which what who how there then than about after before again any all more yes out up into because
        please thank thanks hello dear sorry morning afternoon case officer police report reported crime
        statement court footage evidence enquiries arrested charged released suspect closed next week weeks
        today tomorrow yesterday i'm i've i'll it's we've we'll you're you've can't won't isn't wasn't
        haven't
    """,
    "cy": """
        y yr yn ac mae mae'r mae'n nid nad ddim wedi ei eu eich ein fy dy chi nhw chi'n rydym rydyn rydych
        ydym ydych yw ydy oedd roedd roeddwn bydd byddwn byddaf fydd byddai hyn hwn hon hynny sydd sy'n bod
        fod gan gyda gyda'r gennym gennych i'r o'r a'r neu ond beth sut ble pwy wrth cyn drwy heb hefyd eto
        nawr rwy rwy'n dwi dw i'w ato atoch gallwch gallwn allwch diolch helo annwyl gwelwch prynhawn iawn
        sori mewn heddlu swyddog achos trosedd adroddiad datganiad llys tystiolaeth ymholiadau neges arestio
        arestiwyd cyhuddwyd rhyddhawyd wythnos nesaf heddiw yfory ddoe
    """,
}
FREQUENT = {code: frozenset(listed.split()) for code, listed in WORDS.items()}
LANGUAGES = (("en", FREQUENT["en"], FREQUENT["cy"]), ("cy", FREQUENT["cy"], FREQUENT["en"]))
# Of these the words that are frequent in other languages of people here too (Spanish y, Swedish hon, Dutch
# of, German ein, French police, the Hindi and Urdu "the"): they count, but tell nothing by themselves.
ELSEWHERE = frozenset({
    "the", "of", "we", "for", "be", "are", "been", "have", "had", "but", "will", "must", "all", "any",
    "more", "at", "then", "than", "police", "case", "suspect", "week", "sorry",
    "y", "ac", "nid", "nad", "ei", "eu", "ein", "dy", "chi", "hon", "bod", "fod", "gan", "neu", "ond",
    "beth", "ble", "heb", "eto", "ato",
})
MANY = 4  # of these, when they are more than half of the words, tell all the same


def written_in(text: str) -> str | None:
    """``en`` or ``cy``; None where it is neither, or cannot be told."""
    begins = text[:MOST_SIGNS].casefold()
    return _clear_at_once(begins.split(None, CLEAR_IN)[:CLEAR_IN]) or _told(
        begins.translate(APART).split()[:MOST_WORDS])


def _clear_at_once(words: list[str]) -> str | None:
    """Most texts tell also when the words beside a comma or a full stop are not looked at."""
    for code, frequent, others in LANGUAGES:
        found = frequent.intersection(words)
        if len(found) > SHORT and others.isdisjoint(words) and not ELSEWHERE.issuperset(found):
            return code
    return None


def _told(words: list[str]) -> str | None:
    english = [word for word in words if word in FREQUENT["en"]]
    welsh = [word for word in words if word in FREQUENT["cy"]]
    code, known, other = ("en", english, welsh) if len(english) >= len(welsh) else ("cy", welsh, english)
    if not known or OF_ALL * len(known) < len(words) or len(known) < CLEARLY * len(other):
        return None
    found = set(known)
    enough = len(found) >= (1 if len(set(words)) <= SHORT else 2)
    by_itself = not found <= ELSEWHERE or (len(found) >= MANY and 2 * len(known) > len(words))
    return code if enough and by_itself else None
