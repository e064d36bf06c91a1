"""The text of a ``force.toml``, however an editor saved it; what is wrong when it is not TOML."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

from core.base.csv import encoding_of
from core.force.fault import Problem

LARGEST = 1_000_000
LISTS = ("districts", "support", "phases", "references.patterns")
_SAVE = "save it again as plain text with the encoding UTF-8 (Notepad asks for it under Save as)"
_CURLY = "“”„‟‘’‚«»"
_NOTE = re.compile(r"\s*(//|;|--|/\*|<!--|REM\b)", re.IGNORECASE)
_FIRST_WORD = re.compile(r"\s*[\"']?([A-Za-z_][\w.-]*)[\"']?")
_BETWEEN = ",; \t\r\f\v\u00a0"
_HEADING = re.compile(r"\s*\[+\s*([^\]#]*?)\s*\]*[\s,;]*(?:#.*)?$")
_COLON = re.compile(r"\s*([\w-]+)\s*:\s*(.*)")
_DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})|(\d{1,2})[/.](\d{1,2})[/.](\d{2})(?!\d)")
_YEAR_FIRST = re.compile(r"(\d{4}|\d{2}(?=-))\D(\d{1,2})\D(\d{1,2})(?!\d)")


class NotText(ValueError):
    """The bytes of a file are no text; ``line`` where that is known, and what would be ``right``."""

    def __init__(self, wrong: str, right: str = _SAVE, line: int | None = None) -> None:
        super().__init__(wrong)
        self.right, self.line = right, line


def text_of(content: bytes) -> str:
    """UTF-8, with or without a mark at its beginning, lines ended in any way. Raises NotText."""
    if len(content) > LARGEST:
        raise NotText(f"the file has {len(content):,} bytes, which no force needs",
                      f"at most {LARGEST:,}: notes that people do not need can go elsewhere")
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"{\\rtf")):
        raise NotText("the file is a document of a word processor or a spreadsheet")
    if encoding_of(content[:4]).startswith("utf-16"):
        raise NotText("the file is text in UTF-16, which Windows calls Unicode")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise NotText("the file is not UTF-8 text", line=line) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_text(file: Path) -> str:
    """The text of a file. Raises OSError and :class:`NotText`."""
    return text_of(file.read_bytes())


def not_toml(file: str, text: str, error: ValueError) -> Problem:
    """The problem of a text that is not TOML; there is one, as nothing after it can be read."""
    message = str(error)
    place = re.search(r"\(at line (\d+), column (\d+)\)", message)
    lines = text.rstrip().split("\n")
    line = min(int(place[1]) if place else len(lines), len(lines))
    slip = _Slip(lines[line - 1], int(place[2]) if place else len(lines[line - 1]) + 1, message)
    wrong, right = slip.explained()
    return Problem(file, slip.key, line, wrong, right)


class _Slip:
    """One line that could not be read: what its writer most likely meant."""

    def __init__(self, written: str, column: int, message: str) -> None:
        self.written, self.message = written, message
        self.sign = written[column - 1:column]
        self.before = written[:column - 1]
        heading = _HEADING.match(written) if written.lstrip().startswith("[") else None
        self.heading = heading[1] if heading else ""
        self.unquoted = _from_spreadsheet(written)
        name, _, value = (self.unquoted or written).partition("=")
        self.name = name.strip() if "=" in written and not heading else ""
        self.value = value.strip()

    @property
    def key(self) -> str:
        if self.heading or self.name:
            return self.heading or self.name
        meant = self.message.startswith(("Expected '='", "Invalid statement"))
        return _first_word(self.written)[0] if meant else ""

    def explained(self) -> tuple[str, str]:
        return self._spreadsheet() or self._hidden() or self._foreign() or next(
            (say(self) for start, say in _EXPLAINED if self.message.startswith(start)),
            (self.message.partition(" (at")[0], "one of the lines of another force’s file"),
        )

    def _spreadsheet(self) -> tuple[str, str] | None:
        if self.unquoted is None:
            return None
        return ("a spreadsheet saved this line as a cell, in quotation marks and with its own marks doubled; "
                "change the copy from before in a text editor", self.unquoted)

    def _hidden(self) -> tuple[str, str] | None:
        marks = self.sign in _CURLY or "Illegal character '\\n'" in self.message
        if marks and self.sign + self.written and any(c in self.written for c in _CURLY):
            return ("a curly quotation mark, as word processors make them, holds no text",
                    f"straight marks: {_straight(self.written.strip())}")
        if (self.sign and not self.sign.isprintable() and self.sign not in "\n\t") or self.sign == "\xa0":
            return ("a sign or a space is here that cannot be seen",
                    "the same line, typed again with the keyboard")
        return None

    def _foreign(self) -> tuple[str, str] | None:
        if self.written.startswith(("<<<<<<<", "=======", ">>>>>>>")):
            return ("two versions of the file were put together here",
                    "one of the two, without the lines <<<<<<<, ======= and >>>>>>>")
        if note := _NOTE.match(self.written):
            return f"a note does not begin with {note[1]}", "a line that begins with #"
        colon = _COLON.match(self.written)
        if colon and "=" not in self.written[:colon.end(1) + 1]:
            value = colon[2].strip().rstrip(",")
            return "a colon stands between key and value", f"{colon[1]} = {_marked(value) if value else '…'}"
        return None

    # --- by what the reader of TOML said ----------------------------------------------------------

    def twice(self) -> tuple[str, str]:
        if self.heading in LISTS:
            return ("a heading that may be there several times has two brackets",
                    f"[[{self.heading}]] every time")
        return "this table stands in the file twice", "one heading, with all its keys below it"

    def overwritten(self) -> tuple[str, str]:
        return self.twice() if self.heading else (
            "this stands in the file twice", "keep one of the two")

    def unreadable(self) -> tuple[str, str]:
        value = self.value
        if value in ("True", "False", "TRUE", "FALSE", "yes", "Yes", "no", "No", "on", "off"):
            said = "true" if value.casefold() in ("true", "yes", "on") else "false"
            return f"“{value}” cannot be read", f"true or false, in small letters: {said}"
        if not value or value.startswith("#"):
            return "nothing stands after the =", 'text in marks: "…", or no such line'
        return "the value cannot be read", f"text in marks: {_marked(value)}, or a day 2016-04-01"

    def rest(self) -> tuple[str, str]:
        """The value begins well, and then something stands that does not belong to it."""
        day = day_meant(self.value)
        if day and not self.value.startswith(str(day)):
            return "a day is written in another way", f"the year first, with dashes: {day}"
        if doubled := re.fullmatch(r'""([^"].*?)""[\s,;]*', self.value):
            return "the quotation marks are doubled", f'{self.name} = "{doubled[1]}"'
        if re.fullmatch(r"-?\d+,\d+", self.value):
            return "a comma stands in a number", f"a point: {self.value.replace(',', '.')}"
        if re.fullmatch(r"\+?[\d() -]+|[\d.]*[^\W\d_][^\"']*|\d[\w .:/-]*", self.value):
            return "text must be in quotation marks", f"text in marks: {_marked(self.value)}"
        whole = self.before.count("=") if self.name else self.before.lstrip().startswith("[")
        right = self.before.strip() if whole else 'key = "value"'
        return f"“{self.written[len(self.before):].strip()[:20]}” stands after the value", right

    def no_pair(self) -> tuple[str, str]:
        word, rest = _first_word(self.written)
        right = f"{word} = {_marked(rest) if rest else '…'}" if word else 'key = "value"'
        return "this line is not a key with a value", right

    def open_heading(self) -> tuple[str, str]:
        name = self.heading or "brand"
        return "this is no heading", f"[[{name}]]" if name in LISTS else f"[{name}]"


def _as(wrong: str, right: str) -> Callable[[_Slip], tuple[str, str]]:
    return lambda slip: (wrong, right)


_BACKSLASH = _as("a \\ stands in text with double marks", "single marks: '^41/\\d{1,7}$'")
_MARK = _as("a quotation mark is missing", 'text between two marks: "…"')
_EXPLAINED: tuple[tuple[str, Callable[[_Slip], tuple[str, str]]], ...] = (
    ("Cannot overwrite a value", _Slip.overwritten),
    ("Cannot declare", _Slip.twice),
    ("Cannot mutate", _Slip.twice),
    ("Expected '='", _Slip.no_pair),
    ("Invalid statement", _Slip.no_pair),
    ("Expected newline", _Slip.rest),
    ("Expected ']", _Slip.open_heading),
    ("Illegal character '\\n'", _MARK),
    ("Unterminated string", _MARK),
    ("Expected '\"'", _MARK),
    ("Expected \"'", _MARK),
    ("Unclosed array", _as("a list is never closed, or a comma is missing in it", '["one", "two"]')),
    ("Unclosed inline", _as("a { is never closed, or a comma is missing", '{ en = "…" }')),
    ("Unescaped '\\'", _BACKSLASH),
    ("Escaped character", _BACKSLASH),
    ("Invalid hex value", _BACKSLASH),
    ("Invalid date", _as("there is no such day", "a day like 2016-04-01")),
    ("Exceeds the limit", _as("a number in the file is far too long", "text in marks: \"…\"")),
    ("Invalid value", _Slip.unreadable),
)


def _from_spreadsheet(written: str) -> str | None:
    """The line that a spreadsheet saved as a cell: in marks, its own marks doubled; None if it is none."""
    cells = written.strip().rstrip(",;\t ")
    if not (cells.startswith('"') and cells.endswith('"')):
        return None
    try:
        line = ",".join(next(csv.reader([cells], strict=True))).strip()
    except csv.Error:
        return None
    return line if re.match(r"[\w.-]+\s*=|\[", line) else None


def _first_word(line: str) -> tuple[str, str]:
    """The word that a line begins with, if a key can be written so, and what stands after it."""
    found = _FIRST_WORD.match(line)
    return (found[1], line[found.end():].strip(_BETWEEN)) if found else ("", "")


def _straight(line: str) -> str:
    return re.sub("[‘’‚]", "'", re.sub("[“”„‟«»]", '"', line))


def _marked(value: str) -> str:
    """What somebody wrote, between quotation marks."""
    said = _straight(value).strip("\"'; ,")
    return f'"{said[:60]}{"…" * (len(said) > 60)}"'


def day_meant(value: str) -> date | None:
    """The day that somebody wrote with the day first, with two figures for the year, or other signs."""
    first, last = _DAY_FIRST.match(value), _YEAR_FIRST.match(value)
    parts = [part for part in first.groups() if part][::-1] if first else last.groups() if last else ()
    try:
        year, month, day = map(int, parts)
        return date(year + 2000 if year < 100 else year, month, day)
    except ValueError:
        return None
