"""What is in effect for a force and where each value comes from; what differs between two."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import BaseModel

from core.base import SOURCE_LANGUAGE
from core.force import Force, Words, report, toml_lines, toml_text, vocabulary
from core.plugin_host import ForceFile


@dataclass(frozen=True)
class Value:
    """A value in effect; ``origin`` is ``force.toml``, ``shared list``, ``always on`` or a default's kind."""

    key: str
    value: Any
    origin: str
    line: int | None = None

    @property
    def place(self) -> str:
        return f"{self.origin}:{self.line}" if self.line else self.origin


@dataclass(frozen=True)
class Difference:
    """What one force has under a key and what the other has; None where it has nothing."""

    key: str
    one: Any
    other: Any


# --- show ---------------------------------------------------------------------------------------


def effective(found: ForceFile) -> list[Value]:
    """Every value in effect, in the order of the keys of the models; crime types with names."""
    walk = _Walk(found)
    return [*walk.table(found.force, ()), *walk.plugins()]


class _Walk:
    def __init__(self, found: ForceFile) -> None:
        self.found = found
        self.lines = toml_lines.lines_of(toml_text.read_text(found.file))

    def table(self, table: BaseModel, place: toml_lines.Place, default: str = "default") -> Iterator[Value]:
        for name, field in type(table).model_fields.items():
            key, value = field.alias or name, getattr(table, name)
            if isinstance(table, Force) and key == "plugins":
                continue
            if isinstance(table, Force) and key == "crime_types":
                yield from self.crime_types()
            elif key == "accent" and value is None:
                yield Value(report.key_of((*place, key)), getattr(table, "accent", None),
                            "same as brand.colour")
            else:
                yield from self.value(value, (*place, key), default)

    def value(self, value: Any, place: toml_lines.Place, default: str) -> Iterator[Value]:
        if isinstance(value, BaseModel):
            yield from self.table(value, place, default)
        elif isinstance(value, Words) and (*place, SOURCE_LANGUAGE) not in self.lines:
            yield self.leaf(place, str(value), default)
        elif isinstance(value, Words):
            yield from self.value(value.by_language, place, default)
        elif isinstance(value, Mapping) and value:
            for key, inner in value.items():
                yield from self.value(inner, (*place, key), default)
        elif isinstance(value, (tuple, list)) and any(isinstance(v, BaseModel) for v in value):
            for number, item in enumerate(value):
                yield from self.value(item, (*place, number), default)
        else:
            yield self.leaf(place, value, default)

    def leaf(self, place: toml_lines.Place, value: Any, default: str) -> Value:
        line = self.lines.get(place)
        return Value(report.key_of(place), value, "force.toml" if line else default, line)

    def crime_types(self) -> Iterator[Value]:
        force = self.found.force
        for number, chosen in enumerate(force.chosen_crime_types):
            place: toml_lines.Place = ("crime_types", number)
            line = self.lines.get((*place, "id"), self.lines.get(place))
            yield Value(report.key_of((*place, "id")), chosen.id, "force.toml", line)
            shared = vocabulary.CRIME_TYPES[chosen.id]
            yield from self.value(chosen.names or str(shared.name), (*place, "name"), "shared list")
            sensitive = shared.sensitive or chosen.sensitive
            yield self.leaf((*place, "sensitive"), sensitive, "shared list")

    def plugins(self) -> Iterator[Value]:
        for name, settings in self.found.settings.items():
            place: toml_lines.Place = ("plugins", name)
            line = min((n for key, n in self.lines.items() if key[:2] == place), default=None)
            yield Value(report.key_of(place), "on", "force.toml" if line else "always on", line)
            if settings is not None:
                yield from self.table(settings, place, f"default of {name}")


# --- diff ---------------------------------------------------------------------------------------


def differences(one: Force, other: Force) -> list[Difference]:
    """What differs, by key. Districts and the like are known by their id, phases by their name."""
    return list(_tables(_table_of(one), _table_of(other), ""))


def _table_of(table: BaseModel) -> dict[str, Any]:
    """By the keys of the file; the values are left as they are but for the tables in them."""
    return {field.alias or name: _plain(getattr(table, name))
            for name, field in type(table).model_fields.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Words):
        value = dict(value.by_language) if len(value.by_language) > 1 else str(value)
    if isinstance(value, BaseModel):
        return _table_of(value)
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(item) for item in value] if isinstance(value, (tuple, list)) else value


def _tables(one: Mapping[str, Any], other: Mapping[str, Any], key: str) -> Iterator[Difference]:
    for name in dict.fromkeys((*one, *other)):
        inner = f"{key}.{name}" if key else str(name)
        yield from _values(one.get(name), other.get(name), inner)


def _values(one: Any, other: Any, key: str) -> Iterator[Difference]:
    if one == other:
        return
    if isinstance(one, Mapping) and isinstance(other, str):
        other = {SOURCE_LANGUAGE: other}  # a text in several languages, and one in the source's alone
    if isinstance(other, Mapping) and isinstance(one, str):
        one = {SOURCE_LANGUAGE: one}
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        yield from _tables(one, other, key)
    elif isinstance(one, list) and isinstance(other, list):
        yield from _lists(one, other, key)
    else:
        yield Difference(key, one, other)


def _lists(one: list[Any], other: list[Any], key: str) -> Iterator[Difference]:
    if any(isinstance(item, Mapping) for item in (*one, *other)):
        named, others = _by_name(one), _by_name(other)
        only, only_other = _without(list(named), others), _without(list(others), named)
        if only or only_other:
            yield Difference(key, only, only_other)
        for name in named:
            if name in others:
                yield from _values(named[name], others[name], f"{key}[{name}]")
        return
    only, only_other = _without(one, other), _without(other, one)
    if only or only_other:
        yield Difference(key, only, only_other)
    else:
        yield Difference(f"{key} (in another order)", one, other)


def _without(names: list[Any], others: Any) -> list[Any]:
    return [name for name in names if name not in others]


def _by_name(items: list[Any]) -> dict[str, Any]:
    """Each table by its id, name or pattern; by its number where two are called the same."""
    named: dict[str, Any] = {}
    for number, item in enumerate(items, 1):
        called = item.get("id") or item.get("name") or item.get("pattern") or str(number)
        named[str(number) if called in named else called] = item
    return named


def as_written(value: Any) -> Any:
    """*value* as JSON can say it: days as text, tables as tables."""
    value = _plain(value)
    if isinstance(value, dict):
        return {str(key): as_written(inner) for key, inner in value.items()}
    if isinstance(value, (list, set, frozenset)):
        return [as_written(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(value)
