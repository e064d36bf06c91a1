"""Names as they are compared: what somebody typed, and what a clerk typed before.

Either side may have more than the other: a second surname, the given names, a title, a remark. But a part
that by itself names nobody never stands for a name: ``ap`` is not ``ap Rhys``, ``deceased``, ``Ltd`` and
``01`` are nobody's name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

# Letters that no decomposition leads to the plain ones; the second reading is how they are written out.
PLAIN = str.maketrans({
    "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "đ": "d", "ħ": "h", "ı": "i", "ĸ": "k", "ł": "l",
    "ŋ": "n", "ø": "o", "ŧ": "t", "ə": "e", "ɓ": "b", "ɗ": "d", "ƙ": "k", "ƴ": "y", "ʻ": "", "ʼ": "",
})
WRITTEN_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "đ": "dj"})
# Of a keyboard's row of figures, one beside the letter that was meant: 0'Brien.
FIGURES = str.maketrans("015", "ols")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Parts of many names, which by themselves name nobody; all lists as :func:`plain_name` makes them.
PARTICLES = _words("""
    a ab abd abdul abdal abi abu af al an ap ar as at av bar bat ben bet bin bint binte binti bte by d da
    dal dalla das de degli dei del dela della delle delli dello den der des di do dos du e el en er ferch
    fitz ha i ibn il in int la las le les li lo los lu m mac mc mhic na nan nam ne ni nic o of op os oude
    san sankt sant santa santo sri st ste sy t te ten ter the tho thoe tor u ua ui umm uit uul van vd vda
    vander vande vanden vel verch vom von vonder y z zu zum zur
""")
TITLES = _words("""
    mr mrs ms miss mx mister missus master dr doctor prof professor sir dame lord lady rev revd reverend fr
    imam rabbi capt captain cllr pc sgt mme mlle herr frau sig sra senor senora
""")
SUFFIXES = _words("""
    jr jnr jun junior sr snr sen senior ii iii iv vi vii viii 1st 2nd 3rd obe mbe cbe bem kc qc jp phd md ba
    bsc ma msc mp esq esquire phil mphil dphil beng meng llb llm
""")
FORMER = _words("aka alias born fka former formerly maiden nee previously was")  # another name follows
# What is written beside a surname or in its place, and legal forms: as parts of a name they are nobody.
REMARKS = _words("""
    address adult age aged alleged and anon anonymous baby blank boy call caution child children closed
    company complainant confirmed contact contacted cy dead dec decd deceased deleted dob dup duplicate
    email estate family female fnu girl given gp infant ic1 ic2 ic3 ic4 ic5 ic6 ic9 informant injured
    interpreter ip juvenile known late linked lnu lady male man mental merged middle minor miscellaneous
    missing mobile na name names needs new nfa nfn nil nk no none not note notes null number old only or
    other parent parents party person phone please pls preferred previous provided recorded refer refused
    reg repeat reported reporting safeguarding same see sic spelling spouse stated suspect surname tba tbc
    tel telephone test trading unconfirmed unk unknown unnamed unverified updated verified via vic victim
    violent vulnerable warning wife withheld witness woman write wrong xx xxx xxxx years youth yrs ag bros
    brothers bv cic co corp corporation cwmni cyf cyfyngedig gmbh holdings inc incorporated limited llc llp
    ltd nv partnership plc pty son sons srl ta
""")
# In place of a surname, and nobody's: some of the words above are somebody's (Null, No, Given).
NO_NAMES = _words("""
    anon anonymous complainant corporation cyf cyfyngedig deceased decd dob duplicate female fnu gmbh
    incorporated informant injuredparty juvenile limited llc llp lnu ltd nameless namenotgiven namenotknown
    nameunknown nameswithheld namewithheld nfa nfn nk nofamilyname noname none nosurname notapplicable
    notgiven notknown notprovided notrecorded notstated plc refused surnamenotknown surnameunknown tba tbc
    unk unknown unnamed victim withheld witness xx xxx xxxx
