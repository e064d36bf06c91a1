"""Reading the data of an event kindly: what record systems really write, where no meaning is lost.

``null`` and blanks are unset. A detail that cannot be used is left out and named, and the rest
counts. What somebody's safety hangs on is never left out: it is understood, or the event waits.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from core.base.field_marks import Detail, NotBlank, Safety
from core.base.fields import listed
from core.cases.safe_contact import SafeContact
from core.force.vocabulary import NationCodes
from core.hookspecs import Event
from core.intake.shapes import TYPES, Data, LeftOut, NotUnderstood, Officer

SAFETY_WORDS = ("removed", "silent", "flags", "safe_contact", "role")
ALIKE = 0.83  # as difflib measures: one or two letters of such a word are other ones
_FOLDED = {re.sub("_", "", word): word for word in SAFETY_WORDS}
_OTHER_WORDS = frozenset({"moved"})  # of one who moved house
_ALSO = {"silence": "silent", "silenced": "silent"}


@dataclass(frozen=True)
class Field:
    """What a field of a shape is to its reader."""

    inner: type[BaseModel] | None
    required: bool
    detail: Detail | None
    safety: bool
    many: bool  # a list, also as one text
    may_be_blank: bool
    may_be_none: bool


@cache
def fields_of(shape: type[BaseModel]) -> Mapping[str, Field]:
    return {name: _field(info) for name, info in shape.model_fields.items()}


def _field(info: Any) -> Field:
    marks = {type(mark): mark for mark in info.metadata}
    kinds = [info.annotation, *get_args(info.annotation)]
    inner = [k for k in kinds if isinstance(k, type) and issubclass(k, BaseModel)]
    return Field(
        inner[0] if inner else None, info.is_required(), marks.get(Detail), Safety in marks,
        any(getattr(mark, "func", None) is listed for mark in info.metadata),
        NotBlank not in marks, type(None) in kinds,
    )


def read_data(event: Event, codes: NationCodes | None = None) -> Data:
    """The event's data in the shape of its type; *codes* are those that the force may send.

    Raises :class:`NotUnderstood`.
    """
    shape = TYPES.get(event.type)
    if shape is None:
        raise NotUnderstood("this type of event is not known here", "/type")
    for known, pointer, word in out_of_place(shape, event.data, "/data"):
        raise NotUnderstood(
            f"in {known} stands something like the field of safety `{word}` where it means "
            "nothing, or written otherwise; see the types in docs/record-feed.md", pointer,
        )
    # In rounds: what is at fault goes, and only then pydantic looks at what hung on it.
    value, left_out = tidied(shape, event.data), []
    while True:
        try:
            data = shape.model_validate(value, context=codes)
        except ValidationError as error:
            left_out += _leave_out(shape, value, error)
        else:
            data._left_out = tuple(left_out)
            return data


def read_envelope(value: Any) -> Event:
    """A parsed CloudEvent. Raises :class:`NotUnderstood` naming the first field that is wrong.

    News from the future is refused: it would stay the newest, and hide all that really happens.
    """
    if isinstance(value, dict):
        value = tidied(Event, value)
    try:
        return Event.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise _explained(first, "") from None


# --- unset ------------------------------------------------------------------------------------


def tidied(shape: type[BaseModel], given: Mapping[str, Any]) -> dict[str, Any]:
    """What *given* says to the fields of *shape*: without what is unset, lists without gaps.

    Where "nothing" is an answer (an email that the record no longer has), unset stays as None.
    """
    found: dict[str, Any] = {}
    for name, field in fields_of(shape).items():
        if name not in given:
            continue
        value = given[name]
        if not _says_nothing(field, value) or not (field.may_be_blank or value is None):
            found[name] = _tidied_value(field, value)
        elif field.required:
            if value is not None:
                found[name] = value
        elif field.may_be_none and not field.safety:
            found[name] = None
    return found


def _tidied_value(field: Field, value: Any) -> Any:
    if isinstance(value, list):
        return [_tidied_value(field, one) for one in value if not is_unset(one)]
    if field.inner and isinstance(value, dict):
        return tidied(field.inner, value)
    return value


def _says_nothing(field: Field, value: Any) -> bool:
    """Unset; of what keeps somebody safe also a list of gaps: only an empty one takes anything back."""
    if field.safety and field.many and isinstance(value, list | str):
        return value != [] and all(map(is_unset, listed(value)))
    return is_unset(value)


def is_unset(value: Any) -> bool:
    """``null``, or a text of blanks."""
    return value is None or (isinstance(value, str) and not value.strip())


# --- left out ---------------------------------------------------------------------------------


def _leave_out(
    shape: type[BaseModel], value: dict[str, Any], error: ValidationError
) -> list[LeftOut]:
    """Take the details that are at fault out of *value*. Raises :class:`NotUnderstood` for more."""
    found: dict[tuple[Any, ...], LeftOut] = {}
    # Without the input: it would stand in the reason, and so in an answer.
    for fault in error.errors(include_url=False, include_input=False):
        place = _detail_at(shape, fault["loc"])
        told = _explained(fault, "/data")
        if place is None:
            raise told from None
        path, detail = place
        if any(path[:length] in found for length in range(1, len(path) + 1)):
            continue  # it is left out already, or the whole that it is a part of
        here = value
        for step in path[:-1]:
            here = here[step]
        here.pop(path[-1], None)  # what has something instead may be missing
        if detail.emptied or detail.instead:
            here[path[-1]] = detail.instead
        pointer = f"/data/{'/'.join(map(str, path))}"
        why = " ".join((*map(str, fault["loc"][len(path):]), told.why))
        found[path] = LeftOut(pointer, why, *_whose(value, path))
    return list(found.values())


def _whose(value: dict[str, Any], path: tuple[Any, ...]) -> tuple[str, str | None]:
    """(field, the person's id): the field of a person, or of the case and its officer."""
    own, person = path, None
    if path[0] == "person":
        own, person = path[1:], value["person"]
    elif path[0] == "people":
        own, person = path[2:], value["people"][path[1]]
    return "/".join(map(str, own)), str(person.get("id", "")).strip() if person else None


def _detail_at(
    shape: type[BaseModel], loc: tuple[Any, ...]
) -> tuple[tuple[Any, ...], Detail] | None:
    """The innermost detail on the way to a fault."""
    found, here = None, shape
    for at, step in enumerate(loc):
        if isinstance(step, int):
            continue
        field = fields_of(here).get(step) if here else None
        if field is None:
            break
        if field.detail:
            found = (loc[: at + 1], field.detail)
        here = field.inner  # type: ignore[assignment]
    return found


# --- out of place -----------------------------------------------------------------------------


def out_of_place(
    shape: type[BaseModel] | None, given: Any, pointer: str, known: str | None = None
) -> Iterator[tuple[str, str, str]]:
    """Words of safety where *shape* has none: (the known part of the place, pointer, the word)."""
    here = known or pointer
    if isinstance(given, list):
        for place, one in enumerate(given):
            yield from out_of_place(shape, one, f"{pointer}/{place}",
                                    known or (None if shape else here))
    if not isinstance(given, dict):
        return
    fields = fields_of(shape) if shape else {}
    for name, value in given.items():
        field, below = fields.get(name), f"{pointer}/{escaped(name)}"
        if field is None and not is_unset(value) and (word := _meant(name, shape)):
            yield here, below, word
        elif isinstance(value, dict | list):
            yield from out_of_place(field.inner if field else None, value, below,
                                    known if field else here)


def _meant(name: str, shape: type[BaseModel] | None) -> str | None:
    """In a safe contact, whatever is not known may keep somebody safe. An officer's role is a rank."""
    if shape is SafeContact:
        return "safe_contact"
    word = like_safety(name)
    return None if shape is Officer and word == "role" else word


def like_safety(name: str) -> str | None:
    """The word of safety that *name* is, or seems to be meant for."""
    folded = "".join(s for s in unicodedata.normalize("NFKC", name).casefold() if s.isalnum())
    # A longer one is no slip of these words, and comparing takes time by its length.
    if not 3 <= len(folded) <= 20 or folded in _OTHER_WORDS:
        return None
    near = difflib.get_close_matches(folded, _FOLDED, n=1, cutoff=ALIKE)
    return _FOLDED[near[0]] if near else _ALSO.get(folded)


def escaped(step: str) -> str:
    """One step of a JSON pointer (RFC 6901)."""
    return step.replace("~", "~0").replace("/", "~1")[:100]


# --- in words ---------------------------------------------------------------------------------

_PLAIN = {
    "model_type": "is not an object",
    "dict_type": "is not an object",
    "list_type": "is not a list",
    "string_type": "is not text",
    "string_unicode": "is not text",
    "bool_type": "is neither true nor false",
    "bool_parsing": "is neither true nor false",
    "missing": "is missing",
    "date_from_datetime_parsing": "is not a day, like 2024-03-01",
    "date_parsing": "is not a day, like 2024-03-01",
    "datetime_from_date_parsing": "is not a moment with its zone, like 2024-03-01T10:00:00Z",
    "datetime_parsing": "is not a moment with its zone, like 2024-03-01T10:00:00Z",
    "string_too_long": "is longer than {max_length} characters",
    "too_long": "is longer than {max_length}",
    "literal_error": "is none of {expected}",
}


def _explained(fault: Any, base: str) -> NotUnderstood:
    """In words that name the place and the kind of fault, never what stood there."""
    pointer = base + "".join(f"/{part}" for part in fault["loc"])
    why = in_words(fault)
    return NotUnderstood(f"{pointer or 'the event'}: {why}", pointer, why)


def in_words(fault: Any) -> str:
    """What is wrong with a value, by one of pydantic's errors; never the value."""
    plain = _PLAIN.get(fault["type"], "").format_map(fault.get("ctx", {}))
    why = plain or fault["msg"].removeprefix("Value error, ")
    return why[:1].lower() + why[1:]
