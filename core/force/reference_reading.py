"""Crime references as people write them: which crime of a force one means, however it is written.

A force's template says where the number and the year stand. Noughts in front of the number do not count, a
year may have all its figures, and a letter that looks like a figure is read as one where a figure stands.
Words that people copy with it ("Crime ref: ", "Rhif trosedd ") are left out, unless the force's own shape
begins so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import product

from core.base.ascii_digits import ascii_digits
from core.base.fields import AROUND
from core.force.reference import (
    LONGEST,
    ReferencePattern,
    ReferenceTemplate,
    ShortForm,
    reference_key,
)

MOST_FIGURES = 9  # of a number: more have no force's references
MOST_LOOK_ALIKES = 6  # signs of a reference of which each may be a letter or a figure
MOST_TYPED = 200
LOOK_ALIKE = str.maketrans("OILS", "0115")
_FIGURE = "[0-9OILS]"
_PART = re.compile(
    r"\{(?:number(?::0\d+d)?|(?P<year>yyyy|yy))\}|(?P<text>[0-9A-Za-z]+)|(?P<sign>[^{}0-9A-Za-z]+)")
# What people call a reference, in English and Welsh.
LABELS = frozenset({
    "crime", "reference", "ref", "number", "case", "police", "report", "log", "incident", "the", "my",
    "your", "is", "cyfeirnod", "nghyfeirnod", "cyf", "rhif", "trosedd", "drosedd", "achos", "fy", "eich",
    "y", "yr", "yw",
})
SHORT_LABELS = frozenset({"no", "nos", "nr", "num", "cr", "crn", "urn"})  # a force's own shape may begin so
_LABEL = re.compile(r"([^\W\d_]*)([\s:.#№/‐-―-]*)")
_BETWEEN = r"[\s/*.,_‐-―-]+"


@dataclass(frozen=True)
class Written:
    """Which crime of a force is meant: its number, and the year in four figures."""

    number: int
    year: int


@dataclass(frozen=True)
class TemplateReader:
    """Reads what was written after one template. ``width``: figures that the number always has, else 0."""

    template: ReferenceTemplate

    def read(self, text: str) -> Written | None:
        """None for what is not written so. With its signs between the parts, or without any."""
        plain = ascii_digits(text).strip().upper()
        found = self._signed.fullmatch(plain)
        if found is None and not set("/*") & set(plain):  # where they stand, a part may be missing
            found = self._joined.fullmatch(reference_key(plain))
        if found is None:
            return None
        number, year = (found[name].translate(LOOK_ALIKE) for name in ("number", "year"))
        return Written(int(number), int(year) if len(year) == 4 else 2000 + int(year))

    def is_ambiguous(self, text: str) -> bool:
        """Whether *text*, without signs between its parts, may also be a shorter number and a whole year."""
        plain = ascii_digits(text).strip().upper()
        if self.width or "{yy}" not in self.template.text or self._signed.fullmatch(plain):
            return False
        found = self._joined.fullmatch(reference_key(plain))
        return bool(found and found.end("number") == found.start("year") and len(found["number"]) > 2
                    and found["number"].translate(LOOK_ALIKE).endswith("20"))

    def in_parts(self, text: str) -> bool:
        """Whether signs or blanks stand between the parts, where the template has signs."""
        parted = any(kind == "sign" for kind, _ in self._parts)
        return parted and bool(self._signed.fullmatch(ascii_digits(text).strip().upper()))

    def in_full(self, written: Written) -> str:
        """As the force writes it, as a reference key."""
        return reference_key(self.template.fill(written.number, written.year))

    def keys(self, written: Written) -> frozenset[str]:
        """Every key that a record of this crime can have: with noughts before the number, and any year."""
        found = {self.in_full(written)}
        least = len(str(written.number))
        widths = {least, self.width} if self.width else range(least, MOST_FIGURES + 1)
        for width in widths:
            for year in (f"{written.year % 100:02}", str(written.year)):
                parts = {"number": f"{written.number:0{width}}", "year": year}
                found.add("".join(parts.get(kind, text) for kind, text in self._parts if kind != "sign"))
        return frozenset(found)

    @cached_property
    def width(self) -> int:
        found = re.search(r"\{number:0(\d+)d\}", self.template.text)
        return int(found[1]) if found else 0

    @cached_property
    def _parts(self) -> list[tuple[str, str]]:
        parts = []
        for one in _PART.finditer(self.template.text):
            kind = "year" if one["year"] else "text" if one["text"] else "sign" if one["sign"] else "number"
            parts.append((kind, one["text"].upper() if one["text"] else one[0]))
        return parts

    @cached_property
    def _signed(self) -> re.Pattern[str]:
        """A part that signs or letters stand around may have noughts, or all figures of the year."""
        pattern = []
        for place, (kind, text) in enumerate(self._parts):
            around = [self._parts[near] for near in (place - 1, place + 1) if 0 <= near < len(self._parts)]
            apart = all(near == "sign" or sign.isalpha() for near, sign in around)
            pattern.append(self._piece(kind, text, apart=apart))
        return re.compile("".join(pattern))

    @cached_property
    def _joined(self) -> re.Pattern[str]:
        return re.compile("".join(
            self._piece(kind, text, apart=False) for kind, text in self._parts if kind != "sign"))

    def _piece(self, kind: str, text: str, *, apart: bool) -> str:
        if kind == "sign":
            return _BETWEEN
        if kind == "text":
            return "".join(_either(sign) for sign in text)
        if kind == "year":
            four = f"(?:20|2O|19|L9|I9){_FIGURE}{{2}}"
            if "{yyyy}" in self.template.text:
                return f"(?P<year>{four})"
            return f"(?P<year>{_FIGURE}{{2}}|{four})" if apart else f"(?P<year>{_FIGURE}{{2}})"
        if self.width and not apart:
            return f"(?P<number>{_FIGURE}{{{self.width}}})"
        return f"(?P<number>{_FIGURE}{{1,{MOST_FIGURES}}})"


@dataclass(frozen=True)
class ReferenceReader:
    """Reads every shape that a force's references have.

    ``stored_key``: under which a case stands, so that crimes that the patterns tell apart are two.
    ``meaning``: one for all ways in which people write a crime, to compare what they typed with the record's.
    ``keys``: the stored keys of the cases to compare.
    """

    patterns: Sequence[ReferencePattern]
    short_forms: Sequence[ShortForm]
    template: TemplateReader | None

    def meaning(self, text: str) -> str:
        """One key for all ways to write a reference; of another crime, or force, it is another."""
        text = self._unlabelled(text)
        written = self.template.read(text) if self.template else None
        if written and self.template:
            return self.template.in_full(written)
        return min(self._otherwise(text))

    def keys(self, text: str) -> frozenset[str]:
        """The keys under which a record of this crime can stand; one of them may be another crime's."""
        typed, text = text, self._unlabelled(text)
        written = self.template.read(text) if self.template else None
        if written and self.template:
            return self.template.keys(written) | {
                self.stored_key(text), self._in_capitals(text), self._in_capitals(typed)}
        return self._otherwise(text) | self._otherwise(typed)

    def is_shaped(self, text: str) -> bool:
        """Whether *text* has one of the patterns' shapes, in any way in which it can be read, and but one.

        Of a force whose shape is not known, whether it is of 4 to 20 signs with a digit in it.
        """
        text = self._unlabelled(text)
        if not self.patterns:
            key = reference_key(text)
            return 4 <= len(key) <= 20 and any(sign.isdigit() for sign in key)
        return self._has_shape(text) and not (self.template and self.template.is_ambiguous(text))

    def _unlabelled(self, text: str) -> str:
        """The first end of *text* that has a shape, when only words for a reference stand before it, and
        nothing after it but what ends a sentence.

        Where no shape is known, what follows such words, and a sign or blank after them. "/" and "*" stay:
        they may stand for a part that is missing.
        """
        rest = text = text[:MOST_TYPED]
        if not self._has_shape(text):
            rest = text = text.strip(AROUND)
        while not self._has_shape(rest):
            found = _LABEL.match(rest)
            word = found[1].casefold() if found else ""
            if not found or not found.end() or word not in self._labels or not (self.patterns or found[2]):
                return rest if not self.patterns and any(map(str.isdigit, rest)) else text
            rest = rest[found.end():].lstrip(AROUND)
        return rest

    @cached_property
    def _labels(self) -> frozenset[str]:
        return LABELS | SHORT_LABELS | {""} if self.patterns else LABELS

    def _has_shape(self, text: str) -> bool:
        if any(pattern.matches(text) for pattern in self.patterns):
            return True
        ways = _look_alikes(ascii_digits(text).upper()) if len(text) <= LONGEST else ()
        if any(pattern.matches(way) for way in ways for pattern in self.patterns):
            return True
        written = self.template.read(text) if self.template else None
        return bool(written and self.template and any(
            pattern.key.fullmatch(self.template.in_full(written)) for pattern in self.patterns))

    @cached_property
    def stored_key(self) -> Callable[[str], str]:
        """As :meth:`_stored_key` has it, remembered: a delivery names each crime many times."""
        return lru_cache(2048)(self._stored_key)

    def _stored_key(self, text: str) -> str:
        """As it is stored, one key for all ways to write it: of what is written after the template, the
        narrowest key that no other pattern of the force has, so that crimes stay apart that these tell apart.

        What has no signs between its parts, and so could be of several patterns, stands for itself.
        """
        written = self.template.read(text) if self.template else None
        if written is None or self.template is None:
            return self._in_capitals(text)
        if not self.template.in_parts(text) and sum(one.matches(text) for one in self.patterns) > 1:
            return self._in_capitals(text)
        whole = self.template.in_full(written)
        printed = self.template.template.fill(written.number, written.year)
        others = [one for one in self.patterns if not one.matches(printed)]
        if not any(one.key.fullmatch(whole) for one in others):
            return whole
        free = [one for one in self.template.keys(written)
                if not any(other.key.fullmatch(one) for other in others)]
        return min(free, key=lambda one: (len(one), one), default=self._in_capitals(text))

    def _in_capitals(self, text: str) -> str:
        """Capitals and figures, and what a force writes short in full."""
        key = reference_key(text)
        if not self.short_forms:
            return key
        return next(filter(None, (short.in_full(key) for short in self.short_forms)), key)

    def _otherwise(self, text: str) -> frozenset[str]:
        """By the patterns alone: what looks like a figure is one where only that has the shape."""
        key = reference_key(ascii_digits(text))
        shaped = [one for one in _look_alikes(key) if any(each.key.fullmatch(one) for each in self.patterns)]
        if key in shaped or not shaped:
            shaped = [key]
        return frozenset(self._in_capitals(one) for one in shaped)


def _look_alikes(key: str) -> list[str]:
    places = sum(sign in "OILS" for sign in key)
    if not 0 < places <= MOST_LOOK_ALIKES:
        return [key]
    ways = ((sign, sign.translate(LOOK_ALIKE)) if sign in "OILS" else (sign,) for sign in key)
    return ["".join(way) for way in product(*ways)]


def _either(sign: str) -> str:
    """A sign of the template itself, and what looks like it."""
    like = {"0": "0O", "1": "1IL", "5": "5S", "O": "0O", "I": "1IL", "L": "1IL", "S": "5S"}.get(sign, sign)
    return f"[{like}]" if len(like) > 1 else re.escape(sign)