""")
NAMES_NOBODY = PARTICLES | TITLES | SUFFIXES | FORMER | REMARKS
MOST_PARTS = 4  # of what somebody types: a list of guesses is not a name
MOST_GIVEN = 6  # words of the given names that may stand before or after a surname
MOST_WORDS = 12  # of a text in which they are looked for: a longer one is no name, and would take long
_IN_BRACKETS = re.compile(r"[(\[{<]([^()\[\]{}<>]*)(?:[)\]}>]|$)")
_APART = re.compile(r"[-\s‐-―/,;&+_]+|(?<=\w)\.(?=\w{3})|(?<=\w\w)\.(?=\w\w)")
_NOT_THE_NAME = re.compile(r"(?i)\bc/o\b.*|\bdo(?=\s+not\b)|\bdon['’]?t\b")
_LOST = re.compile(r"\ufffd|\w\?+\w")  # signs that stand where a system lost a letter: Garc?a
_M = re.compile(r"\s*m['’‘ʼ`´](?=\w{3})")


@dataclass(frozen=True)
class Name:
    """A surname as it is compared: ``whole``, in each of its readings, and the ``parts`` that can stand
    for it. Both are empty for what names nobody."""

    whole: frozenset[str]
    parts: tuple[str, ...]

    @property
    def halves(self) -> frozenset[str]:
        return frozenset().union(*map(readings, self.parts))


def same_name(given: str, on_record: str) -> bool:
    """Kindly: either half of a double-barrelled name will do, on either side, and either may be first.

    *on_record* as from :func:`surname_of`; the given names of the record are no part of either surname.
    """
    family, _, given_names = on_record.partition("\n")
    # Khan1 is Khan, whatever a system needed the figure for; but not Khan2
    ways = {(given, family), (_unnumbered(given), family), (given, _unnumbered(family))}
    return any(_same_beside(theirs, ours, given_names) for theirs, ours in ways)


def _same_beside(given: str, family: str, given_names: str) -> bool:
    whole, *rests = _surnames(family, given_names)
    recorded = [whole, *(one for one in rests if one.parts)]  # else "ap" would be left of "ap Rhys"
    return any(_same(theirs, ours) for theirs in _surnames(given, given_names) for ours in recorded)


def _same(theirs: Name, ours: Name) -> bool:
    halves = theirs.halves if len(theirs.parts) <= MOST_PARTS else frozenset()
    return bool(theirs.whole & ours.whole or theirs.whole & ours.halves or ours.whole & halves
                or (len(theirs.parts) > 1 and _same_parts(theirs.parts, ours.parts)))


def _same_parts(some: Sequence[str], others: Sequence[str]) -> bool:
    """Whether they are the same, in any order."""
    left = [readings(one) for one in others]
    for one in some:
        place = next((place for place, other in enumerate(left) if other & readings(one)), None)
        if place is None:
            return False
        del left[place]
    return not left


def _surnames(text: str, given_names: str) -> list[Name]:
    """*text* as a name, and what is left of it without *given_names* before or after it.

    That is no wider: whoever types the rest alone is compared with the same.
    """
    words, given = _words_of(text), _words_of(given_names)
    known = frozenset().union(*map(readings, given), readings("".join(given)))
    first = next((place for place, one in enumerate(words) if plain_name(one) not in TITLES), 0)
    longest = min(MOST_GIVEN, len(words) - first - 1) if len(words) <= MOST_WORDS else 0
    lengths = range(1, longest + 1)
    before = [0, *(one for one in lengths if _are_given(words[first:first + one], known))]
    after = [0, *(one for one in lengths if _are_given(words[-one:], known))]
    rests = (words[first + start:len(words) - end] for start in before for end in after if start or end)
    return [name_of(text), *(name_of(" ".join(rest)) for rest in rests if rest)]


def _are_given(words: Sequence[str], known: frozenset[str]) -> bool:
    """Whether *words* are *known* given names or their first letters, or are one when written together."""
    return bool(readings("".join(words)) & known) or all(
        readings(one) & known or _is_initial(plain_name(one), known) for one in words)


def _is_initial(letter: str, known: frozenset[str]) -> bool:
    return len(letter) == 1 and any(one.startswith(letter) for one in known)


def whose_name(typed: str, given_names: Sequence[str]) -> int | None:
    """The place of the given name that *typed* means: of equal ones the first; None for none or several."""
    whole = name_of(typed).whole
    for fits in (lambda one: bool(whole & name_of(one).whole), lambda one: same_name(typed, one)):
        places = [place for place, one in enumerate(given_names) if fits(one)]
        if places:
            return places[0] if len({plain_name(given_names[one]) for one in places}) == 1 else None
    return None


def surname_of(family: str | None, given: str | None) -> str:
    """What on the record is compared as a surname: of who has one name only, that.

    The given names follow in a second line, which no name has.
    """
    if family and any(sign.isalpha() for sign in family):
        return f"{family}\n{given}" if given else family
    return given or ""


def name_of(text: str) -> Name:
    words = _words_of(text)
    plain = [plain_name(one) for one in words]
    first, last = 0, len(words)
    while first < last - 1 and plain[first] in TITLES:
        first += 1
    while last > first + 1 and _is_beside(plain[last - 1], SUFFIXES | REMARKS):
        last -= 1
    while first < last - 1 and _is_beside(plain[first], TITLES | REMARKS):
        first += 1
    core, beside = plain[first:last], {*plain[:first], *plain[last:]}
    only_remarks = REMARKS.issuperset(core) and not beside <= TITLES | SUFFIXES  # Mrs Child is a name
    if only_remarks or {"".join(plain), "".join(core)} & NO_NAMES or not any(map(_letter, core)):
        return Name(frozenset(), ())
    whole = readings(" ".join(words)) | readings(" ".join(words[first:last]))
    parts = _parts(" ".join(words[first:last]))
    if len(parts) == 1:  # van der Berg is Berg, whatever stands before it
        whole |= readings(parts[0])
    return Name(whole, tuple(parts))


def has_lost_letters(text: str) -> bool:
    return bool(_LOST.search(text))


def is_remark(text: str) -> bool:
    """Whether there are words that can be compared, and they name nobody."""
    return bool(_words_of(text)) and not name_of(text).whole


def may_be_name(text: str) -> bool:
    """Whether a word of it can be somebody's surname: Man Ip may be somebody's whole name."""
    return any(name_of(one).whole for one in _words_of(text))


def _is_beside(word: str, listed: frozenset[str]) -> bool:
    return word in listed or not _letter(word)


def _letter(word: str) -> bool:
    return any(sign.isalpha() for sign in word)


def _words_of(text: str) -> list[str]:
    """Without remarks in brackets, what is said of the name, and words that lost a letter."""
    bare = _NOT_THE_NAME.sub(" ", _without_remarks(text))
    if re.fullmatch(r"(?i)\W*n\s*/\s*a\W*", bare):
        return []
    return [one for one in _APART.split(bare) if plain_name(one) and not _LOST.search(one)]


def _without_remarks(text: str) -> str:
    """Without what stands in brackets, but for a former name."""
    def kept(found: re.Match[str]) -> str:
        words = [plain_name(one) for one in found[1].split()]
        return f" {found[1]} " if words and words[0] in FORMER else " "

    return _IN_BRACKETS.sub(kept, text)


def _parts(name: str) -> list[str]:
    """The parts of a name that can stand for it; O', Mac and Mc belong to what follows."""
    joined = re.sub(r"(?i)\b(o|mac|mc)[\s'’ʼ]+(?=\w)", r"\1", name.strip())
    parts = _APART.split(joined)
    return [part for part in parts if len(plain_name(part)) > 1
            and not _is_beside(plain_name(part), NAMES_NOBODY)]


