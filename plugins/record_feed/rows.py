"""A row of a CSV file as a record event, by the sender's mapping."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from plugins.record_feed.settings import CsvMapping

LONDON = ZoneInfo("Europe/London")
SOURCE = "trackmycrime:csv"


class WrongCell(ValueError):
    """A cell is not what its column's format says."""


def event_of(row: Mapping[str, str], mapping: CsvMapping) -> dict[str, Any]:
    """The event of one row; empty cells are left out. Raises :class:`WrongCell`.

    Without an ``id`` column the whole row is the id, so that the same row again is a repeat.
    """
    fields: dict[str, Any] = dict(mapping.values)
    for column, path in mapping.columns.items():
        cell = row[column].strip()
        if cell:
            fields[path] = _value(cell, column, path, mapping)
    event: dict[str, Any] = {
        "specversion": "1.0",
        "source": SOURCE,
        "datacontenttype": "application/json",
        "data": {},
    }
    for path, value in fields.items():
        _put(event, path.split("."), value)
    event.setdefault("id", _digest_of(row, mapping))
    listed: dict[str, Any] = _lists(event)
    return listed


def _value(cell: str, column: str, path: str, mapping: CsvMapping) -> str:
    form = mapping.moments.get(path) or mapping.dates.get(path)
    if form is None:
        return cell
    try:
        read = datetime.strptime(cell, form)  # noqa: DTZ007
    except ValueError:
        raise WrongCell(f"{column}: “{cell[:40]}” is not written like {form}") from None
    if path in mapping.dates:
        return read.date().isoformat()
    # Of the hour that comes twice in October, the first: a table does not say which.
    return read.replace(tzinfo=read.tzinfo or LONDON).astimezone(UTC).isoformat()


def _put(into: dict[str, Any], steps: list[str], value: Any) -> None:
    for step in steps[:-1]:
        into = into.setdefault(step, {})
    into[steps[-1]] = value


def _lists(value: Any) -> Any:
    """Numbered steps become lists, in order, without gaps."""
    if not isinstance(value, dict):
        return value
    if value and all(key.isdigit() for key in value):
        return [_lists(value[key]) for key in sorted(value, key=int)]
    return {key: _lists(inner) for key, inner in value.items()}


def _digest_of(row: Mapping[str, str], mapping: CsvMapping) -> str:
    # By name: in a mapping that is written in another order, the same row is still a repeat.
    cells = (row[column].strip() for column in sorted(mapping.columns))
    kind = str(mapping.values.get("type", ""))
    return "row-" + hashlib.sha256("\x1f".join((kind, *cells)).encode()).hexdigest()
