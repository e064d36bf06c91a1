"""JSON as the contract has it: no duplicate keys, no NaN, bounded depth, numbers and strings."""

from __future__ import annotations

import codecs
import json
import math
import re
from collections.abc import Iterator
from typing import Any

MAX_DEPTH = 32
MAX_STRING = 20_000
# Reading a number takes time by the square of its digits (CVE-2020-10735).
MAX_DIGITS = 20
_BRACKETS = re.compile(r"[\[\]{}]")
_SPACE = re.compile(r"[ \t\r\n]*")
# PostgreSQL's text holds neither.
_REFUSED = re.compile(r"[\x00\ud800-\udfff]")


class NotJson(ValueError):
    """The text is not JSON, or more than the contract allows; ``pointer`` says where, if known."""

    def __init__(self, reason: str, pointer: str | None = None) -> None:
        super().__init__(reason)
        self.reason, self.pointer = reason, pointer


def parse(body: bytes) -> Any:
    """The value of *body*. Raises :class:`NotJson`."""
    try:  # a receiver may overlook the mark (RFC 8259 §8.1)
        text = body.removeprefix(codecs.BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotJson(f"not UTF-8 at byte {error.start}") from None
    try:
        value = _decoder().decode(text)
    except NotJson as problem:
        raise NotJson(problem.reason, _item_at_fault(text)) from None
    except json.JSONDecodeError as error:
        raise NotJson(
            f"not JSON: {error.msg} at line {error.lineno}, column {error.colno}"
        ) from None
    except RecursionError:
        raise NotJson(_too_deep()) from None
    if _may_break_a_limit(text):
        check(value)
    return value


def _decoder() -> json.JSONDecoder:
    return json.JSONDecoder(
        object_pairs_hook=_object, parse_int=_whole, parse_float=_number, parse_constant=_constant
    )


def _item_at_fault(text: str) -> str | None:
    """The pointer of the item of a batch that breaks a limit, found by reading them one by one."""
    decoder, place, number = _decoder(), _SPACE.match(text).end(), 0  # type: ignore[union-attr]
    if text[place] != "[":
        return None
    while True:
        place = _SPACE.match(text, place + 1).end()  # type: ignore[union-attr]
        try:
            _, place = decoder.raw_decode(text, place)
        except NotJson:
            return f"/{number}"
        place, number = _SPACE.match(text, place).end(), number + 1  # type: ignore[union-attr]


def _may_break_a_limit(text: str) -> bool:
    """Most events are short and flat; only others are walked through.

    *text* is JSON. Where no quotation mark is escaped, each one begins or ends a string.
    """
    if "\\u" in text or '\\"' in text:
        return True
    parts = text.split('"')
    depth = deepest = 0
    for bracket in _BRACKETS.findall("".join(parts[::2])):
        depth += 1 if bracket in "[{" else -1
        deepest = max(deepest, depth)
    return deepest > MAX_DEPTH or max(map(len, parts[1::2]), default=0) > MAX_STRING


def check(value: Any) -> None:
    """Refuse a parsed value that is too deep or has strings that are too long or hold no text."""
    # By a list, not by calls within calls: how deep it goes is what is asked here.
    waiting: list[tuple[Any, str, int]] = [(value, "", 1)]
    while waiting:
        here, pointer, depth = waiting.pop()
        if isinstance(here, str):
            _check_string(here, pointer)
        elif isinstance(here, dict | list):
            if depth > MAX_DEPTH:
                raise NotJson(_too_deep(), pointer[:200])
            waiting += [
                (inner, f"{pointer}/{step}", depth + 1) for step, inner in _parts(here, pointer)
            ]


def _parts(here: dict[str, Any] | list[Any], pointer: str) -> Iterator[tuple[str, Any]]:
    if isinstance(here, list):
        yield from ((str(place), inner) for place, inner in enumerate(here))
        return
    for key, inner in here.items():
        _check_string(key, pointer)
        yield key.replace("~", "~0").replace("/", "~1")[:100], inner


def _check_string(text: str, pointer: str) -> None:
    if len(text) > MAX_STRING:
        raise NotJson(f"a string has {len(text)} characters; {MAX_STRING} are allowed", pointer)
    if _REFUSED.search(text):
        raise NotJson("a string holds NUL or half a character (a lone surrogate)", pointer)


def _too_deep() -> str:
    return f"nested more than {MAX_DEPTH} deep"


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # RFC 8259 leaves open which of two equal keys counts: what one program checked, the next would not read.
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise NotJson(f"the key {json.dumps(twice[:100])} is there twice in one object")
    return found


def _digits(text: str) -> None:
    if sum(sign.isdigit() for sign in text) > MAX_DIGITS:
        raise NotJson(f"a number has more than {MAX_DIGITS} digits")


def _whole(text: str) -> int:
    _digits(text)
    return int(text)


def _number(text: str) -> float:
    _digits(text)
    found = float(text)
    if not math.isfinite(found):
        raise NotJson("a number is too large")
    return found


def _constant(name: str) -> Any:
    raise NotJson(f"{name} is not JSON")
