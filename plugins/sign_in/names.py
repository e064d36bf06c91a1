"""Names as they are compared: what somebody typed, and what a clerk typed before.

Either side may have more than the other: a second surname, a title, a remark. But a part that by itself
names nobody never stands for a name: ``ap`` is not ``ap Rhys``, and ``deceased`` is nobody's name.
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
WRITTEN_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
# Of a keyboard's row of figures, one beside the letter that was meant: 0'Brien.
FIGURES = str.maketrans("015", "ols")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Parts of many names, which by themselves name nobody; all lists as :func:`plain_name` makes them.
PARTICLES = _words("""
    a ab abd abdul abdal abi abu af al an ap ar as at av bar bat ben bet bin bint binte binti bte by d da dal
    dalla das de degli dei del dela della delle delli dello den der des di do dos du e el en er ferch fitz ha
    i ibn il in int la las le les li lo los lu m mac mc mhic na nan nam ne ni nic o of op os oude san sankt
    sant santa santo sri st ste sy t te ten ter the tho thoe tor u ua ui umm uit uul van vd vda vander vande
    vanden vel verch vom von vonder y z zu zum zur
""")
TITLES = _words("""
    mr mrs ms miss mx mister missus master dr doctor prof professor sir dame lord lady rev revd reverend fr
    imam rabbi capt captain cllr pc sgt mme mlle herr frau sig sra senor senora
""")
SUFFIXES = _words("""
    jr jnr jun junior sr snr sen senior ii iii iv vi vii viii 1st 2nd 3rd obe mbe cbe bem kc qc jp phd md ba
    bsc ma msc mp esq esquire
""")
FORMER = _words("aka alias born fka former formerly maiden nee previously was")  # another name follows
# What is written beside a surname, or in its place; as parts of a name they stand for nobody.
REMARKS = _words("""
    anon anonymous blank complainant confirmed dec decd deceased dob estate fnu given informant injured ip
    known late lnu minor missing na name names nfa nfn nil nk no none not null now only or party preferred
    provided recorded refused repeat see sic spelling stated surname tba tbc unk unknown unnamed vic victim
    withheld witness xx xxx xxxx
""")
# In place of a surname, and nobody's: some of the words above are somebody's (Null, No, Given).
NO_NAMES = _words("""
    anon anonymous complainant deceased decd fnu informant injuredparty lnu nameless namenotgiven
    namenotknown nameunknown nameswithheld namewithheld nfa nfn nk nofamilyname noname none nosurname
    notapplicable notgiven notknown notprovided notrecorded notstated refused surnamenotknown
    surnameunknown tba tbc unk unknown unnamed victim withheld witness xx xxx xxxx
""")
NAMES_NOBODY = PARTICLES | TITLES | SUFFIXES | FORMER | REMARKS
MOST_PARTS = 4  # of what somebody types: a list of guesses is not a name
_IN_BRACKETS = re.compile(r"[(\[{<]([^()\[\]{}<>]*)(?:[)\]}>]|$)")
_APART = re.compile(r"[-\s‐-―/,;&+]+")


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
    """Kindly: either half of a double-barrelled name will do, on either side, and either may be first."""
    theirs, ours = name_of(given), name_of(on_record)
    swapped = len(theirs.parts) > 1 and (
        sorted(map(plain_name, theirs.parts)) == sorted(map(plain_name, ours.parts)))
    halves = theirs.halves if len(theirs.parts) <= MOST_PARTS else frozenset()
    return bool(theirs.whole & ours.whole or theirs.whole & ours.halves or ours.whole & halves or swapped)


def whose_name(typed: str, given_names: Sequence[str]) -> int | None:
    """The place of the given name that *typed* means: of equal ones the first; None for none or several."""
    whole = name_of(typed).whole
    for fits in (lambda one: bool(whole & name_of(one).whole), lambda one: same_name(typed, one)):
        places = [place for place, one in enumerate(given_names) if fits(one)]
        if places:
            return places[0] if len({plain_name(given_names[one]) for one in places}) == 1 else None
    return None


def surname_of(family: str | None, given: str | None) -> str:
    """What on the record is compared as a surname: of who has one name only, that."""
    if any(sign.isalpha() for sign in family or ""):
        return family or ""
    return given or ""


def name_of(text: str) -> Name:
    bare = _without_remarks(text)
    words = [one for one in _APART.split(bare) if plain_name(one)]
    plain = [plain_name(one) for one in words]
    if "".join(plain) in NO_NAMES or re.fullmatch(r"(?i)\W*n\s*/\s*a\W*", bare):
        return Name(frozenset(), ())
    first, last = 0, len(words)
    while first < last - 1 and plain[first] in TITLES | REMARKS:
        first += 1
    while last > first + 1 and plain[last - 1] in SUFFIXES | REMARKS:
        last -= 1
    whole = readings(" ".join(words)) | readings(" ".join(words[first:last]))
    parts = _parts(" ".join(words[first:last]))
    if len(parts) == 1:  # van der Berg is Berg, whatever stands before it
        whole |= readings(parts[0])
    return Name(whole, tuple(parts))


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
    return [part for part in parts if len(plain_name(part)) > 1 and plain_name(part) not in NAMES_NOBODY]


def plain_name(text: str) -> str:
    """A name without case, accents, spaces, hyphens and apostrophes; ``mac`` and ``mc`` are one."""
    return next(iter(_readings(text)))


def readings(text: str) -> frozenset[str]:
    """A name as it is compared: Müller is Muller and Mueller."""
    return frozenset(filter(None, _readings(text)))


def _readings(text: str) -> list[str]:
    lower = unicodedata.normalize("NFC", text.casefold())
    lower = re.sub(r"^\s*m['’ʼ](?=\w{3})", "mc", lower)
    return [_letters(lower), _letters(lower.translate(WRITTEN_OUT))]


def _letters(lower: str) -> str:
    apart = unicodedata.normalize("NFKD", lower.translate(PLAIN)).casefold().translate(PLAIN)
    joined = "".join(sign for sign in apart if sign.isalnum())
    if any(sign.isalpha() for sign in joined):
        joined = joined.translate(FIGURES)
    return re.sub(r"^(sainte?|sankt)(?=.{3})", "st", re.sub(r"^mac(?=.{3})", "mc", joined))
