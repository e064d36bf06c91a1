"""Crime references: patterns that people can write and that cannot keep the server busy.

A pattern is a small part of a regular expression: digits ``\\d``, letters and signs as they are,
sets like ``[A-Z]``, groups ``(?:a|b)``, and counts ``{2}``, ``{1,7}``, ``?``, ``+``, ``*``. From it
come two forms: as printed, and as people type it (no spaces, slashes or dashes).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass

LONGEST = 40
MOST_READINGS = 20_000

_PIECE = re.compile(
    r"(?P<digit>\\d)|\\(?P<escaped>[^A-Za-z0-9])|(?P<set>\[(?:\\.|[^\]\\^])(?:\\.|[^\]\\])*\])"
    r"|(?P<open>\((?:\?:)?)(?!\?)|(?P<close>\))|(?P<or>\|)|(?P<plain>[^\\\[\](){}?*+|.^$])"
)
_COUNT = re.compile(r"\{(\d+)(?:(,)(\d*))?\}|([?*+])")
_PART = re.compile(r"\{(number|yyyy|yy)(?:(?<=r):0\d{1,2}d?)?\}")
_AROUND_SIGN = re.compile(r"\s*([/*])\s*")
_NOT_IN_KEY = re.compile(r"[^0-9A-Z]")


def reference_key(text: str) -> str:
    """A reference as it is compared: capitals and digits only, however it was typed."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return _NOT_IN_KEY.sub("", text.upper())


class PatternFault(ValueError):
    """The pattern cannot be used; ``right`` says what would do."""

    def __init__(self, wrong: str, right: str) -> None:
        super().__init__(wrong)
        self.right = right


@dataclass(frozen=True)
class ReferencePattern:
    """A pattern ready for use: as printed, and as people may type it (``key``: no other signs).

    Who types one of the pattern's own ``signs`` types the whole reference that way; taking the
    signs out would hide that a part is missing: 41/12345 for 41/12345/16.
    """

    printed: re.Pattern[str]
    key: re.Pattern[str]
    signs: frozenset[str]

    def matches(self, text: str) -> bool:
        text = text.strip()
        if len(text) > 5 * LONGEST:  # what is far too long is not looked through
            return False
        if len(text) <= LONGEST and self.printed.fullmatch(text):
            return True
        text = _AROUND_SIGN.sub(r"\1", text)
        if len(text) > LONGEST:
            return False
        if self.printed.fullmatch(text):
            return True
        return not self.signs & set(text) and bool(self.key.fullmatch(reference_key(text)))


def compile_pattern(pattern: str) -> ReferencePattern:
    """Raises :class:`PatternFault` if it is not anchored, not understood or too slow."""
    if not (pattern.startswith("^") and pattern.endswith("$")):
        raise PatternFault("the pattern does not hold the whole reference",
                           "begin it with ^ and end it with $")
    typed, readings = _Walk(pattern[1:-1]).whole()
    if readings > MOST_READINGS:
        raise PatternFault(
            "the pattern can be read in too many ways, which would keep the server busy",
            r"say how many of each, like \d{1,7}, and no count around another count",
        )
    # ASCII, or \d would be the figures of every script.
    flags = re.IGNORECASE | re.ASCII
    try:
        printed, key = re.compile(pattern, flags), re.compile(typed, flags)
    except re.error as error:
        right = r"like ^41/\d{1,7}/\d{2}$"
        raise PatternFault(f"the pattern cannot be read: {error}", right) from None
    signs = {sign for sign, written in (("/", "/"), ("*", "\\*")) if written in pattern}
    return ReferencePattern(printed, key, frozenset(signs))


@dataclass(frozen=True)
class ShortForm:
    """References that are often written short: 24*123456 is 24000123456, of 11 signs (``filled_to``)."""

    parts: re.Pattern[str]
    filled_to: int

    def in_full(self, key: str) -> str | None:
        """The whole reference of a short one; None for what is not short. Both as reference keys."""
        found = self.parts.fullmatch(key) if len(key) <= self.filled_to else None
        return found and found[1] + "0" * (self.filled_to - len(key)) + found[2]


def short_form(pattern: str, filled_to: int) -> ShortForm:
    """Of a pattern that :func:`compile_pattern` took: the noughts go where its star is.

    Raises PatternFault if it has no star of its own, outside of brackets.
    """
    before, star, after = pattern[1:-1].partition("\\*")
    if not star or "\\*" in after or before.count("(") != before.count(")"):
        raise PatternFault("the pattern does not say where the noughts go",
                           r"one \* outside of brackets, like ^\d{2}\*\d{1,6}$")
    typed = "".join(f"({_Walk(part).whole()[0]})" for part in (before, after))
    return ShortForm(re.compile(typed, re.IGNORECASE | re.ASCII), filled_to)


