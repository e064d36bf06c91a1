"""Turns what the TOML reader and pydantic found into problems that name file, key and line."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from core.base.languages import SOURCE_LANGUAGE, installed
from core.force.fault import Problem, nearest, one_of
from core.force.file.toml_lines import Place, lines_of, nearest_line
from core.force.file.toml_text import day_meant
from core.force.words import TAGS, Words

_EXPLAINED = {
    "string_type": ("must be text", 'text in quotation marks, like "…"'),
    "string_too_short": ("is empty", "a text; a key that is not needed can be left out"),
    "string_too_long": ("is too long", "at most 2,000 letters"),
    "tuple_type": ("must be a list", "a list in square brackets, like [\"…\"]"),
    "too_short": ("is an empty list", "at least one"),
    "bool_parsing": ("must be true or false", "true or false, without quotation marks"),
    "bool_type": ("must be true or false", "true or false, without quotation marks"),
    "int_type": ("must be a whole number", "digits without quotation marks, like 30"),
    "int_parsing": ("must be a whole number", "digits without quotation marks, like 30"),
    "int_from_float": ("must be a whole number", "digits without a point, like 30"),
    "float_type": ("must be a number", "a number without quotation marks, like 2.5"),
    "float_parsing": ("must be a number", "a number without quotation marks, like 2.5"),
    "list_type": ("must be a list", "a list in square brackets, like [\"…\"]"),
}
_LIMITS = {
    "greater_than": ("gt", "is too small", "more than"),
    "greater_than_equal": ("ge", "is too small", "at least"),
    "less_than": ("lt", "is too large", "less than"),
    "less_than_equal": ("le", "is too large", "at most"),
}
_KEYS = "as a heading, with its keys below it"
_ABOVE = "{} = … at the top of the file, above the first heading in square brackets"
_TABLE = ("must be a table", "a heading in square brackets with its keys below it")
_DAY = ("is not a day", "a day like 2016-04-01")


class Report:
    """Collects problems; of each key the one that was found first.

    *read* gives the text of the file; it is asked only when there is something to report.
    """

    def __init__(self, file: str, read: Callable[[], str]) -> None:
        self.file = file
        self._read = read
        self.problems: list[Problem] = []
        self._places: set[Place] = set()

    @cached_property
    def lines(self) -> Mapping[Place, int]:
        """Line of each key of the file."""
        return lines_of(self._read())

    def add(self, place: Place, wrong: str, right: str, *, also: bool = False) -> None:
        """Note a fault; a second one of the same key only if asked to keep it *also*."""
        if also or place not in self._places:
            line = nearest_line(self.lines, place)
            self.problems.append(Problem(self.file, key_of(place), line, wrong, right))
        self._places.add(place)

    def sorted(self) -> list[Problem]:
        return sorted(self.problems, key=lambda problem: (problem.line or 0, problem.key))

    def take_shape(
        self, error: ValidationError, model: type[BaseModel], base: Place = ()
    ) -> None:
        """Every fault pydantic found in the table at *base*. A key that is only misspelt is not
        called missing as well."""
        found = error.errors(include_url=False)
        misspelt = set()
        for fault in found:
            if fault["type"] == "extra_forbidden":
                *table, key = _place_of(fault)
                known = _keys_at(model, tuple(table))
                strayed = bool(table) and key in keys_of(model) and key not in known
                misspelt.add((key,) if strayed else (*table, nearest(str(key), known)))
                right = _ABOVE.format(key) if strayed else one_of(str(key), known)
                self.add((*base, *table, key), f"there is no key “{key}” here", self._by_language(
                    (*base, *table), str(key), fault["input"], known) or right)
        for fault in found:
            place = _place_of(fault)
            emptied = fault["type"] == "too_short" and fault["input"]  # by the faults of its items
            told = (*base, *place[:-1]) in self._places and (*base, *place) not in self.lines
            if fault["type"] == "extra_forbidden" or place in misspelt or emptied or told:
                continue
            if fault["type"] == "missing" and _model_at(model, place) is not _model_at(model, place[:-1]):
                self.add((*base, *place), "is missing", f"[{key_of((*base, *place))}] {_KEYS}")
            else:
                self.add((*base, *place), *explain_fault(fault))


    def _by_language(self, table: Place, key: str, text: object, known: list[str]) -> str | None:
        """What to write for ``name_cy``, a key with a language at its end: the text's own key, as a table."""
        name, _, code = key.rpartition("_")
        if name not in known or code not in installed():
            return None
        written: Any = tomllib.loads(self._read())
        for part in table:
            written = written[part]
        written = written.get(name, "…")
        texts = written if isinstance(written, dict) else {SOURCE_LANGUAGE: written}
        pairs = (f"{one} = {json.dumps(said, ensure_ascii=False)}"
                 for one, said in {**texts, code: text}.items())
        return f"{name} = {{ {', '.join(pairs)} }}"


