"""The shape of a force's crime references, told from examples, for a new ``force.toml``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from core.force import reference

_PIECE = re.compile(r"\d+|[A-Za-z]+|[^\dA-Za-z]")
FIRST_YEAR, FIRST_TRAILING_YEAR = 2010, 2000
USUAL_NUMBER = 7  # digits of the highest number in a year, at the largest force
LEAST_FILLED = 6
SHOWN = 3


@dataclass(frozen=True)
class Shape:
    """``template`` is None where the examples do not show a number and a year.

    ``said``: how the examples were read, part by part, for people to confirm; ``fits`` and ``differs``:
    references that would and that would not be taken for one of this shape.
    """

    pattern: str
    template: str | None
    said: str
    examples: tuple[str, ...]
    fits: tuple[str, ...] = ()
    differs: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Part:
    """A part of all examples, with its text in each.

    ``kind``: fixed, number, filled (a number, with noughts in front), yy, yyyy, digits or letters.
    """

    texts: tuple[str, ...]
    kind: str = "fixed"

    @property
    def text(self) -> str:
        return self.texts[0]

    @property
    def same(self) -> bool:
        return len(set(self.texts)) == 1

    @property
    def lengths(self) -> tuple[int, int]:
        return min(map(len, self.texts)), max(map(len, self.texts))

    @property
    def is_digits(self) -> bool:
        return all(text.isdigit() for text in self.texts)


_Parts = list[_Part]


def shapes_of(examples: Iterable[str], this_year: int) -> tuple[Shape, ...]:
    """A shape for each way in which the examples are written, in their order.

    41/12345/16 is read as 41, a number of any length, the year. What differs between two examples that
    are written alike is no fixed part of them.
    """
    alike: dict[str, list[str]] = {}
    for example in dict.fromkeys(examples):
        alike.setdefault(_writing(example), []).append(example)
    return tuple(_shape(same, this_year) for same in alike.values())


def _writing(example: str) -> str:
    return "".join("9" if p.isdigit() else "A" if p.isalpha() else p for p in _PIECE.findall(example))


def _shape(examples: list[str], this_year: int) -> Shape:
    columns = [_Part(texts) for texts in zip(*map(_PIECE.findall, examples), strict=True)]
    parts = _read(columns, this_year)
    known = {part.kind for part in parts} & {"yy", "yyyy"}
    shape = Shape(
        "^" + "".join(map(_pattern, parts)) + "$",
        "".join(map(_template, parts)) if known and not _loose(parts) else None,
        ", ".join(_explained(part) for part in parts if part.text.isalnum()),
        tuple(examples),
    )
    return replace(shape, fits=_fits(shape, parts, this_year), differs=_differs(shape, parts))


# --- how the examples are read --------------------------------------------------------------------


def _read(parts: _Parts, this_year: int) -> _Parts:
    apart = max(_apart(parts, this_year), default=None, key=lambda reading: reading[0])
    in_one_run = max(_in_one_run(parts, this_year), default=None, key=lambda reading: reading[0])
    longest = max((p.lengths[1] for p in apart[1] if p.kind == "number"), default=0) if apart else 0
    if in_one_run and (apart is None or longest > USUAL_NUMBER):
        return in_one_run[1]
    return apart[1] if apart else _year_after_force(parts, this_year) or _without_year(parts)


_Reading = tuple[tuple[int, ...], _Parts]


def _apart(parts: _Parts, this_year: int) -> Iterator[_Reading]:
    """The year is a part of its own, and the longest other part of digits is the number.

    Where several could be the year: the last part, then the first.
    """
    runs = [at for at, part in enumerate(parts) if part.is_digits]
    for at in runs:
        others = [other for other in runs if other != at]
        first = FIRST_TRAILING_YEAR if at == runs[-1] and _long_before(parts, at) else FIRST_YEAR
        if not others or not _are_years(parts[at].texts, first, this_year + 1):
            continue
        number = max(others, key=lambda other: (not parts[other].same, _length(parts[other]), other))
        read = [_loosely(part) for part in parts]
        read[at] = replace(parts[at], kind="y" * len(parts[at].text))
        read[number] = replace(parts[number], kind="filled" if _is_filled(parts[number]) else "number")
        yield (-len(_loose(read)), len(parts[at].text), at == runs[-1], at == runs[0]), read


def _length(part: _Part) -> int:
    """Of a number; below three digits it tells nothing."""
    return part.lengths[1] if part.lengths[1] >= 3 else 0


def _long_before(parts: _Parts, at: int) -> bool:
    return any(part.is_digits and part.lengths[1] >= 3 for part in parts[:at])


def _in_one_run(parts: _Parts, this_year: int) -> Iterator[_Reading]:
    """Year and number stand together, perhaps after two digits of the force: 5224012345."""
    at = max(range(len(parts)), key=lambda at: parts[at].is_digits * parts[at].lengths[1])
    for begin, length in ((0, 4), (0, 2), (2, 2)) if parts[at].is_digits else ():
        before, years, numbers = (
            tuple(text[part] for text in parts[at].texts)
            for part in (slice(begin), slice(begin, begin + length), slice(begin + length, None))
        )
        force = _Part(before)
        if not force.same or not _are_years(years, FIRST_YEAR, this_year + 1):
            continue
        if min(map(len, numbers)) < LEAST_FILLED - 2 * (len(set(numbers)) > 1):
            continue
        middle = [_Part(years, "y" * length), _Part(numbers, "filled")]
        others = [[_loosely(part) for part in some] for some in (parts[:at], parts[at + 1:])]
        read = [*others[0], *([force] if begin else []), *middle, *others[1]]
        usual = max(map(int, numbers)) < 10 ** USUAL_NUMBER
        yield (-len(_loose(read)), usual, max(map(_full_year, years))), read


def _year_after_force(parts: _Parts, this_year: int) -> _Parts | None:
    """The number of the force and the year stand together, and the number apart: 5226/123456."""
    for at, part in enumerate(parts):
        force, years = _Part(tuple(t[:2] for t in part.texts)), tuple(t[2:] for t in part.texts)
        numbers = [other for other in parts[at + 1:] if other.is_digits]
        if not (part.is_digits and part.lengths == (4, 4) and force.same and numbers):
            continue
        if _are_years(years, FIRST_YEAR, this_year + 1):
            number = max(numbers, key=lambda other: other.lengths[1])
            after = [replace(p, kind="number") if p is number else _loosely(p) for p in parts[at + 1:]]
            return [*map(_loosely, parts[:at]), force, _Part(years, "yy"), *after]
    return None


def _without_year(parts: _Parts) -> _Parts:
    """The longest part of digits is the number; what stands before it is fixed if it can be no year."""
    read = [_loosely(part) for part in parts]
    runs = [at for at, part in enumerate(parts) if part.is_digits]
    if not runs:
        return read
    number = max(runs, key=lambda at: (parts[at].lengths[1], at))
    for at in runs:
        could_be_year = _are_years(parts[at].texts, FIRST_TRAILING_YEAR, FIRST_YEAR)
        if len(parts[at].texts) == 1 and (at > number or could_be_year):
            read[at] = replace(parts[at], kind="digits")
    read[number] = replace(parts[number], kind="number")
    return read


def _loosely(part: _Part) -> _Part:
    """What differs between the examples, and is neither number nor year."""
    if part.same:
        return part
    return replace(part, kind="digits" if part.is_digits else "letters")


def _loose(parts: _Parts) -> _Parts:
    return [part for part in parts if part.kind in ("digits", "letters")]


def _is_filled(part: _Part) -> bool:
    least, most = part.lengths
    return least == most >= LEAST_FILLED and any(text.startswith("0") for text in part.texts)


def _are_years(texts: Sequence[str], first: int, last: int) -> bool:
    return len(set(map(len, texts))) == 1 and all(first <= _full_year(text) <= last for text in texts)


def _full_year(digits: str) -> int:
    return {2: 2000 + int(digits or 0), 4: int(digits or 0)}.get(len(digits), 0)


# --- what is written of it ------------------------------------------------------------------------


def _pattern(part: _Part) -> str:
    least, most = part.lengths
    if part.kind == "fixed":
        return _sign(part.text)
    if part.kind == "number":
        return rf"\d{{1,{max(USUAL_NUMBER, most)}}}"
    count = f"{least}" if least == most else f"{least},{most}"
    return ("[A-Z]" if part.kind == "letters" else r"\d") + f"{{{count}}}"


def _template(part: _Part) -> str:
    if part.kind == "filled":
        return f"{{number:0{part.lengths[1]}d}}"
    return part.text if part.kind == "fixed" else f"{{{part.kind}}}"


def _explained(part: _Part) -> str:
    shown = ", ".join(dict.fromkeys(part.texts))
    words = {"fixed": f"always {shown}", "yy": f"the year ({shown})", "yyyy": f"the year ({shown})",
             "digits": f"some digits ({shown})", "letters": f"some letters ({shown})"}
    return words.get(part.kind, f"a number ({shown})")


def _sign(text: str) -> str:
    return text if text.isalnum() or text in "/- " else "".join(f"\\{sign}" for sign in text)


# --- what would be taken, and what not ------------------------------------------------------------


def _fits(shape: Shape, parts: _Parts, this_year: int) -> tuple[str, ...]:
    """References of this shape with small and large numbers, of this year and the next."""
    made = (_made(parts, number, year) for number, year in (
        (1, this_year), (4711, this_year + 1), (9_999_999, this_year)))
    return _matching(shape, made, True)


def _made(parts: _Parts, number: int, year: int) -> str:
    def text(part: _Part) -> str:
        digits = str(number)[:part.lengths[1] if part.kind == "filled" else None]
        return {
            "number": digits, "filled": digits.rjust(part.lengths[1], "0"),
            "yy": f"{year % 100:02}", "yyyy": f"{year}",
        }.get(part.kind, part.texts[-1])

    return "".join(map(text, parts))


def _differs(shape: Shape, parts: _Parts) -> tuple[str, ...]:
    """What people write by mistake: another force's number, a part left out, a sign too many."""
    example = shape.examples[0]
    first = parts[0]
    made = [example[:-len(parts[-1].text)].rstrip("/- *")] if len(parts) > 1 else []
    if first.kind == "fixed" and first.is_digits:
        made.append(f"{(int(first.text) + 1) % 10 ** len(first.text):0{len(first.text)}}"
                    + example[len(first.text):])
    elif first.kind == "fixed" and first.text.isalpha():
        made.append(example[len(first.text):].lstrip("/- *"))
    return _matching(shape, [*made, f"{example}A", "01/04/2016"], False)


def _matching(shape: Shape, made: Iterable[str], fits: bool) -> tuple[str, ...]:
    pattern = reference.compile_pattern(shape.pattern)
    right = [one for one in dict.fromkeys(made) if one and pattern.matches(one) is fits]
    return tuple(one for one in right if one not in shape.examples)[:SHOWN]