class _Walk:
    """Goes through a pattern once: the form without separators, and how many ways it can be read.

    The number of ways bounds the backtracking: a part with n to m repeats has m - n + 1 ways for
    each way of what it repeats.
    """

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0

    def whole(self) -> tuple[str, int]:
        typed, ways = self.branches()
        if self.at < len(self.pattern):
            raise self.not_understood()
        return typed, ways

    def branches(self) -> tuple[str, int]:
        typed, ways, total = "", 1, 0
        while self.at < len(self.pattern):
            piece = _PIECE.match(self.pattern, self.at)
            if piece is None:
                raise self.not_understood()
            if piece["close"]:
                break
            self.at = piece.end()
            if piece["or"]:
                typed, total, ways = typed + "|", total + ways, 1
                continue
            part, part_ways = self.group() if piece["open"] else (_without_separators(piece), 1)
            counted, part_ways = self.counted(part, part_ways)
            typed, ways = typed + counted, min(ways * part_ways, MOST_READINGS + 1)
        return typed, total + ways

    def group(self) -> tuple[str, int]:
        inside, ways = self.branches()
        if self.pattern[self.at:self.at + 1] != ")":
            raise PatternFault("a bracket ( is never closed", "close it with )")
        self.at += 1
        return f"(?:{inside})" if inside else "", ways

    def counted(self, part: str, ways: int) -> tuple[str, int]:
        count = _COUNT.match(self.pattern, self.at)
        if count is None:
            return part, ways
        self.at = count.end()
        if _COUNT.match(self.pattern, self.at):
            raise self.not_understood()
        least, most = _how_many(count)
        if least > most or most > LONGEST:
            raise PatternFault(f"the count {count[0]} cannot be", "at most 40, smaller first")
        # Bounded first: a number of thousands of figures takes time by itself.
        repeated = min(ways, 150) ** most if ways > 1 else 1
        ways = min((most - least + 1) * repeated, MOST_READINGS + 1)
        return part + count[0] if part else "", ways

    def not_understood(self) -> PatternFault:
        return PatternFault(
            f"“{self.pattern[self.at:self.at + 6]}” is not understood in a reference pattern",
            r"digits \d, letters [A-Z], counts {2} or {1,7}, ? for “may be missing”, (?:a|b)",
        )


def _how_many(count: re.Match[str]) -> tuple[int, int]:
    if count[4]:
        return {"?": (0, 1), "*": (0, LONGEST), "+": (1, LONGEST)}[count[4]]
    least = int(count[1])
    if not count[2]:
        return least, least
    return least, int(count[3]) if count[3] else LONGEST


def _without_separators(piece: re.Match[str]) -> str:
    if piece["digit"]:
        return piece["digit"]
    if piece["set"]:
        kept = re.sub(r"\\[^d]|[^A-Za-z0-9\\-]|(?<![A-Za-z0-9])-|-(?![A-Za-z0-9])", "",
                      piece["set"][1:-1])
        return f"[{kept}]" if kept else ""
    sign = piece["escaped"] or piece["plain"]
    return reference_key(sign) and re.escape(sign)


@dataclass(frozen=True)
class ReferenceTemplate:
    """How this force's references are written: ``41/{number}/{yy}``."""

    text: str

    def fill(self, number: int, year: int) -> str:
        # `template_fault` lets no other part through, which `format` would look up.
        return self.text.format(number=number, yy=f"{year % 100:02}", yyyy=f"{year:04}")


def template_fault(text: str, patterns: Collection[ReferencePattern]) -> PatternFault | None:
    """What is wrong with a template, if anything: its parts, and that its references match."""
    right = "like 41/{number}/{yy} or 52{yy}{number:06d}"
    parts = {found[1] for found in _PART.finditer(text)}
    if set("{}") & set(_PART.sub("", text)):
        return PatternFault("the template has a part that is not known", right)
    if "number" not in parts or not parts & {"yy", "yyyy"}:
        return PatternFault("the template would give two crimes the same reference",
                            f"put both {{number}} and {{yy}} in it, {right}")
    made = ReferenceTemplate(text).fill(12345, 2016)
    if patterns and not any(p.printed.fullmatch(made) for p in patterns):
        return PatternFault(f"the template makes {made}, which no pattern matches",
                            "the same order of signs as in the pattern's example")
    return None