def _place_of(fault: Any) -> Place:
    """Where the value stands in the file, without what pydantic puts in between."""
    return tuple(part for part in fault["loc"] if part not in ("[key]", *TAGS))


def explain_fault(fault: Any) -> tuple[str, str]:
    """What is wrong and what would be right, of one error that pydantic found."""
    kind, context = fault["type"], fault.get("ctx", {})
    if kind == "fault":
        return context["wrong"], context["right"]
    if kind == "missing":
        return "is missing", f'{fault["loc"][-1]} = …'
    if kind == "literal_error":
        choices = re.findall(r"'([^']*)'", context["expected"])
        return f"“{fault['input']}” is not known here", one_of(str(fault["input"]), choices)
    if kind == "string_type" and isinstance(fault["input"], (int, float)):
        written = str(fault["input"])
        return ("must be text, in quotation marks",
                f'"{written.lower() if isinstance(fault["input"], bool) else written}"')
    if kind == "tuple_type" and isinstance(fault["input"], dict):
        name = key_of(fault["loc"])
        return "its heading has one bracket, and it may be there several times", f"[[{name}]]"
    if kind in _LIMITS:
        limit, wrong, right = _LIMITS[kind]
        return f"{fault['input']} {wrong}", f"{right} {context[limit]}"
    if kind.startswith("date"):
        meant = day_meant(str(fault["input"]))
        return f"“{fault['input']}” {_DAY[0]}", str(meant) if meant else _DAY[1]
    if kind.startswith(("model", "mapping", "dict")):
        return _TABLE
    return _EXPLAINED.get(kind, (fault["msg"].removeprefix("Value error, "), ""))


def keys_of(model: type[BaseModel]) -> list[str]:
    """The keys a table of this model may have, as they are written in the file."""
    return [field.alias or name for name, field in model.model_fields.items()]


def _keys_at(model: type[BaseModel], place: Place) -> list[str]:
    """The keys of the table at *place*: of a text those of its languages."""
    *above, last = place or ("",)
    field = next((field for name, field in _model_at(model, tuple(above)).model_fields.items()
                  if last == (field.alias or name)), None)
    if field and any(isinstance(kind, type) and issubclass(kind, Words)
                     for kind in (field.annotation, *get_args(field.annotation))):
        return [*installed()]
    return keys_of(_model_at(model, place))


def _model_at(model: type[BaseModel], place: Place) -> type[BaseModel]:
    for part in place:
        fields = {field.alias or name: field for name, field in model.model_fields.items()}
        if part in fields:
            model = _model_in(fields[str(part)].annotation) or model
    return model


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    inner = (_model_in(argument) for argument in get_args(annotation))
    return next((model for model in inner if model), None)


def key_of(place: Place) -> str:
    """A place as people say it: ``phases[2].opens`` is of the second ``[[phases]]``."""
    said = ""
    for part in place:
        said += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if said else str(part)
    return said