def plain_name(text: str) -> str:
    """A name without case, accents, spaces, hyphens and apostrophes; ``mac`` and ``mc`` are one."""
    return next(iter(_readings(text)))


def readings(text: str) -> frozenset[str]:
    """A name as it is compared: Müller is Muller and Mueller."""
    return frozenset(filter(None, _readings(text)))


def _readings(text: str) -> list[str]:
    lower = unicodedata.normalize("NFC", text.casefold())
    ways = [lower]
    if found := _M.match(lower):  # M'Donald is McDonald; M'Baye, Mbaye
        ways = [start + lower[found.end():] for start in ("mc", "m")]
    return [_letters(one) for way in ways for one in (way, way.translate(WRITTEN_OUT))]


def _unnumbered(text: str) -> str:
    return re.sub(r"(?<=[^\W\d_]{2})[0-9]{1,3}(?!\w)", "", text)


def _letters(lower: str) -> str:
    apart = unicodedata.normalize("NFKD", lower.translate(PLAIN)).casefold().translate(PLAIN)
    joined = "".join(sign for sign in apart if sign.isalnum())
    if _letter(joined):
        joined = joined.translate(FIGURES)
    return re.sub(r"^(sainte?|sankt)(?=.{3})", "st", re.sub(r"^mac(?=.{3})", "mc", joined))
