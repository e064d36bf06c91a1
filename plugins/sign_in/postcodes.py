"""Postcodes as they are compared: what somebody typed, and what a clerk typed before.

By its place a sign of a postcode of the United Kingdom is a letter or a figure (BS 7666): A9 9AA, A99 9AA,
AA9 9AA, AA99 9AA, A9A 9AA, AA9A 9AA. A sign that looks like the other kind is read as what it must be.
What is no such postcode is compared as it stands: it may be of another country. What stands beside a whole
one (a country, a town, a remark) is left out.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise, product
from typing import Literal

from core.base import ascii_digits

LONGEST_POSTCODE = 10  # letters and figures, also of other countries
MOST_SIGNS = 80  # of a text with more beside the postcode
# Nearly all countries' have three figures. These have fewer: of forces abroad, of territories, of Bermuda.
_ABROAD = re.compile("BFPO[0-9]{1,4}|[A-Z]{4}1ZZ|[A-Z]{2}[0-9]{2}")
_AROUND = re.compile(
    r"(?i)\([^()]*(?:\)|$)|\b(?:uk|gb|united kingdom|great britain|england|wales|cymru|lloegr|scotland)\b")
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
    return _readings(_alone(text))


def can_be_postcode(text: str) -> bool:
    """Whether *text* can be a whole postcode, by its shape: one of this country, or of another."""
    code = _alone(text)
    if len(text) > MOST_SIGNS or missing_part(text) or not 3 <= len(code) <= LONGEST_POSTCODE:
        return False
    return bool(_shaped(code) or _ABROAD.fullmatch(code) or sum(map(str.isdigit, code)) >= 3)


def missing_part(text: str) -> Literal["end", "start"] | None:
    """Which part of a postcode of this country *text* lacks, if the other is all that stands there."""
    words = [plain_code(one) for one in _AROUND.sub(" ", text[:MOST_SIGNS]).split()]
    code = "".join(words)
    if re.fullmatch("[0-9][A-Z]{2}", code):
        return "start"
    # WD17 1A lacks a sign; without its space it may be WD1 7LA
    for length in (len(words[0]),) if len(words) == 2 else () if _shaped(code) else range(2, 5):
        if re.fullmatch("[0-9]?|[0-9][A-Z]", code[length:]) and _is_district(code[:length]):
            return "end"
    return None


def _alone(text: str) -> str:
    """The plain code of *text*; of what has more beside one whole postcode, that one's."""
    code = plain_code(text)
    if _is_known(code):
        return code
    words = [plain_code(one) for one in re.split(r"[\s,;:()/]+", ascii_digits(text)[:MOST_SIGNS])]
    runs = {*words, *("".join(two) for two in pairwise(words) if len(two[1]) == 3)}
    for fits in (_is_known, _shaped):
        whole = {one for one in runs if fits(one)}
        if whole:
            return whole.pop() if len(whole) == 1 else code
    return code


def _is_known(code: str) -> bool:
    return code[-3:-2].isdigit() and code[-2:].isalpha() and _is_district(code[:-3])


def _is_district(outward: str) -> bool:
    found = re.match("[A-Z]+", outward)
    return bool(found and found[0] in AREAS and outward in {
        one for shape in SHAPES if len(shape) == len(outward) for one in _outwards(outward, shape)})


def _readings(code: str) -> frozenset[str]:
    likely = _shaped(code)
    return frozenset(({code} - {""}) if code in likely or not likely else likely)


def _shaped(code: str) -> set[str]:
    """The postcodes of this country that *code* can be."""
    if not 5 <= len(code) <= 7:
        return set()
    if code.translate(_LIKE_GIROBANK) == "GIROAA":
        return {GIROBANK}
    outward, inward = code[:-3], code[-3:]
    seconds = _as(inward, "9AA", {1: NOT_LAST, 2: NOT_LAST})
    firsts = {one for shape in SHAPES if len(shape) == len(outward) for one in _outwards(outward, shape)}
    shaped = {first + second for first, second in product(firsts, seconds)}
    known = {one for one in shaped if re.match("[A-Z]+", one)[0] in AREAS}  # type: ignore[index]
    if not known and (short := re.sub("^([A-Z]{1,2})0(?=[0-9])", r"\1", code)) != code:
        return _shaped(short)  # M01 is M1, where no MO1 is
    return known or shaped


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
