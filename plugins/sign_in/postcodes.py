"""Postcodes as they are compared: what somebody typed, and what a clerk typed before.

By its place a sign of a postcode of the United Kingdom is a letter or a figure (BS 7666): A9 9AA, A99 9AA,
AA9 9AA, AA99 9AA, A9A 9AA, AA9A 9AA. A sign that looks like the other kind is read as what it must be.
What is no such postcode is compared as it stands: it may be of another country.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import product

from core import ascii_digits

LONGEST_POSTCODE = 10  # letters and figures, also of other countries
GIROBANK = "GIR0AA"  # the one without a figure in its first half
_LIKE_GIROBANK = str.maketrans("01L", "OII")
SHAPES = ("A9", "A99", "AA9", "AA99", "A9A", "AA9A")
# What no postcode has in these places.
NOT_FIRST, NOT_SECOND, NOT_LAST = "QVX", "IJZ", "CIKMOV"
THIRD_OF_A9A, FOURTH_OF_AA9A = "ABCDEFGHJKPSTUW", "ABEHMNPRVWXY"
_AREAS = """
    AB AL B BA BB BD BF BH BL BN BR BS BT BX CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT
    DY E EC EH EN EX FK FY G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE
    LL LN LS LU M ME MK ML N NE NG NN NP NR NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM
    SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC WD WF WN WR WS WV YO ZE
"""
AREAS = frozenset(_AREAS.split())
# What a sign can be where a letter stands, and where a figure stands.
LETTERS = {"0": "O", "1": "IL", "5": "S", "I": "IL", "L": "IL"}
FIGURES = {"O": "0", "I": "1", "L": "1", "S": "5"}


def plain_code(text: str) -> str:
    """Letters and digits only, in capitals: for postcodes and codes."""
    return re.sub(r"[^A-Z0-9]", "", unicodedata.normalize("NFKC", ascii_digits(text)).upper())


def postcode_readings(text: str) -> frozenset[str]:
    """The postcodes that *text* can mean; nearly always one. None for what has no letter or figure.

    A postcode that stands there rightly is that one alone, however alike another may look.
    """
    code = plain_code(text)
    if not 5 <= len(code) <= 7:
        return frozenset({code} - {""})
    if code.translate(_LIKE_GIROBANK) == "GIROAA":
        return frozenset({GIROBANK})
    outward, inward = code[:-3], code[-3:]
    seconds = _as(inward, "9AA", {1: NOT_LAST, 2: NOT_LAST})
    firsts = {one for shape in SHAPES if len(shape) == len(outward) for one in _outwards(outward, shape)}
    shaped = {first + second for first, second in product(firsts, seconds)}
    known = {one for one in shaped if re.match("[A-Z]+", one)[0] in AREAS}  # type: ignore[index]
    likely = known or shaped
    return frozenset({code} if code in likely or not likely else likely)


def _outwards(text: str, shape: str) -> set[str]:
    never = {0: NOT_FIRST}
    if shape.startswith("AA"):
        never[1] = NOT_SECOND
    found = _as(text, shape, never)
    if shape == "A9A":
        found = {one for one in found if one[2] in THIRD_OF_A9A}
    if shape == "AA9A":
        found = {one for one in found if one[3] in FOURTH_OF_AA9A}
    # districts have no leading nought: S01 is SO1
    return {one for one in found if not re.search(r"[A-Z]0\d", one)}


def _as(text: str, shape: str, never: dict[int, str]) -> set[str]:
    """The ways to read *text* as letters where *shape* has A, and figures where it has 9."""
    ways = []
    for place, (sign, kind) in enumerate(zip(text, shape, strict=True)):
        if kind == "9":
            signs = sign if sign.isdigit() else FIGURES.get(sign, "")
        else:
            signs = LETTERS.get(sign, sign if sign.isalpha() else "")
        ways.append([one for one in signs if one not in never.get(place, "")])
    return {"".join(way) for way in product(*ways)}
